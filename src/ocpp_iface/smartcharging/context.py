"""The facts about a station that a composite schedule depends on, besides its profiles."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen, validators

from ocpp_iface.smartcharging.profile import Purpose

YEAR_S = 31_536_000


class RelativeStart(StrEnum):
    """What the periods of a relative profile count from."""

    TRANSACTION_START = "TransactionStart"
    """1.6: the start of the transaction."""
    POWER_PATH_CLOSED = "PowerPathClosed"
    """2.0.1: the moment the EVSE is ready to deliver energy; until then, now (K01.FR.42)."""


@frozen
class ActiveTransaction:
    """A running transaction; `power_path_closed_at` is when energy could first flow, if it could."""

    id: str
    started_at: datetime
    power_path_closed_at: datetime | None = None


@frozen
class EvseContext:
    """`phases` the EVSE can use (1 to 3); on DC phases mean nothing. `schedule_index` picks one of
    up to three schedules of a TxProfile (K15.FR.22), the one the vehicle chose.
    """

    id: int
    transaction: ActiveTransaction | None = None
    phases: int = 3
    dc: bool = False
    schedule_index: int = 0


@frozen
class StationContext:
    """`supply_voltage` in V converts between A and W. The default limits hold where no profile does.

    `ignored_purposes`: those the station is configured to ignore just now (offline).
    """

    evses: tuple[EvseContext, ...]
    supply_voltage: float = field(default=230.0, validator=validators.gt(0))
    default_limit_a: float = field(default=48.0, validator=validators.ge(0))
    default_limit_w: float = field(default=33_120.0, validator=validators.ge(0))
    default_phases: int = 3
    relative_start: RelativeStart = RelativeStart.POWER_PATH_CLOSED
    ignored_purposes: tuple[Purpose, ...] = ()
    max_duration_s: int = YEAR_S

    def evse(self, evse_id: int) -> EvseContext | None:
        return next((evse for evse in self.evses if evse.id == evse_id), None)
