"""Configuration keys as 1.6 names them.

The contract bounds its strings with `maximum`, which means nothing for a string in JSON Schema; it
is read as the longest length.
"""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from ocpp_iface.types.check import Boolean, Instance, Items, Optional, Text, as_tuple
from ocpp_iface.types.redaction import is_secret_name, repr_guarding


@frozen(repr=False)
class KeyValue:
    key: str = field(validator=Text(50))
    read_only: bool = field(validator=Boolean())
    value: str | None = field(default=None, kw_only=True, validator=Optional(Text(5000)))

    def __repr__(self) -> str:
        return repr_guarding(self, "value", is_secret_name(self.key))


@frozen
class GetConfigurationResponse:
    configuration_keys: tuple[KeyValue, ...] = field(
        converter=as_tuple, validator=Items(Instance(KeyValue))
    )
    unknown_keys: tuple[str, ...] = field(converter=as_tuple, validator=Items(Text(50)))


class ConfigurationStatus(StrEnum):
    Accepted = "Accepted"
    Rejected = "Rejected"
    RebootRequired = "RebootRequired"
    NotSupported = "NotSupported"
