"""OCPP 2.0.1: which codec, policy and blocks a station has while it speaks this version."""

from __future__ import annotations

from collections.abc import Sequence

from ocpp_iface.engine.block import Admission, Block, Codec
from ocpp_iface.engine.registration import RegistrationState
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.policy import VersionPolicy
from ocpp_iface.v201.blocks.a_security import Security
from ocpp_iface.v201.blocks.b_boot import Boot
from ocpp_iface.v201.blocks.b_network import Network
from ocpp_iface.v201.blocks.b_reports import Reports
from ocpp_iface.v201.blocks.b_reset import Reset
from ocpp_iface.v201.blocks.b_variables import Variables
from ocpp_iface.v201.blocks.c_authorization import Authorization
from ocpp_iface.v201.blocks.e_transactions import Transactions
from ocpp_iface.v201.blocks.f_remote_control import RemoteControl
from ocpp_iface.v201.blocks.f_trigger import Trigger
from ocpp_iface.v201.blocks.g_availability import Availability
from ocpp_iface.v201.blocks.g_lock_failure import LockFailure
from ocpp_iface.v201.blocks.j_meter_values import MeterValues
from ocpp_iface.v201.blocks.k_notifications import LimitNotifications
from ocpp_iface.v201.blocks.k_smart_charging import SmartCharging
from ocpp_iface.v201.blocks.p_data_transfer import DataTransfer
from ocpp_iface.v201.blocks.queued_messages import QueuedMessages
from ocpp_iface.v201.policy import V201Policy
from ocpp_iface.v201.sending import SUBPROTOCOL
from ocpp_iface.wire.codec import codec_for

_WHILE_PENDING = (
    "GetVariables",
    "SetVariables",
    "GetBaseReport",
    "GetReport",
    "TriggerMessage",
    "RequestStartTransaction",
    "RequestStopTransaction",
)
"""B02.FR.01, B02.FR.05: answered while the CSMS has not accepted the station; the last two are
answered Rejected by their block."""


class V201Backend:
    """Implements `backend.Backend`."""

    subprotocol = SUBPROTOCOL

    def codec(self, *, validate_outbound: bool) -> Codec:
        return codec_for(SUBPROTOCOL, validate_outbound=validate_outbound)

    def policy(self, ctx: StationContext) -> VersionPolicy:
        return V201Policy(ctx)

    def blocks(self, ctx: StationContext) -> Sequence[Block]:
        return (
            Boot(ctx),
            Availability(ctx),
            LockFailure(ctx),
            Security(),
            Variables(ctx),
            Reports(ctx),
            Network(ctx),
            Reset(ctx),
            Authorization(ctx),
            Transactions(ctx),
            RemoteControl(ctx),
            Trigger(ctx),
            MeterValues(ctx),
            SmartCharging(ctx),
            LimitNotifications(ctx),
            DataTransfer(ctx),
            QueuedMessages(),
        )

    def admit(self, action: str, state: RegistrationState) -> Admission:
        """B02.FR.01, B03.FR.08: before it is accepted the station serves what helps to accept it."""
        if state is RegistrationState.ACCEPTED:
            return Admission.HANDLE
        if state is RegistrationState.PENDING and action in _WHILE_PENDING:
            return Admission.HANDLE
        return Admission.SECURITY_ERROR
