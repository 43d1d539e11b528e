"""Durable rows: what must survive a power cut.

A store is a set of tables. A table maps a key (int or str) to a frozen value (an attrs class of
`types` or of a module that declares a `TableDef`). Reads are from memory; what the current unit of
work changed becomes durable at its commit, all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Literal, Protocol, TypeVar

from attrs import frozen

K = TypeVar("K", int, str)
V = TypeVar("V")

Synchronous = Literal["FULL", "NORMAL"]
"""How sure a commit to a file is: FULL survives a power cut, NORMAL may lose the last moments."""


@frozen
class TableDef(Generic[K, V]):
    """One table: declared once, as a module constant, next to the value it holds."""

    name: str
    key: type[K]
    value: type[V]


class Table(Protocol[K, V]):
    def get(self, key: K, /) -> V | None: ...
    def put(self, key: K, value: V, /) -> None: ...
    def delete(self, key: K, /) -> None:
        """Deleting what is not there does nothing."""

    def items(self) -> Iterator[tuple[K, V]]:
        """In ascending order of the key; safe against changes while iterating."""

    def __len__(self) -> int: ...


class Store(Protocol):
    """One owner, one thread. `begin` opens a unit of work; every write belongs to one."""

    def table(self, definition: TableDef[K, V], /) -> Table[K, V]: ...

    def begin(self) -> None: ...

    def commit(self) -> bool:
        """Make the unit of work durable; False if it changed nothing (and nothing was written).

        Raises StoreError if it could not be made durable; the unit of work is then rolled back.
        """

    def rollback(self) -> None:
        """Forget the whole unit of work."""

    def mark(self) -> int:
        """A savepoint inside the unit of work."""

    def rollback_to(self, mark: int, /) -> None:
        """Forget what was written since `mark`."""

    def close(self) -> None: ...
