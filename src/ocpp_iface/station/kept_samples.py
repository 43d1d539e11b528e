"""Meter values that are kept for the last message of a transaction: rows, so they survive a restart.

Bounded for each transaction, so neither the store nor that message grows with the length of the
transaction: values in between are given up first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from ocpp_iface.ports.store import Store, TableDef
from ocpp_iface.station.meter_filter import thinned, weight
from ocpp_iface.types import MeterValue

SAMPLES: TableDef[str, MeterValue] = TableDef("sample", str, MeterValue)
"""By `<transaction>/<number, nine digits>`."""


class KeptSamples:
    def __init__(self, store: Store, limit_bytes: Callable[[], float]) -> None:
        self._table = store.table(SAMPLES)
        self._limit_bytes = limit_bytes
        self._kept: dict[str, dict[str, MeterValue]] = {}
        self._weights: dict[str, int] = {}
        for key, value in self._table.items():
            self._note(key.rpartition("/")[0], key, value)

    def add(self, transaction: str, value: MeterValue) -> None:
        kept = self._kept.get(transaction, {})
        number = int(next(reversed(kept)).rpartition("/")[2]) + 1 if kept else 0
        key = f"{transaction}/{number:09d}"
        self._table.put(key, value)
        self._note(transaction, key, value)
        if self._weights[transaction] > self._limit_bytes():
            self._thin(transaction)

    def of(self, transaction: str) -> tuple[MeterValue, ...]:
        """In the order in which they were taken."""
        return tuple(self._kept.get(transaction, {}).values())

    def forget(self, transaction: str) -> None:
        """The transaction is over, its values are in its last message."""
        self._weights.pop(transaction, None)
        for key in self._kept.pop(transaction, {}):
            self._table.delete(key)

    def forget_all_but(self, transactions: Collection[str]) -> None:
        for transaction in list(self._kept):
            if transaction not in transactions:
                self.forget(transaction)

    def _note(self, transaction: str, key: str, value: MeterValue) -> None:
        self._kept.setdefault(transaction, {})[key] = value
        self._weights[transaction] = self._weights.get(transaction, 0) + weight((value,))

    def _thin(self, transaction: str) -> None:
        kept = self._kept[transaction]
        staying = {id(value) for value in thinned(tuple(kept.values()), self._limit_bytes())}
        for key, value in list(kept.items()):
            if id(value) not in staying:
                del kept[key]
                self._table.delete(key)
        self._weights[transaction] = weight(kept.values())
