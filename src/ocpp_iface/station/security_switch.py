"""Security settings that take effect at once: the station reconnects with them by itself.

A new password (A01). And, where variables are configuration keys (1.6), a higher security profile: if
no link comes up with it in time, the station goes back to the profile it had, as it could not be
reached any more otherwise (security whitepaper, A05.FR.08).

Only what the CSMS sets does so; the app is told that its change needs a restart. The reconnect waits
a moment, so that the answer to the request that caused it is on its way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from ocpp_iface.devicemodel.access import Caller
from ocpp_iface.devicemodel.catalog import NetworkConfiguration, OCPP16LegacyCtrlr, SecurityCtrlr
from ocpp_iface.devicemodel.connection_rules import TLS_PROFILE
from ocpp_iface.devicemodel.model import VariableChanged
from ocpp_iface.engine.timers import Timer
from ocpp_iface.log import Log
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import LinkUp
from ocpp_iface.types import SecurityEventEnum

if TYPE_CHECKING:
    from ocpp_iface.station.network import Network

log = Log(__name__)

RECONNECT_AFTER_S: Final = 1.0


@frozen
class PendingSwitch:
    """A security profile is being tried; `previous` is the one to go back to."""

    slot: int
    previous: int


class SecuritySwitch:
    def __init__(self, ctx: StationContext, network: Network) -> None:
        self._ctx = ctx
        self._network = network
        self._reconnect: Timer | None = None
        self._deadline: Timer | None = None
        ctx.bus.subscribe(VariableChanged, self._variable_changed)
        ctx.bus.subscribe(LinkUp, self._link_up)

    def resume(self) -> None:
        """A switch that was under way goes on, with a new deadline."""
        if self._network.state.switch is not None:
            self._arm()
            if self._ctx.link.is_open():
                self._reconnect_soon()

    def _variable_changed(self, event: VariableChanged) -> None:
        slot = self._network.active_slot
        here = event.place.instance == str(slot)
        definition = event.definition
        if definition is SecurityCtrlr.basic_auth_password or (
            definition is NetworkConfiguration.basic_auth_password and here and event.new
        ):
            self._password_changed(event.source)
        elif (
            definition is NetworkConfiguration.security_profile
            and here
            and event.source == Caller.CSMS
        ):
            self._profile_changed(slot, int(event.old), int(event.new))

    def _password_changed(self, source: str) -> None:
        """A01.FR.03, A01.FR.11, A01.FR.12: the CSMS takes only the new one from now on."""
        self._raise("password")
        if source == Caller.CSMS and self._network.security_profile in (1, TLS_PROFILE):
            self._reconnect_soon()

    def _profile_changed(self, slot: int, old: int, new: int) -> None:
        """Whitepaper A05.FR.05 to A05.FR.07. Elsewhere it waits for a start of the station."""
        if not self._ctx.policy.keys_first or new <= old or self._network.state.switch is not None:
            return
        self._raise(f"security profile {new}")
        self._network.apply()
        self._network.save(switch=PendingSwitch(slot, old), last_good=slot, begin_anew=False)
        self._reconnect_soon()
        self._arm()

    def _reconnect_soon(self) -> None:
        if self._reconnect is None or not self._reconnect.active:
            self._reconnect = self._ctx.timers.after(
                RECONNECT_AFTER_S,
                lambda: self._ctx.link.reconnect("security settings changed", False),
                "reconnect",
            )

    def _arm(self) -> None:
        within_s = self._ctx.variables.get(
            OCPP16LegacyCtrlr.switch_security_profile_connection_timeout
        )
        self._deadline = self._ctx.timers.after(
            RECONNECT_AFTER_S + within_s, self._give_up, "security profile"
        )

    def _link_up(self, _event: LinkUp) -> None:
        """Whitepaper A05.FR.09: it works, so it stays. (A link is dialled with what is in force.)"""
        if self._network.state.switch is not None:
            self._end()

    def _give_up(self) -> None:
        switch = self._network.state.switch
        if switch is None:
            return
        log.warning("no link with the new security profile", back_to=switch.previous)
        self._end()
        profile = NetworkConfiguration.security_profile
        self._ctx.variables.set(profile, switch.previous, instance=str(switch.slot))
        self._network.apply()
        self._network.save(last_good=switch.slot, begin_anew=False)
        self._ctx.link.reconnect("back to the old security profile", False)

    def _end(self) -> None:
        self._network.save(switch=None)
        for timer in (self._deadline, self._reconnect):
            if timer is not None:
                timer.cancel()

    def _raise(self, what: str) -> None:
        self._ctx.station.security.raise_event(
            SecurityEventEnum.ReconfigurationOfSecurityParameters, f"{what} changed"
        )
