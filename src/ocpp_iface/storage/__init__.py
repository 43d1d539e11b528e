"""Stores behind `ports.store`: one in memory, one on an SQLite file."""

from __future__ import annotations

import os

from ocpp_iface.ports.store import Synchronous
from ocpp_iface.storage.memory import Image, MemoryStore
from ocpp_iface.storage.sqlite import SqliteStore

__all__ = ["Image", "MemoryStore", "SqliteStore", "Synchronous", "open_store"]


def open_store(
    path: str | os.PathLike[str] | None, synchronous: Synchronous = "FULL"
) -> MemoryStore | SqliteStore:
    """A store on the file `path` (made if it is missing), or in memory if None.

    Raises StoreTooNew, CorruptStore (the damaged file was moved aside: the next call starts a fresh
    one, if that is what the caller wants) or StoreError.
    """
    return MemoryStore() if path is None else SqliteStore(path, synchronous)
