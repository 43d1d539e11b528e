"""The durable store: a memory store whose commits go to one SQLite file.

Rows are read once, when their table is first asked for; after that only commits touch the disk,
each as one SQLite transaction of the rows that changed (WAL, so a commit is one append and, with
`synchronous=FULL`, one fsync). With NORMAL a power cut may lose the latest units of work, never
part of one. The file is locked for as long as the store is open: two stations on one file would
each overwrite what the other remembers. The lock is the operating system's and ends with the
process, however it ends.

A damaged file is never repaired in place: it is moved aside as `<file>.corrupt-<n>` with its
write-ahead log, and CorruptStore says so; what then happens is the caller's decision, a next open
starts empty.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

from attrs import define, field

from ocpp_iface.errors import CorruptStore, StoreError
from ocpp_iface.ports.store import Synchronous, Table, TableDef
from ocpp_iface.storage.memory import ABSENT, Change, Image, MemoryStore
from ocpp_iface.storage.migrate import Migration, inspect, migrate, shipped_migrations
from ocpp_iface.storage.rowcodec import RowCodec, codec_for

K = TypeVar("K", int, str)
V = TypeVar("V")


_SQL_TYPE: Final = {int: "INTEGER", str: "TEXT"}
_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_LOCKED: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class SqliteStore:
    """`ports.store.Store` on a file. One owner; it may be another thread than the one that opened.

    Opening raises StoreTooNew, CorruptStore (after moving the file aside), or StoreError: locked by
    another station, not writable, not a store. `table` raises CorruptStore, likewise, for a row
    that cannot be read; the store is closed then.
    """

    __slots__ = ("_file", "_memory")

    def __init__(
        self,
        path: str | os.PathLike[str],
        synchronous: Synchronous = "FULL",
        *,
        migrations: Sequence[Migration] | None = None,
    ) -> None:
        self._file = _SqliteFile(Path(path).absolute())
        self._file.open(synchronous, shipped_migrations() if migrations is None else migrations)
        self._memory = MemoryStore(backing=self._file)

    def table(self, definition: TableDef[K, V], /) -> Table[K, V]:
        """Also raises StoreError if no migration made this table, or with another type of key."""
        try:
            return self._memory.table(definition)
        except CorruptStore:
            self._memory.close()
            raise

    def begin(self) -> None:
        self._memory.begin()

    def commit(self) -> bool:
        return self._memory.commit()

    def rollback(self) -> None:
        self._memory.rollback()

    def mark(self) -> int:
        return self._memory.mark()

    def rollback_to(self, mark: int, /) -> None:
        self._memory.rollback_to(mark)

    def close(self) -> None:
        self._memory.close()
        self._file.close()

    def snapshot(self) -> Image:
        """The committed rows of the tables opened so far."""
        return self._memory.snapshot()


@define(eq=False)
class _SqliteFile:
    """`memory.Backing` on one SQLite connection."""

    path: Path
    _open: sqlite3.Connection | None = field(default=None, init=False)

    def open(self, synchronous: Synchronous, migrations: Sequence[Migration]) -> None:
        self._create()
        try:
            # The kernel's thread owns the store, but seldom is the one that opened it.
            self._open = sqlite3.connect(
                self.path, timeout=0, isolation_level=None, check_same_thread=False
            )
            self._prepare(self._open, synchronous, migrations)
            migrate(self._open, self.path, migrations)
        except BaseException as error:
            self.close()
            if isinstance(error, sqlite3.Error):
                self._fail(error, "cannot be opened")
            raise

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def load(self, definition: TableDef[K, V], /) -> dict[K, V]:
        connection = self._connection()
        try:
            codec = codec_for(definition.value)
        except Exception as error:
            raise StoreError(f"table {definition.name}: {error}") from error
        try:
            self._check_columns(connection, definition)
            return self._read(connection, definition, codec)
        except sqlite3.Error as error:
            self._fail(error, f"table {definition.name} cannot be read")

    def save(self, changes: Sequence[Change], /) -> None:
        connection = self._connection()
        statements = [_statement(change) for change in changes]
        try:
            connection.execute("BEGIN IMMEDIATE")
            for sql, parameters in statements:
                connection.execute(sql, parameters)
            connection.execute("COMMIT")
        except BaseException as error:
            _abandon(connection)
            # Besides its own errors sqlite3 raises these for a key that it has no form for.
            if isinstance(error, sqlite3.Error | OverflowError | UnicodeError):
                raise StoreError(f"{self.path}: the commit failed: {error}") from error
            raise

    def _connection(self) -> sqlite3.Connection:
        if self._open is None:
            raise StoreError("the store is closed")
        return self._open

    def _create(self) -> None:
        """An existing file is not opened here: closing it again would drop the lock of a store that
        this process has open on it (POSIX locks belong to the process).
        """
        try:
            try:
                os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            except FileExistsError:
                if not self.path.is_file():
                    raise StoreError(f"{self.path} is not a file") from None
        except OSError as error:
            raise StoreError(f"{self.path}: {error.strerror or error}") from error

    def _prepare(
        self,
        connection: sqlite3.Connection,
        synchronous: Synchronous,
        migrations: Sequence[Migration],
    ) -> None:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("PRAGMA cache_size = -256")  # KiB; every row is read once
        connection.execute("PRAGMA foreign_keys = ON")
        inspect(connection, self.path, migrations)
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            self._keep_aside(str(verdict))
        self._make_private()
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        connection.execute("BEGIN IMMEDIATE")  # takes the lock; EXCLUSIVE mode never gives it back
        connection.execute("COMMIT")

    def _make_private(self) -> None:
        """Only its owner may read it: it holds id tokens and passwords. SQLite gives the log the mode
        of the file, but may have made it already.
        """
        try:
            for part in (self.path, Path(f"{self.path}-wal")):
                if part.exists():
                    part.chmod(0o600)
        except OSError as error:
            raise StoreError(f"{self.path}: {error.strerror or error}") from error

    def _check_columns(
        self, connection: sqlite3.Connection, definition: TableDef[Any, Any]
    ) -> None:
        row = connection.execute(
            "SELECT type FROM pragma_table_info(?) WHERE name = 'key'", (definition.name,)
        ).fetchone()
        if row is None:
            raise StoreError(f"{self.path} has no table {definition.name}: a migration is missing")
        if row[0] != _SQL_TYPE[definition.key]:
            raise StoreError(
                f"table {definition.name} has {row[0]} keys, not {_SQL_TYPE[definition.key]}"
            )

    def _read(
        self, connection: sqlite3.Connection, definition: TableDef[K, V], codec: RowCodec
    ) -> dict[K, V]:
        rows: dict[K, V] = {}
        # As a BLOB, because sqlite3 cannot say which row holds a text that is not UTF-8.
        sql = f"SELECT key, CAST(body AS BLOB) FROM {definition.name} ORDER BY key"  # noqa: S608 - the name is of a table that exists
        for key, body in connection.execute(sql):
            try:
                rows[key] = codec.decode(body.decode())
            except Exception as error:  # noqa: BLE001 - validators of the value may raise anything
                fault = type(error).__name__
            else:
                continue
            # Outside the handler: its exception quotes the row, and that may be a secret.
            self._keep_aside(f"table {definition.name}, row {key!r} cannot be read ({fault})")
        return rows

    def _fail(self, error: sqlite3.Error, what: str) -> NoReturn:
        # An error without code is sqlite3's own: a text that is not UTF-8.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        if code in _DAMAGED:
            self._keep_aside(f"{what}: {error}")
        if code in _LOCKED:
            raise StoreError(f"{self.path} is in use by another station or process") from error
        raise StoreError(f"{self.path}: {what}: {error}") from error

    def _keep_aside(self, reason: str) -> NoReturn:
        """Move the file and what belongs to it.

        The database goes first: a power cut in between must not leave it without its log, as an
        older store that looks sound. (SQLite removes a log that is left without a database.)
        """
        self.close()
        number = 1
        while (kept := Path(f"{self.path}.corrupt-{number}")).exists():
            number += 1
        try:
            for suffix in ("", "-wal", "-shm"):
                part = Path(f"{self.path}{suffix}")
                if part.exists():
                    part.replace(f"{kept}{suffix}")
        except OSError as error:
            raise CorruptStore(f"{self.path}: {reason}; it cannot be moved: {error}") from error
        raise CorruptStore(f"{self.path}: {reason}", kept_as=str(kept))


def _statement(change: Change) -> tuple[str, tuple[Any, ...]]:
    name = change.table.name
    if change.value is ABSENT:
        return f"DELETE FROM {name} WHERE key = ?", (change.key,)  # noqa: S608 - a table of ours
    try:
        body = codec_for(change.table.value).encode(change.value)
    except Exception as error:
        raise StoreError(
            f"table {name}, row {change.key!r}: {type(change.value).__name__} cannot be stored: {error}"
        ) from error
    return f"INSERT OR REPLACE INTO {name}(key, body) VALUES (?, ?)", (change.key, body)  # noqa: S608 - a table of ours


def _abandon(connection: sqlite3.Connection) -> None:
    """Some errors end the transaction by themselves, others leave it open."""
    if connection.in_transaction:
        try:
            connection.execute("ROLLBACK")
        except sqlite3.Error:  # the file is beyond reach; the next BEGIN says so
            return
