"""What an OCPP version is to the rest of the library: a codec, a policy and its blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ocpp_iface.engine.block import Admission, Block, Codec
from ocpp_iface.engine.registration import RegistrationState
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.policy import VersionPolicy


class Backend(Protocol):
    """Stateless: one object serves any number of stations."""

    @property
    def subprotocol(self) -> str:
        """`ocpp1.6`, `ocpp2.0.1`."""

    def codec(self, *, validate_outbound: bool) -> Codec: ...

    def policy(self, ctx: StationContext) -> VersionPolicy: ...

    def blocks(self, ctx: StationContext) -> Sequence[Block]:
        """In the order in which they hear of domain events."""

    def admit(self, action: str, state: RegistrationState) -> Admission:
        """What becomes of a CALL of the CSMS in this registration state."""
