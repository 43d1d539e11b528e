"""Rows in memory, with an undo log: the core of both stores.

Every row is a frozen value in a dict, so a read is a dict look-up. A unit of work notes, for each
write, what was there before; `rollback_to` plays that log backwards. A commit drops the log, after
handing the rows that really changed to `Backing` (the SQLite file), if there is one. If that fails
the log is played back, so memory never says more than the disk.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, Generic, Protocol, TypeVar

from attrs import define, field, frozen

from ocpp_iface.errors import StoreError
from ocpp_iface.ports.store import Table, TableDef

K = TypeVar("K", int, str)
V = TypeVar("V")


class Absent(Enum):
    """In place of a value: there is no such row."""

    ABSENT = 0


ABSENT: Final = Absent.ABSENT


@frozen
class Change:
    """One row that a unit of work leaves different: its new value, or ABSENT if it was deleted."""

    table: TableDef[Any, Any]
    key: Any
    value: Any


class Backing(Protocol):
    """What makes a memory store durable."""

    def load(self, definition: TableDef[K, V], /) -> dict[K, V]:
        """All committed rows of a table. Raises StoreError."""

    def save(self, changes: Sequence[Change], /) -> None:
        """Write all of them or none. Raises StoreError; nothing was written then."""


@frozen
class Image:
    """The committed rows of a store at one instant; equal images are equal stores."""

    tables: Mapping[str, Mapping[Any, Any]]

    def rows(self, table: str) -> Mapping[Any, Any]:
        return self.tables.get(table, MappingProxyType({}))


@define(eq=False)
class _Journal:
    """The undo log of the open unit of work; None while none is open."""

    entries: list[tuple[MemoryTable[Any, Any], Any, Any]] | None = None
    closed: bool = False

    def writable(self) -> list[tuple[MemoryTable[Any, Any], Any, Any]]:
        if self.entries is None:
            raise StoreError("the store is closed" if self.closed else "no unit of work is open")
        return self.entries


@define(eq=False)
class MemoryTable(Generic[K, V]):
    """`ports.store.Table` over a dict.

    The dict is kept in key order as long as rows are appended in that order (ids rise), and is
    sorted when it is next read otherwise. A dict that an `Image` shares is copied before a write.
    """

    definition: TableDef[K, V]
    _journal: _Journal
    _rows: dict[K, V] = field(factory=dict)
    _shared: bool = False
    _in_order: bool = False

    def get(self, key: K, /) -> V | None:
        return self._rows.get(key)

    def put(self, key: K, value: V, /) -> None:
        entries = self._journal.writable()
        old = self._rows.get(key, ABSENT)
        if old is not value:
            entries.append((self, key, old))
            self._set(key, value)

    def delete(self, key: K, /) -> None:
        entries = self._journal.writable()
        old = self._rows.get(key, ABSENT)
        if old is not ABSENT:
            entries.append((self, key, old))
            self._set(key, ABSENT)

    def items(self) -> Iterator[tuple[K, V]]:
        """In ascending order of the key: the rows as they are now, whatever changes meanwhile."""
        if not self._in_order:
            self._rows = {key: self._rows[key] for key in sorted(self._rows)}
            self._shared, self._in_order = False, True
        return iter(list(self._rows.items()))

    def __len__(self) -> int:
        return len(self._rows)

    def restore(self, key: K, old: V | Absent) -> None:
        """Undo one write."""
        self._set(key, old)

    def share(self) -> Mapping[K, V]:
        """The rows of now, for an `Image`; later writes go to a copy."""
        self._shared = True
        return MappingProxyType(self._rows)

    def _set(self, key: K, value: V | Absent) -> None:
        if self._shared:
            self._rows, self._shared = dict(self._rows), False
        rows = self._rows
        if value is ABSENT:
            del rows[key]
            return
        if self._in_order and key not in rows and rows and key < next(reversed(rows)):
            self._in_order = False
        rows[key] = value


@define(eq=False)
class MemoryStore:
    """`ports.store.Store` in memory. With `backing`, a commit is durable when it returns."""

    _backing: Backing | None = field(default=None, kw_only=True)
    _image: Image | None = field(default=None, kw_only=True)
    _tables: dict[str, MemoryTable[Any, Any]] = field(factory=dict, init=False)
    _journal: _Journal = field(factory=_Journal, init=False)

    @classmethod
    def from_image(cls, image: Image) -> MemoryStore:
        """A store as it is found after a restart: the committed rows, no unit of work."""
        return cls(image=image)

    def table(self, definition: TableDef[K, V], /) -> Table[K, V]:
        """Raises StoreError if the name is taken by a table of other types."""
        if self._journal.closed:
            raise StoreError("the store is closed")
        known = self._tables.get(definition.name)
        if known is None:
            known = self._tables[definition.name] = self._open_table(definition)
        elif known.definition != definition:
            raise StoreError(f"table {definition.name} is declared twice with different types")
        return known

    def begin(self) -> None:
        if self._journal.closed:
            raise StoreError("the store is closed")
        if self._journal.entries is not None:
            raise StoreError("a unit of work is open already")
        self._journal.entries = []

    def commit(self) -> bool:
        entries = self._journal.writable()
        changed = bool(entries) and _differs(entries[0])
        if entries and (self._backing is not None or not changed):
            changes = _net_changes(entries)
            changed = bool(changes)
            if changes and self._backing is not None:
                try:
                    self._backing.save(changes)
                except BaseException:
                    self.rollback()
                    raise
        self._journal.entries = None
        return changed

    def rollback(self) -> None:
        self.rollback_to(0)
        self._journal.entries = None

    def mark(self) -> int:
        entries = self._journal.entries  # asked several times in every step
        return len(self._journal.writable() if entries is None else entries)

    def rollback_to(self, mark: int, /) -> None:
        """A mark taken after `mark` is void from then on."""
        entries = self._journal.writable()
        if not 0 <= mark <= len(entries):
            raise StoreError("this mark is not of the open unit of work, or was rolled back")
        while len(entries) > mark:
            table, key, old = entries.pop()
            table.restore(key, old)

    def close(self) -> None:
        """An open unit of work is rolled back. Closing twice does nothing."""
        if self._journal.entries is not None:
            self.rollback()
        self._journal.closed = True

    def snapshot(self) -> Image:
        """The committed rows of every table opened so far, without the open unit of work."""
        tables = dict(self._image.tables) if self._image is not None else {}
        for name, table in self._tables.items():
            tables[name] = table.share()
        # Play the open unit of work back on copies; the tables themselves keep it.
        undone: dict[str, dict[Hashable, Any]] = {}
        for table, key, old in reversed(self._journal.entries or ()):
            name = table.definition.name
            if name not in undone:
                undone[name] = dict(tables[name])
            rows = undone[name]
            if old is ABSENT:
                del rows[key]
            else:
                rows[key] = old
        tables.update((name, MappingProxyType(rows)) for name, rows in undone.items())
        return Image(MappingProxyType({name: rows for name, rows in tables.items() if rows}))

    def _open_table(self, definition: TableDef[K, V]) -> MemoryTable[K, V]:
        if self._backing is not None:
            return MemoryTable(definition, self._journal, self._backing.load(definition))
        rows = dict(self._image.rows(definition.name)) if self._image is not None else {}
        return MemoryTable(definition, self._journal, rows)


def _differs(entry: tuple[MemoryTable[Any, Any], Any, Any]) -> bool:
    """Whether the row is another one than before this write."""
    table, key, old = entry
    current = table.get(key)
    return (ABSENT if current is None else current) is not old


def _net_changes(entries: Sequence[tuple[MemoryTable[Any, Any], Any, Any]]) -> list[Change]:
    """One change a row, in the order of first writing; none for a row that ended as it began."""
    before: dict[tuple[str, Hashable], tuple[MemoryTable[Any, Any], Any]] = {}
    for table, key, old in entries:
        before.setdefault((table.definition.name, key), (table, old))
    changes = []
    for (_, key), (table, old) in before.items():
        current = table.get(key)
        new = ABSENT if current is None else current
        if new is not old:
            changes.append(Change(table.definition, key, new))
    return changes
