"""StatusNotification of the facts of a connector: nine statuses, the error code, the text.

The first row of the table that holds gives the status::

    Faulted        something is broken that makes the place unusable
    Charging  )
    Suspended*)    a transaction runs: what the hardware says about the energy; no EV any more is
               )   SuspendedEV; until there is word of energy it is still Preparing
    Finishing      the end of the transaction is decided, or it has ended and the cable is still here
    Available      ... decided, and there is no cable left to take away
    Unavailable    not operative (before a reset that follows at once it makes no difference), or the
                   EVSE is in use through another connector
    Preparing      somebody is authorized
    Reserved
    Preparing      a cable is plugged in
    Available

A driver whose cable is still here has something to do, so Finishing goes before Unavailable (the
transition F8 of section 4.9 comes when the cable is gone).
"""

from __future__ import annotations

from typing import Final

from attrs import frozen

from ocpp_iface.station.connector import ConnectorFacts
from ocpp_iface.types import ChargingState, Fault
from ocpp_iface.wire.v16 import enums

EV_GONE: Final = "EV side disconnected"
"""The literal text of section 4.9."""

_S = enums.ChargePointStatus
_E = enums.ChargePointErrorCode
_CODES: Final = {code.value: code for code in enums.ChargePointErrorCode}
_EV_TALKS: Final = (_S.preparing, _S.suspended_ev, _S.suspended_evse, _S.finishing)
"""EVCommunicationError makes sense only with these (section 4.9)."""
_INFO, _VENDOR, _VENDOR_CODE = 50, 255, 50


@frozen
class Projection:
    """What a StatusNotification says."""

    status: enums.ChargePointStatus
    error_code: enums.ChargePointErrorCode = enums.ChargePointErrorCode.no_error
    info: str | None = None
    vendor_id: str | None = None
    vendor_error_code: str | None = None

    @property
    def plain(self) -> bool:
        """It says nothing but the status."""
        return self.error_code is _E.no_error and self.info is None


def project(facts: ConnectorFacts) -> Projection:
    """Of several faults the newest is named; one that does not make the place unusable is a
    warning beside the status.
    """
    status = _status(facts)
    fault = _named(facts, status)
    if fault is not None:
        return Projection(
            status,
            _CODES.get(fault.error_code, _E.other_error),
            fault.info[:_INFO] or None,
            fault.vendor_id[:_VENDOR] or None,
            fault.vendor_error_code[:_VENDOR_CODE] or None,
        )
    pulled = facts.ev_gone or (facts.ending and facts.cable_left and not facts.plugged)
    return Projection(status, info=EV_GONE if pulled and not facts.faulted else None)


def _status(facts: ConnectorFacts) -> enums.ChargePointStatus:
    cable = facts.plugged or facts.cable_left
    if facts.faulted:
        return _S.faulted
    if facts.transaction and not facts.ending:
        return _in_transaction(facts)
    if facts.ending or facts.finishing:
        return _S.finishing if cable else _S.available
    if facts.evse_in_use or not (facts.operative or facts.held):
        return _S.unavailable
    if facts.authorized:
        return _S.preparing
    if facts.reserved:
        return _S.reserved
    return _S.preparing if cable else _S.available


def _in_transaction(facts: ConnectorFacts) -> enums.ChargePointStatus:
    if facts.ev_gone:
        return _S.suspended_ev
    match facts.charging_state:
        case ChargingState.Charging:
            return _S.charging
        case ChargingState.SuspendedEV:
            return _S.suspended_ev
        case ChargingState.SuspendedEVSE:
            return _S.suspended_evse
        case _:
            return _S.suspended_ev if facts.prepared else _S.preparing


def _named(facts: ConnectorFacts, status: enums.ChargePointStatus) -> Fault | None:
    for fault in reversed(facts.faults):
        if facts.faulted and not fault.is_fault:
            continue
        if fault.error_code == _E.ev_communication_error.value and status not in _EV_TALKS:
            continue
        if fault.error_code != _E.no_error.value:
            return fault
    return None
