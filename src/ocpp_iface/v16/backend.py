"""OCPP 1.6J as a backend."""

from __future__ import annotations

from collections.abc import Sequence

from ocpp_iface.devicemodel.catalog import OCPP16LegacyCtrlr
from ocpp_iface.devicemodel.definition import Profile
from ocpp_iface.engine.block import Admission, Block, Codec
from ocpp_iface.engine.registration import RegistrationState
from ocpp_iface.station import charging_facts
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.policy import VersionPolicy
from ocpp_iface.v16.blocks.core_authorize import Authorize
from ocpp_iface.v16.blocks.core_availability import Availability
from ocpp_iface.v16.blocks.core_boot import Boot
from ocpp_iface.v16.blocks.core_configuration import Configuration
from ocpp_iface.v16.blocks.core_data_transfer import DataTransfer
from ocpp_iface.v16.blocks.core_metering import MeterValues
from ocpp_iface.v16.blocks.core_remote import RemoteControl
from ocpp_iface.v16.blocks.core_reset import Reset
from ocpp_iface.v16.blocks.core_status import Status
from ocpp_iface.v16.blocks.core_transactions import Transactions
from ocpp_iface.v16.blocks.remote_trigger import RemoteTrigger
from ocpp_iface.v16.blocks.security import Security
from ocpp_iface.v16.blocks.smart_charging import SmartCharging
from ocpp_iface.v16.policy import V16Policy
from ocpp_iface.wire.codec import codec_for

_BLOCKS = (
    Boot,
    Status,
    Authorize,
    Transactions,
    MeterValues,
    Configuration,
    Availability,
    RemoteControl,
    Reset,
    DataTransfer,
    RemoteTrigger,
    Security,
    SmartCharging,
)
_PROFILES = (
    Profile.CORE,
    Profile.FIRMWARE,
    Profile.LOCAL_LIST,
    Profile.RESERVATION,
    Profile.SMART_CHARGING,
    Profile.REMOTE_TRIGGER,
)
"""3.3"""


class V16Backend:
    """Implements `backend.Backend`."""

    subprotocol = "ocpp1.6"

    def codec(self, *, validate_outbound: bool) -> Codec:
        return codec_for(self.subprotocol, validate_outbound=validate_outbound)

    def policy(self, ctx: StationContext) -> VersionPolicy:
        return V16Policy(ctx)

    def blocks(self, ctx: StationContext) -> Sequence[Block]:
        """SupportedFeatureProfiles names those profiles that there are blocks for."""
        blocks = tuple(block(ctx) for block in _BLOCKS)
        built = {block.code for block in blocks}
        if not charging_facts.is_available(ctx):
            built.discard(Profile.SMART_CHARGING)
        supported = ",".join(profile for profile in _PROFILES if profile in built)
        ctx.variables.provide(OCPP16LegacyCtrlr.supported_feature_profiles, lambda _: supported)
        return blocks

    def admit(self, action: str, state: RegistrationState) -> Admission:
        """4.2: while Rejected nothing of the CSMS is answered. Otherwise everything is; what is not
        allowed while Pending is refused by its handler.
        """
        del action
        if state is RegistrationState.REJECTED:
            return Admission.IGNORE
        return Admission.HANDLE
