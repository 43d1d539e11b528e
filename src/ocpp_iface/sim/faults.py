"""Faults of the store: commits that fail, and power that fails at a commit.

Faults of the network are in `network`, those of the hardware in `hardware`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from attrs import define

from ocpp_iface.errors import StoreError
from ocpp_iface.ports.store import Store, Table, TableDef

K = TypeVar("K", int, str)
V = TypeVar("V")


class PowerCut(BaseException):
    """The power fails here and now. Not an Exception: nothing may handle it."""


@define(eq=False)
class Wear:
    """What happens to a station's store; it lives through restarts of the station.

    `commits` counts the commits that changed something, from the first boot on.
    """

    commits: int = 0
    cut_before: int | None = None
    """The power fails just before this commit (1 is the first): nothing of it is durable."""
    cut_after: int | None = None
    """The power fails just after this commit: it is durable, its outputs never left."""
    failing: int = 0
    """So many next commits raise StoreError."""
    on_commit: Callable[[int], None] | None = None
    """Told the number of each commit, when it is durable."""


class WornStore:
    """`ports.store.Store` around another one, with its faults. Dead after a power cut."""

    __slots__ = ("_dead", "_store", "_wear")

    def __init__(self, store: Store, wear: Wear) -> None:
        self._store, self._wear = store, wear
        self._dead = False

    def table(self, definition: TableDef[K, V], /) -> Table[K, V]:
        return self._store.table(definition)

    def begin(self) -> None:
        self._store.begin()

    def commit(self) -> bool:
        wear, number = self._wear, self._wear.commits + 1
        writes = self._store.mark() > 0
        if writes and wear.failing > 0:
            wear.failing -= 1
            self._store.rollback()
            self._dead = True  # the kernel rolls back again
            raise StoreError("the simulated disk is full")
        if writes and wear.cut_before == number:
            self._cut()
        changed = self._store.commit()
        if changed:
            wear.commits = number
            if wear.on_commit is not None:
                wear.on_commit(number)
            if wear.cut_after == number:
                self._cut()
        return changed

    def rollback(self) -> None:
        if not self._dead:
            self._store.rollback()

    def mark(self) -> int:
        return self._store.mark()

    def rollback_to(self, mark: int, /) -> None:
        self._store.rollback_to(mark)

    def close(self) -> None:
        self._store.close()

    def _cut(self) -> None:
        self._wear.cut_before = self._wear.cut_after = None
        self._dead = True
        raise PowerCut
