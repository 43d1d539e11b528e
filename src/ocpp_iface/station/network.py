"""The connection to a CSMS: which profiles are tried, how each is dialled, and what came of it.

What is in force (profiles, priority) changes only with a start of the station (B09, B10.FR.04); how a
profile is dialled (password, ping, back-off) is read from the variables at each attempt. A new ping
interval counts at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from attrs import evolve, frozen

from ocpp_iface.devicemodel.catalog import (
    InternalCtrlr,
    NetworkConfiguration,
    OCPPCommCtrlr,
    SecurityCtrlr,
)
from ocpp_iface.devicemodel.connection_rules import (
    HIGHEST_PROFILE,
    TLS_PROFILE,
    password_bytes,
    password_of,
)
from ocpp_iface.devicemodel.model import VariableChanged
from ocpp_iface.engine.backoff import BackOff
from ocpp_iface.engine.block import Cause
from ocpp_iface.engine.link import LinkProfile
from ocpp_iface.log import Log
from ocpp_iface.ports.store import TableDef
from ocpp_iface.ports.transport import CloseReason, LinkRequest, TlsSettings
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.events import CameOnline, LinkDown, LinkUp, StationBooted
from ocpp_iface.station.network_profiles import (
    PROFILES,
    NetworkProfile,
    ProfileRow,
    SetNetworkProfileOutcome,
    configured,
    install,
    subprotocols_of,
)
from ocpp_iface.station.security_switch import PendingSwitch, SecuritySwitch
from ocpp_iface.types import ConnectionStatus, SecurityEventEnum

log = Log(__name__)

SHORTEST_PAUSE_S: Final = 1.0
"""Between two attempts, whatever the back-off variables say."""

_PINGS: Final = (OCPPCommCtrlr.web_socket_ping_interval, InternalCtrlr.web_socket_pong_timeout)

_SECURITY_EVENTS: dict[str, SecurityEventEnum] = {
    CloseReason.UNAUTHORIZED: SecurityEventEnum.FailedToAuthenticateAtCsms,
    CloseReason.TLS_CERTIFICATE: SecurityEventEnum.InvalidCsmsCertificate,
    CloseReason.TLS_VERSION: SecurityEventEnum.InvalidTLSVersion,
    CloseReason.TLS_CIPHER: SecurityEventEnum.InvalidTLSCipherSuite,
}


@frozen
class NetworkState:
    priority: tuple[int, ...] = ()
    """NetworkConfigurationPriority as it is in force."""
    last_good: int | None = None
    """The slot of the last connection on which the station was accepted."""
    begin_anew: bool = False
    """The configuration has changed since: the head of the priority list comes first."""
    switch: PendingSwitch | None = None


STATES: TableDef[str, NetworkState] = TableDef("network_state", str, NetworkState)
_KEY: Final = "station"


class Network:
    """Implements `engine.link.LinkPlan`."""

    def __init__(self, ctx: StationContext) -> None:
        self._ctx = ctx
        self._profiles = ctx.store.table(PROFILES)
        self._states = ctx.store.table(STATES)
        self._rows = dict(self._profiles.items())
        self.state = self._states.get(_KEY) or NetworkState()
        self._connected = ctx.link.is_open()
        self._alarms: list[SecurityEventEnum] = []
        self._unusable: dict[int, str] = {}
        self._switch = SecuritySwitch(ctx, self)
        ctx.bus.subscribe(StationBooted, self._booted)
        ctx.bus.subscribe(LinkUp, self._link_up)
        ctx.bus.subscribe(LinkDown, self._link_down)
        ctx.bus.subscribe(CameOnline, self._confirmed)
        ctx.bus.subscribe(VariableChanged, self._variable_changed)

    def resume(self, cause: Cause) -> None:
        if cause is not Cause.VERSION:  # after an internal error: what was said of it is undone
            self._ctx.publish("is_connected", self._connected)
        self._switch.resume()

    # -- the plan of the link ------------------------------------------------------------------

    def profiles(self) -> Sequence[LinkProfile]:
        """B10.FR.03: in the order of NetworkConfigurationPriority, without what cannot be dialled."""
        usable: list[LinkProfile] = []
        for slot in self.state.priority:
            row = self._rows.get(slot)
            problem = "not configured" if row is None else self._problem(slot, row)
            if row is not None and problem is None:
                usable.append(LinkProfile(slot, self._request(slot, row)))
                self._unusable.pop(slot, None)
            elif problem is not None and self._unusable.get(slot) != problem:
                self._unusable[slot] = problem
                log.error("network profile is not usable", slot=slot, problem=problem)
        return usable

    def attempts(self) -> int:
        return self._ctx.variables.get(OCPPCommCtrlr.network_profile_connection_attempts)

    def backoff(self) -> BackOff:
        get = self._ctx.variables.get
        return BackOff(
            max(SHORTEST_PAUSE_S, get(OCPPCommCtrlr.retry_back_off_wait_minimum)),
            get(OCPPCommCtrlr.retry_back_off_random_range),
            get(OCPPCommCtrlr.retry_back_off_repeat_times),
        )

    def preferred_slot(self) -> int | None:
        """The last that worked; None after the configuration was changed (B10.FR.04)."""
        return None if self.state.begin_anew else self.fallback_slot()

    def fallback_slot(self) -> int | None:
        """B10.FR.07: the last that worked, whatever was changed since."""
        return self.state.last_good if self.state.last_good in self.state.priority else None

    # -- what others ask -----------------------------------------------------------------------

    @property
    def active_slot(self) -> int:
        """The slot of the link that is up or tried, else that of the last good one."""
        slot = self._ctx.link.slot()
        return slot or self._ctx.variables.get(OCPPCommCtrlr.active_network_profile)

    @property
    def security_profile(self) -> int:
        """Of the active slot, as it is in force."""
        row = self._rows.get(self.active_slot)
        return 0 if row is None else row.security_profile

    def message_timeout_s(self) -> float | None:
        """The message time-out of the active slot, None if nobody set one."""
        row = self._rows.get(self.active_slot)
        return None if row is None else row.message_timeout_s

    def set_profile(
        self, slot: int, profile: NetworkProfile, source: str = "csms"
    ) -> SetNetworkProfileOutcome:
        """B09: install a profile; it comes into force with the next start."""
        return install(self._ctx, slot, profile, source)

    # -- what changes what is in force ------------------------------------------------------------

    def apply(self) -> None:
        """From now on what the variables say is in force; a link that is up stays as it is.

        B10.FR.04, A05.FR.05: if anything changed, connecting begins at the head of the priority list.
        """
        rows = configured(self._ctx)
        listed = self._ctx.variables.get(OCPPCommCtrlr.network_configuration_priority)
        priority = tuple(int(slot) for slot in listed)
        if rows == self._rows and priority == self.state.priority:
            return
        for slot in self._rows:
            if slot not in rows:
                self._profiles.delete(slot)
        for slot, row in rows.items():
            if self._rows.get(slot) != row:
                self._profiles.put(slot, row)
        self._rows = rows
        self.save(priority=priority, begin_anew=True)

    def save(self, **changes: Any) -> None:
        """Change fields of the state by name."""
        state = evolve(self.state, **changes)
        if state != self.state:
            self._states.put(_KEY, state)
            self.state = state

    # -- inside ----------------------------------------------------------------------------------

    def _problem(self, slot: int, row: ProfileRow) -> str | None:
        """Why a profile cannot be dialled."""
        profile, variables = row.security_profile, self._ctx.variables
        if not row.identity:
            return "the station has no identity"
        if not subprotocols_of(row.version, self._ctx.subprotocols):
            return "its OCPP version is not supported"
        if profile == 0 and not variables.get(InternalCtrlr.allow_security_level_zero_connections):
            return "security profile 0 is not allowed"
        if profile in (1, TLS_PROFILE) and not password_of(variables, str(slot)):
            return "no password is set"
        if profile == HIGHEST_PROFILE and self._ctx.tls.client_certificate_file is None:
            return "no client certificate is set"
        return None

    def _request(self, slot: int, row: ProfileRow) -> LinkRequest:
        get, profile = self._ctx.variables.get, row.security_profile
        password = password_of(self._ctx.variables, str(slot)) if profile in (1, 2) else None
        url = _dialled(row.url, profile)
        return LinkRequest(
            url=url,
            identity=row.identity,
            subprotocols=subprotocols_of(row.version, self._ctx.subprotocols),
            password=None if password is None else password_bytes(password),
            tls=self._tls(profile) if url.lower().startswith("wss:") else None,
            ping_interval_s=get(OCPPCommCtrlr.web_socket_ping_interval),
            pong_timeout_s=get(InternalCtrlr.web_socket_pong_timeout),
        )

    def _tls(self, profile: int) -> TlsSettings:
        """The files come from the configuration; the variables can take away authorities and the check
        of the host name, or make it lax.
        """
        get, tls = self._ctx.variables.get, self._ctx.tls
        tls = evolve(
            tls,
            default_ca_paths=tls.default_ca_paths
            and get(InternalCtrlr.use_ssl_default_verify_paths),
            verify_hostname=tls.verify_hostname and get(InternalCtrlr.verify_csms_common_name),
            allow_wildcards=tls.allow_wildcards or get(InternalCtrlr.verify_csms_allow_wildcards),
        )
        if profile == HIGHEST_PROFILE:
            return tls
        return evolve(
            tls, client_certificate_file=None, client_key_file=None, client_key_password=None
        )

    def _variable_changed(self, event: VariableChanged) -> None:
        if event.definition in _PINGS:
            interval_s, timeout_s = (self._ctx.variables.get(each) for each in _PINGS)
            self._ctx.link.keep_alive(interval_s, timeout_s)

    def _booted(self, _event: StationBooted) -> None:
        self.apply()

    def _link_up(self, event: LinkUp) -> None:
        self._alarms.clear()
        self._connected = True
        self._ctx.publish("is_connected", True)
        self._ctx.publish("connection_status", self._status(event.slot, event.subprotocol))

    def _link_down(self, event: LinkDown) -> None:
        if self._connected:
            self._connected = False
            self._ctx.publish("is_connected", False)
            self._ctx.publish("connection_status", ConnectionStatus(connected=False))
        alarm = _SECURITY_EVENTS.get(event.reason)
        if alarm is not None and alarm not in self._alarms:
            self._alarms.append(alarm)
            self._ctx.station.security.raise_event(alarm, event.detail or None)

    def _status(self, slot: int, subprotocol: str) -> ConnectionStatus:
        row = self._rows.get(slot)
        if row is None:
            return ConnectionStatus(
                connected=True, configuration_slot=slot, ocpp_version=subprotocol
            )
        return ConnectionStatus(
            connected=True,
            csms_url=_public(_dialled(row.url, row.security_profile)),
            identity=row.identity,
            security_profile=row.security_profile,
            configuration_slot=slot,
            ocpp_interface=row.interface,
            ocpp_transport=row.transport,
            ocpp_version=subprotocol,
        )

    def _confirmed(self, _event: CameOnline) -> None:
        """The CSMS accepts the station on this profile: it is the active one now."""
        slot = self._ctx.link.slot()
        row = self._rows.get(slot or 0)
        if slot is None or row is None:
            return
        variables = self._ctx.variables
        variables.set(OCPPCommCtrlr.active_network_profile, slot)
        self.save(last_good=slot, begin_anew=False)
        before = variables.get(SecurityCtrlr.security_profile)
        if variables.set(SecurityCtrlr.security_profile, row.security_profile):
            self._ctx.station.security.raise_event(
                SecurityEventEnum.ReconfigurationOfSecurityParameters,
                f"security profile {row.security_profile}",
            )
        if row.security_profile > before:
            self._remove_below(row.security_profile)

    def _remove_below(self, security_profile: int) -> None:
        """A05.FR.06: no way back to a lower security profile."""
        variables, config = self._ctx.variables, NetworkConfiguration
        for slot in variables.layout.slots:
            url = variables.get(config.ocpp_csms_url, instance=str(slot))
            offered = variables.get(config.security_profile, instance=str(slot))
            if url and offered < security_profile:
                log.info("network profile removed, its security is lower", slot=slot)
                variables.set(config.ocpp_csms_url, "", instance=str(slot))
        removed = [
            slot for slot, row in self._rows.items() if row.security_profile < security_profile
        ]
        for slot in removed:
            del self._rows[slot]
            self._profiles.delete(slot)
        left = tuple(slot for slot in self.state.priority if slot in self._rows)
        self.save(priority=left)
        listed = variables.get(OCPPCommCtrlr.network_configuration_priority)
        kept = tuple(slot for slot in listed if variables.get(config.ocpp_csms_url, instance=slot))
        variables.set(OCPPCommCtrlr.network_configuration_priority, kept)


def _dialled(url: str, security_profile: int) -> str:
    """Profiles 2 and 3 never leave TLS out; a URL without a scheme gets the one that fits."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        scheme, rest = "ws", url
    return f"{'wss' if security_profile >= TLS_PROFILE else scheme}://{rest}"


def _public(url: str) -> str:
    """Without a user and password that somebody wrote into the URL."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
