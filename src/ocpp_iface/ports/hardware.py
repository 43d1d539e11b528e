"""What the station orders the charger to do: implemented by the app.

Implement what your charger has; subclassing is not needed. A method may be `def` (it runs in a
thread, so it may block) or `async def`. A method that is missing is an honest "not supported", and
the CSMS is told so. Only `permit_energy` and `stop_energy` are mandatory.

Every method must be safe to call twice with the same arguments: after a power cut or an internal
error an order is given again. A method that raises, hangs beyond its deadline or answers nonsense
has failed; what follows from that stands in its docstring.
"""

from __future__ import annotations

from collections.abc import Awaitable, Collection
from enum import StrEnum
from typing import Protocol

from ocpp_iface.types import (
    ChargingSchedule,
    DataTransferRequest,
    DataTransferResponse,
    MeterReading,
    ResetKind,
)


class UnlockOutcome(StrEnum):
    UNLOCKED = "Unlocked"
    """The lock is open now (or there was no cable to hold)."""
    FAILED = "UnlockFailed"
    NOT_SUPPORTED = "NotSupported"
    """This connector has no lock."""


class Hardware(Protocol):
    """The mandatory methods. Optional ones: see OptionalHardware."""

    def permit_energy(self, evse_id: int) -> Awaitable[None] | None:
        """Energy may flow on this EVSE: close the contactor when the EV asks for it.

        Returning means the EVSE is ready to deliver, not that energy flows; that is reported with
        `report_charging_state`. An exception ends the transaction with reason Other.
        """

    def stop_energy(self, evse_id: int) -> MeterReading | Awaitable[MeterReading | None] | None:
        """Energy must not flow: returning means the contactor is open.

        Return the final reading if you have it, else the last reported one counts. An exception is
        logged; the transaction ends all the same. The lock stays as it is.
        """


class OptionalHardware(Protocol):
    """Methods that need not exist."""

    def set_limit(self, evse_id: int, limit: ChargingSchedule) -> Awaitable[None] | None:
        """Another limit holds now: the first period is in force, those that follow are to come.

        Called once for each change, and before energy is permitted. `evse_id` 0, only at a station
        with several EVSEs: what all of them may draw together.
        """

    def unlock(
        self, evse_id: int, connector_id: int
    ) -> UnlockOutcome | bool | Awaitable[UnlockOutcome | bool]:
        """Open the lock. The contactor is open before this is called. Default: NotSupported."""

    def lock(self, evse_id: int, connector_id: int) -> Awaitable[None] | None:
        """Hold the cable; called before energy is permitted. An exception is a connector fault."""

    def set_operative(
        self, evse_id: int, connector_id: int | None, operative: bool
    ) -> Awaitable[None] | None:
        """The effective availability of a connector (None: the EVSE) changed; show it."""

    def read_meter(self, evse_id: int) -> MeterReading | Awaitable[MeterReading | None] | None:
        """A reading now, for the start of a transaction and for triggered values."""

    def reset(self, kind: ResetKind, evse_id: int | None) -> bool | Awaitable[bool]:
        """Restart the controller (evse_id None) or one EVSE. True: it will happen.

        For the whole station, the process is expected to end and start again; OCPP is stopped until
        then, or until `restart`. Default: the station resets itself logically (a new boot).
        """

    def set_time(self, utc: str) -> Awaitable[None] | None:
        """The CSMS's time, RFC 3339. The library keeps its own corrected clock regardless."""

    def data_transfer(
        self, request: DataTransferRequest
    ) -> DataTransferResponse | Awaitable[DataTransferResponse | None] | None:
        """A vendor message of the CSMS; None: unknown vendor. Default: UnknownVendorId."""

    def select_to_stop(
        self, evse_ids: tuple[int, ...]
    ) -> Collection[int] | Awaitable[Collection[int]]:
        """A master pass was presented while transactions run at these EVSEs: let its holder select
        which of them to stop (C16). Nothing selected in time, or an exception: none is stopped.

        Return within 45 s. Default, for a charger without a display: all of them are stopped.
        """
