"""Which EVSEs and connectors a station has, and how OCPP 1.6 numbers them.

The only bijection between 2.x addresses (EVSE, connector of that EVSE) and the flat connector
numbers of 1.6: connectors are counted 1..n through the EVSEs in order; 0 is the station.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen


def _counts(connectors: Iterable[int]) -> tuple[int, ...]:
    return tuple(connectors)


def _checked(_topology: object, _attribute: object, connectors: tuple[int, ...]) -> None:
    for index, count in enumerate(connectors, start=1):
        if count < 1:
            raise ValueError(f"EVSE {index} has {count} connectors; at least 1 is needed")


@frozen
class Topology:
    """`connectors[i]` is how many connectors EVSE i + 1 has."""

    connectors: tuple[int, ...] = field(default=(1,), converter=_counts, validator=_checked)

    @property
    def count(self) -> int:
        """How many connectors the station has: the 1.6 NumberOfConnectors."""
        return sum(self.connectors)

    def evse_ids(self) -> range:
        return range(1, len(self.connectors) + 1)

    def connector_ids(self, evse: int) -> range:
        """The connectors of one EVSE; empty if there is no such EVSE."""
        return range(1, self.connectors[evse - 1] + 1) if self.has_evse(evse) else range(0)

    def has_evse(self, evse: int) -> bool:
        return 1 <= evse <= len(self.connectors)

    def has_connector(self, evse: int, connector: int) -> bool:
        return self.has_evse(evse) and 1 <= connector <= self.connectors[evse - 1]

    def connector16(self, evse: int, connector: int = 1) -> int:
        """The flat number of a connector; ValueError if the station has no such connector."""
        if not self.has_connector(evse, connector):
            raise ValueError(f"no connector {connector} at EVSE {evse}")
        return sum(self.connectors[: evse - 1]) + connector

    def from16(self, number: int) -> tuple[int, int] | None:
        """(EVSE, connector) of a flat number; None for 0 and for what the station has not."""
        if number < 1:
            return None
        for evse, count in enumerate(self.connectors, start=1):
            if number <= count:
                return evse, number
            number -= count
        return None
