"""What the app says to the station: facts of the hardware and of the driver.

Each is a command of the kernel; its handler returns the outcome named in its docstring.
"""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from ocpp_iface.smartcharging.needs import EvNeedsReport, EvSchedule
from ocpp_iface.smartcharging.profile import ChargingSchedule, LimitSource
from ocpp_iface.types import ChargingState, Fault, IdToken, MeterReading


@frozen
class PlugIn:
    """A cable connects the EV with this connector. -> None"""

    evse_id: int
    connector_id: int


@frozen
class Unplug:
    """The EV is no longer connected. -> None

    `cable_left`: the cable was pulled at the EV and still sits in the station's socket.
    """

    evse_id: int
    connector_id: int
    cable_left: bool = False


@frozen
class PresentToken:
    """Somebody presents a token; `evse_id` None: at a reader for the whole station.
    -> TokenOutcome
    """

    token: IdToken
    evse_id: int | None = None


@frozen
class StopButton:
    """Somebody presses the stop button of the EVSE. -> bool: somebody charged or was about to; as with
    a token, a transaction that TxStopPoint does not end now goes on without energy
    """

    evse_id: int


@frozen
class ReportMeter:
    """A reading of EVSE `evse_id`, 0 for the station's main meter. -> None"""

    evse_id: int
    reading: MeterReading


@frozen
class ReportChargingState:
    """Whether energy flows, and who suspends it if not. -> None"""

    evse_id: int
    state: ChargingState
    phases_used: int | None = None


@frozen
class ReportBay:
    """The parking bay of the EVSE became occupied or free. -> None"""

    evse_id: int
    occupied: bool


@frozen
class ReportFault:
    """Something is broken: of a connector, of an EVSE (connector_id None), of the station (0). -> None"""

    evse_id: int
    connector_id: int | None
    fault: Fault


@frozen
class ClearFault:
    """The fault with this id is gone. -> bool: it was known"""

    evse_id: int
    connector_id: int | None
    fault_id: str


@frozen
class StopTransaction:
    """The app itself ends the transaction of an EVSE (EmergencyStop, LocalOutOfCredit, ...).
    -> bool: there was one
    """

    evse_id: int
    reason: str = "Local"


@frozen
class SetExternalLimit:
    """Somebody else than the CSMS limits an EVSE (0: the station). -> None"""

    evse_id: int
    schedule: ChargingSchedule
    source: LimitSource
    valid_to: datetime | None = None
    grid_critical: bool | None = None


@frozen
class ClearExternalLimit:
    """The limit of a source (None: of each) on an EVSE (0: the station) is gone.
    -> bool: there was one
    """

    evse_id: int
    source: LimitSource | None = None


@frozen
class ReportChargingNeeds:
    """An ISO 15118 vehicle says what it needs, at the start or again. -> None"""

    report: EvNeedsReport


@frozen
class ReportChargingPlan:
    """The vehicle took the offered schedule `selected` (from 0) and plans to follow `plan`; None: it
    sent no plan of its own. -> bool: it keeps within what it may draw
    """

    evse_id: int
    plan: EvSchedule | None = None
    selected: int = 0


@frozen
class OfferSchedules:
    """The one to three schedules a vehicle may choose from. -> tuple[ChargingSchedule, ...]"""

    evse_id: int
    duration_s: int
