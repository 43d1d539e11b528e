"""StationConfig: all that a station is told before it starts, checked as a whole.

What a CSMS or the app changes later is kept in the store and wins over the configuration. A wrong
configuration raises ConfigurationError naming file, place and fault, and nothing starts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from attrs import Factory, field, frozen

from ocpp_iface import config_reading as reading
from ocpp_iface.devicemodel.catalog import (
    InternalCtrlr,
    NetworkConfiguration,
    OCPPCommCtrlr,
    SecurityCtrlr,
)
from ocpp_iface.devicemodel.definition import Scope, VarDef
from ocpp_iface.devicemodel.instances import HERE, Located, Place, address_of
from ocpp_iface.devicemodel.loader import from_tables, merge
from ocpp_iface.devicemodel.model import Configured, Setting
from ocpp_iface.devicemodel.validate import text_of
from ocpp_iface.errors import ConfigurationError
from ocpp_iface.ports.identity import Identity
from ocpp_iface.ports.store import Synchronous
from ocpp_iface.ports.topology import Topology
from ocpp_iface.ports.transport import TlsSettings

VERSIONS: Final = ("ocpp2.0.1", "ocpp1.6")
"""The supported versions, as WebSocket subprotocols; the preferred first."""

_FIRST_SLOTS: Final = (1, 2)
_TLS_PROFILE, _CERTIFICATE_PROFILE = 2, 3
_MAX_IDENTITY: Final = 48
_MAX_EVSES: Final = 1000

_VARIABLES: Final[tuple[tuple[str, VarDef[Any]], ...]] = (
    ("vendor", InternalCtrlr.charge_point_vendor),
    ("model", InternalCtrlr.charge_point_model),
    ("serial_number", InternalCtrlr.charge_point_serial_number),
    ("charge_box_serial_number", InternalCtrlr.charge_box_serial_number),
    ("firmware_version", InternalCtrlr.firmware_version),
    ("iccid", InternalCtrlr.iccid),
    ("imsi", InternalCtrlr.imsi),
    ("meter_type", InternalCtrlr.meter_type),
    ("meter_serial_number", InternalCtrlr.meter_serial_number),
    ("versions", InternalCtrlr.supported_ocpp_versions),
    ("charging_schedules_interval_s", InternalCtrlr.composite_schedule_interval),
    ("charging_schedules_window_s", InternalCtrlr.composite_schedule_duration),
    ("charging_schedules_unit", InternalCtrlr.composite_schedule_unit),
    ("message_queue_capacity", InternalCtrlr.message_queue_size_threshold),
    ("message_queue_resume_delay_s", InternalCtrlr.message_queue_resume_delay),
    ("standard_keys_writable", InternalCtrlr.standard_keys_writable),
    ("password", SecurityCtrlr.basic_auth_password),
)
"""Fields that are the value of a variable; None leaves it at its default."""


def _fault(path: str, reason: str) -> ConfigurationError:
    return ConfigurationError(reason, path=path)


def _password(value: str | bytes | None) -> str | None:
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            raise _fault("password", "not UTF-8 text") from None
    return value


@frozen(kw_only=True)
class NetworkProfile:
    """One way to reach a CSMS (a network configuration slot of 2.x)."""

    csms_url: str
    """`ws://` or `wss://`, without the identity of the station, which is appended."""
    slot: int | None = None
    """1 or more; None: its place in the list."""
    security_profile: int | None = None
    """0 to 3; None: what URL, password and certificate amount to."""
    identity: str | None = None
    """None: the id of the station."""
    password: str | None = field(default=None, repr=False, converter=_password)
    """For HTTP Basic, 16 to 64 characters; None: that of the station."""
    message_timeout_s: int | None = None
    """How long an answer of the CSMS may take; None: 30."""
    ocpp_interface: str | None = None
    """Wired0 to Wired3, Wireless0 to Wireless3; None: Wired0."""


@frozen(kw_only=True)
class StationConfig:
    """A station. Only `id` and a way to a CSMS (`csms_url` or `network_profiles`) have no default.

    Fields that default to None leave a variable at its own default, which is named here. Relative
    paths in a file are relative to the file.
    """

    id: str
    """Under which the CSMS knows the station: at most 48 characters, no colon."""
    csms_url: str | None = None
    """`ws://` or `wss://`, without the id. Shorthand for one network profile in slot 1."""
    versions: tuple[str, ...] = field(default=VERSIONS, converter=reading.as_tuple)
    """OCPP versions that are offered, the preferred first: `ocpp2.0.1`, `ocpp1.6`."""
    evses: tuple[int, ...] = field(default=(1,), converter=reading.as_tuple)
    """How many connectors each EVSE has: `(1, 2)` is EVSE 1 with one, EVSE 2 with two."""

    vendor: str | None = None
    """At most 50 characters (20 reach a 1.6 CSMS); default ocpp_iface."""
    model: str | None = None
    """At most 20 characters; default Station."""
    serial_number: str | None = None
    charge_box_serial_number: str | None = None
    firmware_version: str | None = None
    iccid: str | None = None
    imsi: str | None = None
    meter_type: str | None = None
    meter_serial_number: str | None = None

    security_profile: int | None = None
    """0: nothing (a warning is logged), 1: password, 2: TLS and password, 3: TLS with a certificate
    of the station. None: what URL, password and certificate amount to."""
    password: str | None = field(default=None, repr=False, converter=_password)
    """For HTTP Basic, 16 to 40 characters. One that the CSMS sets later wins."""
    tls: TlsSettings | None = None
    """How the CSMS is verified and the station's certificate; None: the system's trusted roots."""
    network_profiles: tuple[NetworkProfile, ...] = field(default=(), converter=reading.as_tuple)
    """Instead of `csms_url`, in the order in which they are tried."""

    store: str | None = field(default=None, converter=reading.as_path)
    """The file of the store; None: in memory, so everything is forgotten at the end."""
    synchronous: Synchronous = "FULL"
    """FULL: a committed fact survives a power cut. NORMAL: faster, the last ones may be lost."""
    on_power_loss: Literal["resume", "end"] | None = None
    """What becomes of a transaction that was interrupted by the end of the process; default
    resume."""

    charging_schedules_interval_s: int | None = None
    """Between two publications of `charging_schedules`; 0: only on change. Default 30."""
    charging_schedules_window_s: int | None = None
    """How far the published schedules reach. Default 600."""
    charging_schedules_unit: Literal["A", "W"] | None = None
    """Default A."""
    message_queue_capacity: int | None = None
    """Facts that may wait for the CSMS; then intermediate ones are thinned out. Default 1000."""
    message_queue_resume_delay_s: int | None = None
    """After a reconnect, before queued messages are sent. Default 0."""
    standard_keys_writable: bool | None = None
    """With 1.6, `set_variables` may set writable standard keys, not only custom ones. Default
    false."""
    trace_messages: bool = False
    """Publish every frame in the var `ocpp_message`. It may hold tokens and passwords."""
    validate_outbound: bool = False
    """Check what is sent against the official schemas (for tests: the types guarantee it)."""

    variables: Mapping[str, Any] = field(factory=dict, repr=False)
    """Values of variables, by 1.6 key or by address: `{"HeartbeatInterval": 300,
    "TxCtrlr/EVConnectionTimeOut": "60", "Connector@1.2/ConnectorType": "cType2"}`; a dot may stand
    for the slash."""
    custom: tuple[Mapping[str, Any], ...] = field(
        default=(), repr=False, converter=reading.as_tuple
    )
    """Variables beyond the standard: tables with `address` and, as wanted, `type`, `access` (ro,
    rw), `unit`, `min`, `max`, `values`, `value`, and `key` (its 1.6 key)."""
    keys: Mapping[str, str] = Factory(dict)
    """Further 1.6 keys, each with the address of the variable it stands for."""
    imported: Configured | None = field(default=None, repr=False)
    """What a foreign configuration file said about variables; the fields above win over it."""
    source: str = "configuration"
    """The file this was read from, for messages."""

    def __attrs_post_init__(self) -> None:
        try:
            self._check()
        except ConfigurationError as fault:
            if fault.source:
                raise
            raise ConfigurationError(fault.reason, source=self.source, path=fault.path) from None

    # -- readers -----------------------------------------------------------------------------

    @classmethod
    def from_toml(cls, path: str | Path) -> StationConfig:
        """A TOML file with the names of the fields; tables `tls`, `variables`, `keys`, lists of
        tables `network_profiles`, `custom`. Raises ConfigurationError.
        """
        file = Path(path)
        return cls.from_dict(reading.read_toml(file), source=str(file), base=file.parent)

    @classmethod
    def from_dict(
        cls, data: Mapping[str, Any], *, source: str = "configuration", base: Path | None = None
    ) -> StationConfig:
        """What a TOML or JSON file holds; `base`: what relative paths are relative to."""
        fields = reading.read_fields(cls, data, source, base)
        try:
            profiles = fields.get("network_profiles")
            if profiles is not None:
                fields["network_profiles"] = tuple(NetworkProfile(**each) for each in profiles)
            return cls(**fields, source=source)
        except ConfigurationError as fault:
            raise ConfigurationError(fault.reason, source=source, path=fault.path) from None

    @classmethod
    def from_libocpp16(
        cls,
        path: str | Path,
        user_config: str | Path | None = None,
        *,
        password: str | None = None,
        tls: TlsSettings | None = None,
    ) -> StationConfig:
        """The JSON configuration of libocpp for 1.6, overlaid by its user file if that exists.

        `password` and `tls` if the security profile in the file needs them. Keys this library does
        not know are named in `imported.ignored`. Change fields with `attrs.evolve`. Raises
        ConfigurationError.
        """
        found = reading.import_libocpp16(path, user_config)
        return cls._imported(found, versions=("ocpp1.6",), password=password, tls=tls)

    @classmethod
    def from_component_config(
        cls,
        directory: str | Path,
        *,
        id: str | None = None,  # noqa: A002 - the name of the field
        evses: Sequence[int] | None = None,
        password: str | None = None,
        tls: TlsSettings | None = None,
    ) -> StationConfig:
        """A directory of EVerest component_config files (below it, all `*.json`).

        `id`, `evses`, `password` and `tls` if the files do not say them. Raises ConfigurationError.
        """
        found = reading.import_components(directory)
        return cls._imported(found, id=id, evses=evses, password=password, tls=tls)

    @classmethod
    def _imported(cls, found: reading.Found, **fields: Any) -> StationConfig:
        given = {
            **found.fields,
            **{name: each for name, each in fields.items() if each is not None},
        }
        for name in ("id", "network_profiles"):
            if not given.get(name):
                raise ConfigurationError("not in the files", source=found.source, path=name)
        profiles = tuple(NetworkProfile(**each) for each in given.pop("network_profiles"))
        return cls(
            **given, network_profiles=profiles, imported=found.configured, source=found.source
        )

    # -- what the rest of the library takes ----------------------------------------------------

    @property
    def topology(self) -> Topology:
        return Topology(self.evses)

    @property
    def identity(self) -> Identity:
        """Who the station says it is."""
        configured = self.configured()

        def value(definition: VarDef[str]) -> str | None:
            return reading.setting(configured, definition) or definition.default or None

        return Identity(
            vendor=value(InternalCtrlr.charge_point_vendor) or "",
            model=value(InternalCtrlr.charge_point_model) or "",
            serial_number=value(InternalCtrlr.charge_point_serial_number),
            firmware_version=value(InternalCtrlr.firmware_version),
            iccid=value(InternalCtrlr.iccid),
            imsi=value(InternalCtrlr.imsi),
            meter_type=value(InternalCtrlr.meter_type),
            meter_serial_number=value(InternalCtrlr.meter_serial_number),
            charge_box_serial_number=value(InternalCtrlr.charge_box_serial_number),
        )

    @property
    def profiles(self) -> tuple[NetworkProfile, ...]:
        """All network profiles, complete and in the order of their priority."""
        given = self.network_profiles
        if not given and self.csms_url is not None:
            given = (NetworkProfile(csms_url=self.csms_url, slot=1),)
        return tuple(self._completed(place, each) for place, each in enumerate(given, start=1))

    @property
    def slots(self) -> tuple[int, ...]:
        """The network configuration slots that the station has."""
        used = {each.slot for each in self.profiles if each.slot is not None}
        return tuple(sorted({*_FIRST_SLOTS, *used}))

    @property
    def tls_settings(self) -> TlsSettings:
        if self.tls is not None:
            return self.tls
        configured = self.imported or Configured()
        roots = reading.setting(configured, InternalCtrlr.use_ssl_default_verify_paths)
        host = reading.setting(configured, InternalCtrlr.verify_csms_common_name)
        stars = reading.setting(configured, InternalCtrlr.verify_csms_allow_wildcards)
        return TlsSettings(
            default_ca_paths=roots != "false",
            verify_hostname=host != "false",
            allow_wildcards=stars == "true",
        )

    def configured(self) -> Configured:
        """All that this says about variables. Raises ConfigurationError for a wrong address."""
        own = Configured(settings=tuple(self._settings()), source=self.source)
        further = from_tables({}, custom=self.custom, keys=self.keys, source=self.source)
        variables = reading.flat_variables(self.variables)
        reading.check_variables(variables, merge(self.imported or Configured(), further))
        values = from_tables(variables, source=self.source)
        return merge(self.imported or Configured(), own, further, values)

    # -- inside --------------------------------------------------------------------------------

    def _settings(self) -> list[Setting]:
        settings = [
            _setting(definition, getattr(self, name), path=name)
            for name, definition in _VARIABLES
            if getattr(self, name) is not None
        ]
        if self.on_power_loss is not None:
            resume = self.on_power_loss == "resume"
            definition = InternalCtrlr.resume_transactions_on_boot
            settings.append(_setting(definition, resume, path="on_power_loss"))
        if self.tls is not None:
            roots, host = self.tls.default_ca_paths, self.tls.verify_hostname
            settings += (
                _setting(InternalCtrlr.use_ssl_default_verify_paths, roots, path="tls"),
                _setting(InternalCtrlr.verify_csms_common_name, host, path="tls"),
                _setting(
                    InternalCtrlr.verify_csms_allow_wildcards, self.tls.allow_wildcards, path="tls"
                ),
            )
        settings.append(_setting(SecurityCtrlr.identity, self.id, path="id"))
        for index, profile in enumerate(self.profiles):
            settings += self._profile_settings(self._path(index), profile)
        order = tuple(str(each.slot) for each in self.profiles)
        priority = OCPPCommCtrlr.network_configuration_priority
        settings.append(_setting(priority, order, path="network_profiles"))
        return settings

    def _profile_settings(self, path: str, profile: NetworkProfile) -> list[Setting]:
        values: tuple[tuple[str, VarDef[Any], Any], ...] = (
            ("csms_url", NetworkConfiguration.ocpp_csms_url, profile.csms_url),
            ("security_profile", NetworkConfiguration.security_profile, profile.security_profile),
            ("identity", NetworkConfiguration.identity, profile.identity),
            ("password", NetworkConfiguration.basic_auth_password, profile.password),
            ("message_timeout_s", NetworkConfiguration.message_timeout, profile.message_timeout_s),
            ("ocpp_interface", NetworkConfiguration.ocpp_interface, profile.ocpp_interface),
        )
        slot = str(profile.slot)
        return [
            _setting(definition, value, path=f"{path}{name}", slot=slot)
            for name, definition, value in values
            if value is not None
        ]

    def _completed(self, place: int, given: NetworkProfile) -> NetworkProfile:
        secure = _scheme(given.csms_url) == "wss"
        certificate = self.tls is not None and self.tls.client_certificate_file is not None
        password = given.password if given.password is not None else self.password
        level = given.security_profile
        if level is None:
            level = self.security_profile
        if level is None and secure:
            level = _CERTIFICATE_PROFILE if certificate else _TLS_PROFILE
        elif level is None:
            level = 0 if password is None else 1
        return NetworkProfile(
            csms_url=given.csms_url,
            slot=place if given.slot is None else given.slot,
            security_profile=level,
            identity=given.identity or self.id,
            password=password,
            message_timeout_s=given.message_timeout_s,
            ocpp_interface=given.ocpp_interface,
        )

    def _path(self, index: int) -> str:
        return f"network_profiles[{index}]." if self.network_profiles else ""

    def _check(self) -> None:
        reading.check_types(self)
        for index, profile in enumerate(self.network_profiles):
            reading.check_types(profile, self._path(index))
        _check_identity("id", self.id)
        _check_versions(self.versions)
        _check_evses(self.evses)
        if bool(self.network_profiles) == (self.csms_url is not None):
            if self.csms_url is None:
                told = "missing: either csms_url or network_profiles is needed"
            else:
                told = "not both this and network_profiles"
            raise _fault("csms_url", told)
        if self.store == "":
            raise _fault("store", "empty; leave it out to keep everything in memory")
        slots: list[int | None] = []
        for index, profile in enumerate(self.profiles):
            self._check_profile(self._path(index), profile)
            if profile.slot in slots:
                raise _fault(f"{self._path(index)}slot", "this slot is used twice")
            slots.append(profile.slot)
        self.configured()

    def _check_profile(self, path: str, profile: NetworkProfile) -> None:
        _check_url(f"{path}csms_url", profile.csms_url)
        _check_identity(f"{path}identity", profile.identity)
        level = profile.security_profile or 0
        if profile.slot is not None and profile.slot < 1:
            raise _fault(f"{path}slot", "not a number from 1 on")
        if not 0 <= level <= _CERTIFICATE_PROFILE:
            raise _fault(f"{path}security_profile", "not 0, 1, 2 or 3")
        if (_scheme(profile.csms_url) == "wss") != (level >= _TLS_PROFILE):
            wanted = "wss://" if level >= _TLS_PROFILE else "ws://"
            raise _fault(f"{path}csms_url", f"security profile {level} goes with {wanted}")
        if level in (1, 2) and profile.password is None:
            raise _fault(f"{path}password", f"missing: security profile {level} needs it")
        if level == _CERTIFICATE_PROFILE and not (self.tls and self.tls.client_certificate_file):
            raise _fault("tls.client_certificate_file", "missing: security profile 3 needs it")


def _setting(definition: VarDef[Any], value: Any, *, path: str, slot: str = "") -> Setting:
    place = Place(instance=slot) if definition.scope is Scope.SLOT else HERE
    return Setting(address_of(Located(definition, place)), text_of(definition, value), path=path)


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme
    except ValueError:
        return ""


def _check_identity(path: str, identity: str | None) -> None:
    if not identity:
        raise _fault(path, "missing")
    if len(identity) > _MAX_IDENTITY:
        raise _fault(path, f"longer than {_MAX_IDENTITY} characters")
    if ":" in identity:
        raise _fault(path, "a colon is not allowed: HTTP Basic could not tell it from the password")


def _check_versions(versions: tuple[str, ...]) -> None:
    if not versions:
        raise _fault("versions", "at least one is needed")
    for index, version in enumerate(versions):
        path = f"versions[{index}]"
        if version not in VERSIONS:
            raise _fault(path, f"unknown version{reading.suggestion(version, VERSIONS)}")
        if version in versions[:index]:
            raise _fault(path, "named twice")


def _check_evses(evses: tuple[int, ...]) -> None:
    if not 1 <= len(evses) <= _MAX_EVSES:
        raise _fault("evses", f"not a list of 1 to {_MAX_EVSES} connector counts")
    for index, count in enumerate(evses):
        if not 1 <= count <= _MAX_EVSES:
            raise _fault(f"evses[{index}]", "not a number of connectors, 1 or more")


def _check_url(path: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("ws", "wss") and bool(parts.hostname) and parts.port != 0
        secret = parts.username is not None or parts.password is not None
    except ValueError:
        raise _fault(path, "not a URL") from None
    if not usable:
        raise _fault(path, "not a WebSocket URL (ws://... or wss://...)")
    if secret:
        raise _fault(path, "credentials do not belong here: use password")
