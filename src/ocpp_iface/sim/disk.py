"""Where a simulated station keeps its store: what survives when its process or the power ends."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from attrs import define, field

from ocpp_iface.ports.store import Store
from ocpp_iface.storage import Image, MemoryStore, SqliteStore


class Disk(Protocol):
    def open(self) -> Store:
        """The store as it was last committed."""

    def crash(self) -> None:
        """The process that opened it is gone: what it had not committed is, too."""


@define(eq=False)
class MemoryDisk:
    """Committed rows in memory."""

    image: Image | None = None
    _store: MemoryStore | None = field(default=None, init=False)

    def open(self) -> Store:
        self.crash()
        image = self.image
        self._store = MemoryStore() if image is None else MemoryStore.from_image(image)
        return self._store

    def crash(self) -> None:
        if self._store is not None:
            self.image = self._store.snapshot()
            self._store = None

    def snapshot(self) -> Image | None:
        """The committed rows of now."""
        return self._store.snapshot() if self._store is not None else self.image


@define(eq=False)
class FileDisk:
    """An SQLite file, as a real station has."""

    path: Path
    _store: SqliteStore | None = field(default=None, init=False)

    def open(self) -> Store:
        self.crash()
        self._store = SqliteStore(self.path, "NORMAL")
        return self._store

    def crash(self) -> None:
        if self._store is not None:
            self._store.close()  # rolls back what is open, and frees the lock as the OS would
            self._store = None
