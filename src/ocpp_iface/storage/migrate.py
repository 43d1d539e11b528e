"""Forward-only migrations: `migrations/NNNN_name.sql`, counted in SQLite's `user_version`.

Each file runs in one transaction together with its new version number. Before the first one of an
existing store, the store is copied aside as `<file>.bak-v<version>`. A store of a newer version is
refused: running on would write rows that the newer version does not expect.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Final

from attrs import frozen

from ocpp_iface.errors import StoreError, StoreTooNew

APPLICATION_ID: Final = 0x4F435050
"""`PRAGMA application_id` of a store ("OCPP")."""


@frozen
class Migration:
    version: int
    name: str
    sql: str


def shipped_migrations() -> tuple[Migration, ...]:
    """Those of this version of the library, in order."""
    found = [
        Migration(int(entry.name[:4]), entry.name, entry.read_text(encoding="utf-8"))
        for entry in files("ocpp_iface.storage").joinpath("migrations").iterdir()
        if entry.name.endswith(".sql")
    ]
    return tuple(sorted(found, key=lambda migration: migration.version))


def inspect(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    """Only reads, so what is not ours stays as it is.

    Raises StoreTooNew, or StoreError if it is no store of ours. sqlite3 errors pass through.
    """
    known = migrations[-1].version
    version = _pragma(connection, "user_version")
    if not _is_fresh(connection) and _pragma(connection, "application_id") != APPLICATION_ID:
        raise StoreError(f"{path} is a database of another application")
    if version > known:
        raise StoreTooNew(
            f"{path} has version {version}, written by a newer ocpp_iface;"
            f" this one knows up to version {known}"
        )


def migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    """Bring a store that was inspected to the last of `migrations` (versions 1, 2, 3 ...).

    Raises StoreError if a migration fails (the store is then as it was before that migration).
    sqlite3 errors of reading pass through.
    """
    version = _pragma(connection, "user_version")
    pending = [migration for migration in migrations if migration.version > version]
    if pending and not _is_fresh(connection):
        _copy_aside(connection, path, version)
    for migration in pending:
        _apply(connection, path, migration)


def _is_fresh(connection: sqlite3.Connection) -> bool:
    return not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


def _apply(connection: sqlite3.Connection, path: Path, migration: Migration) -> None:
    script = (
        f"BEGIN IMMEDIATE;\n{migration.sql}\n;PRAGMA user_version = {migration.version};\nCOMMIT;"
    )
    try:
        connection.executescript(script)
    except sqlite3.Error as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise StoreError(f"{path}: migration {migration.name} failed: {error}") from error


def _copy_aside(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """Complete or not there: written under another name first, so a power cut leaves no half."""
    target = path.with_name(f"{path.name}.bak-v{version}")
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with closing(sqlite3.connect(partial)) as copy:
            connection.backup(copy)
        partial.replace(target)
    except (sqlite3.Error, OSError) as error:
        partial.unlink(missing_ok=True)
        raise StoreError(f"{path}: cannot be copied aside before migration: {error}") from error


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
