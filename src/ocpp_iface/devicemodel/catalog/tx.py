"""TxCtrlr: when a transaction starts and ends."""

from __future__ import annotations

from ocpp_iface.devicemodel.component import ComponentDef
from ocpp_iface.devicemodel.definition import RW, Boolean, Integer, MemberList

_START_POINTS = (
    "ParkingBayOccupancy",
    "EVConnected",
    "Authorized",
    "DataSigned",
    "PowerPathClosed",
    "EnergyTransfer",
)
_STOP_POINTS = (
    "ParkingBayOccupancy",
    "EVConnected",
    "Authorized",
    "PowerPathClosed",
    "EnergyTransfer",
)


class TxCtrlr(ComponentDef, name="TxCtrlr"):
    ev_connection_timeout = Integer(
        "EVConnectionTimeOut",
        default=120,
        unit="s",
        minimum=0,
        access=RW,
        required=True,
        key16="ConnectionTimeOut",
    )
    """0: for ever."""
    max_energy_on_invalid_id = Integer(
        "MaxEnergyOnInvalidId",
        default=0,
        unit="Wh",
        minimum=0,
        access=RW,
        key16="MaxEnergyOnInvalidId",
    )
    stop_tx_on_ev_side_disconnect = Boolean(
        "StopTxOnEVSideDisconnect",
        default=True,
        access=RW,
        required=True,
        key16="StopTransactionOnEVSideDisconnect",
        also=(("OCPP16LegacyCtrlr", "StopTransactionOnEVSideDisconnect"),),
    )
    stop_tx_on_invalid_id = Boolean(
        "StopTxOnInvalidId",
        default=True,
        access=RW,
        required=True,
        key16="StopTransactionOnInvalidId",
    )
    tx_before_accepted_enabled = Boolean("TxBeforeAcceptedEnabled", default=True, access=RW)
    """False: after each start nobody can begin to charge until the CSMS has accepted the station."""
    tx_start_point = MemberList(
        "TxStartPoint", ("PowerPathClosed",), _START_POINTS, access=RW, required=True
    )
    tx_stop_point = MemberList(
        "TxStopPoint", ("EVConnected", "Authorized"), _STOP_POINTS, access=RW, required=True
    )
