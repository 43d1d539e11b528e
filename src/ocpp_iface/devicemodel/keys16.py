"""Addressing by 1.6 configuration key: the second door to the one store of variables.

A key is the value of a variable, its upper limit, or its list of allowed values (the catalogue says
which). Only the first kind can be written. The configuration may add keys for any variable; two
keys for one variable are ambiguous, and an app that uses either is refused rather than guessed at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from attrs import field, frozen

from ocpp_iface.devicemodel.catalog import OCPP16LegacyCtrlr
from ocpp_iface.devicemodel.definition import RO, Key16, KeyPart, Profile, Scope, VarDef
from ocpp_iface.devicemodel.instances import (
    HERE,
    STANDARD,
    Catalogue,
    Located,
    Place,
    Unknown,
)
from ocpp_iface.devicemodel.model import DeviceModel
from ocpp_iface.devicemodel.validate import decimal_text
from ocpp_iface.errors import ConfigurationError
from ocpp_iface.types.address import ComponentVariable

_ALWAYS_LISTED: Final = (Profile.CORE, Profile.SECURITY, Profile.INTERNAL)


@frozen
class KeyTarget:
    """What a key stands for on one station."""

    key: Key16
    located: Located
    custom: bool = False

    read_only: bool = field(init=False)
    hidden: bool = field(init=False)
    """Its value is never shown (AuthorizationKey)."""
    plain: bool = field(init=False)
    """It shows what the variable holds, as it is."""

    @read_only.default
    def _is_read_only(self) -> bool:
        written = self.key.part is KeyPart.VALUE and not self.key.read_only
        return not written or self.located.definition.access is RO

    @hidden.default
    def _is_hidden(self) -> bool:
        return self.key.part is KeyPart.VALUE and self.located.definition.write_only

    @plain.default
    def _is_plain(self) -> bool:
        return self.key.part is KeyPart.VALUE and not self.key.words


def index_keys(catalogue: Catalogue) -> Mapping[str, tuple[Key16, VarDef[Any]]]:
    """The keys of a catalogue by folded name; of several variables with one key, the first."""
    index: dict[str, tuple[Key16, VarDef[Any]]] = {}
    for definition in catalogue.definitions():
        for each in definition.key16:
            known = index.setdefault(each.name.casefold(), (each, definition))
            if known[1] is not definition and each.part is KeyPart.VALUE:
                raise ValueError(f"two variables with the key {each.name}")
    return MappingProxyType(index)


STANDARD_KEYS: Final = index_keys(STANDARD)


def _targets(keys: Mapping[str, tuple[Key16, VarDef[Any]]], slot: int) -> Mapping[str, KeyTarget]:
    """Where the keys lead; those of a network profile lead to `slot`."""
    placed = Place(instance=str(slot))
    return MappingProxyType(
        {
            name: KeyTarget(
                each, Located(definition, placed if definition.scope is Scope.SLOT else HERE)
            )
            for name, (each, definition) in keys.items()
        }
    )


_FIRST_SLOT: Final = 1
_STANDARD_TARGETS: Final = _targets(STANDARD_KEYS, _FIRST_SLOT)
"""Of nearly every station, so they share it."""


@frozen
class Keys16:
    """The keys of one station; `slot` is the network configuration slot that 1.6 shows."""

    variables: DeviceModel
    slot: int = _FIRST_SLOT
    standard: Mapping[str, tuple[Key16, VarDef[Any]]] = field(default=STANDARD_KEYS, repr=False)
    _standard: Mapping[str, KeyTarget] = field(init=False, repr=False)
    _custom: Mapping[str, KeyTarget] = field(init=False, repr=False)
    _ambiguous: tuple[Located, ...] = field(init=False, repr=False)

    @_standard.default
    def _place_standard(self) -> Mapping[str, KeyTarget]:
        if self.standard is STANDARD_KEYS and self.slot == _FIRST_SLOT:
            return _STANDARD_TARGETS
        return _targets(self.standard, self.slot)

    @_custom.default
    def _index_custom(self) -> Mapping[str, KeyTarget]:
        configured = self.variables.configured
        index: dict[str, KeyTarget] = {}
        for name, address in configured.keys:
            located = self.variables.locate(address)
            if isinstance(located, Unknown):
                raise ConfigurationError(str(located), source=configured.source, path=name)
            if name.casefold() in self.standard or name.casefold() in index:
                raise ConfigurationError(
                    "the key stands for something else already",
                    source=configured.source,
                    path=name,
                )
            key = Key16(name, Profile.INTERNAL)
            custom = self.variables.layout.is_custom(located)
            index[name.casefold()] = KeyTarget(key, located, custom)
        return index

    @_ambiguous.default
    def _find_ambiguous(self) -> tuple[Located, ...]:
        seen: list[Located] = []
        twice = []
        for target in self._custom.values():
            keys = target.located.definition.key16
            standard = any(each.part is KeyPart.VALUE for each in keys)
            if standard or target.located in seen:
                twice.append(target.located)
            seen.append(target.located)
        return tuple(twice)

    def resolve(self, name: str) -> KeyTarget | None:
        """Names compare without regard to case (CiString)."""
        folded = name.casefold()
        return self._standard.get(folded) or self._custom.get(folded)

    def of_address(self, address: ComponentVariable) -> KeyTarget | None:
        """The key that the variable's name is, whatever the component. Keys have no instances: an
        address with one means its variable (`NetworkConfiguration[2]/SecurityProfile`).
        """
        component = address.component
        if address.variable.instance:
            return None
        placed = component.instance or component.evse is not None
        if placed and isinstance(self.variables.locate(address), Located):
            return None
        return self.resolve(address.variable.name)

    def is_ambiguous(self, located: Located) -> bool:
        """Whether several keys stand for the value of this variable."""
        return located in self._ambiguous

    def read(self, target: KeyTarget) -> str:
        """What the key shows; never call it for a hidden key."""
        if target.plain:
            return self.variables.text(target.located)
        key = target.key
        if key.part is KeyPart.VALUE:
            return self.show(target, self.variables.text(target.located))
        shape = self.variables.shape(target.located)
        if key.part is KeyPart.CHOICES:
            return ",".join(shape.values)
        limit = shape.max_items if shape.data_type.is_list else shape.maximum
        return "" if limit is None else decimal_text(limit)

    def show(self, target: KeyTarget, text: str) -> str:
        """A value of the variable in the words of the key."""
        return _translated(target.key, text, to_16=True)

    def to_variable(self, target: KeyTarget, value: str) -> str:
        """The words of the key as words of the variable."""
        return _translated(target.key, value, to_16=False)

    def __iter__(self) -> Iterator[KeyTarget]:
        """Every key, the standard ones in the order of the catalogue."""
        yield from self._standard.values()
        yield from self._custom.values()

    def listed(self) -> Iterator[KeyTarget]:
        """The keys that a request for all shows: not those of profiles that are not supported,
        since the presence of a key tells that its function is there, nor hidden ones.
        """
        supported = self.supported()
        for target in self:
            if not target.hidden and target.key.profile in supported:
                yield target

    def supported(self) -> tuple[str, ...]:
        """The profiles whose functions are there."""
        profiles = self.variables.get(OCPP16LegacyCtrlr.supported_feature_profiles).split(",")
        return (*_ALWAYS_LISTED, *profiles)


def _translated(key: Key16, text: str, *, to_16: bool) -> str:
    if not key.words:
        return text
    table = dict(key.words) if to_16 else {word16: word for word, word16 in key.words}
    return ",".join(table.get(part.strip(), part.strip()) for part in text.split(","))
