"""Migrations: forward only, each in one transaction, the old store copied aside."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from attrs import frozen

from ocpp_iface.errors import StoreError, StoreTooNew
from ocpp_iface.ports.store import TableDef
from ocpp_iface.storage.migrate import APPLICATION_ID, Migration, shipped_migrations
from ocpp_iface.storage.sqlite import SqliteStore

DATABASES = Path(__file__).parent.parent / "databases"


@frozen
class Value:
    n: int


COUNTER: TableDef[str, Value] = TableDef("counter", str, Value)
OUTBOX: TableDef[int, Value] = TableDef("outbox", int, Value)

SHIPPED = shipped_migrations()
NEXT = len(SHIPPED) + 1
ADD_TABLE = Migration(NEXT, "add.sql", "CREATE TABLE extra (key TEXT PRIMARY KEY, body TEXT);")
RAISE_N = Migration(
    NEXT + 1, "raise.sql", "UPDATE outbox SET body = json_set(body, '$.n', key * 10);"
)
BROKEN = Migration(
    NEXT, "broken.sql", "DELETE FROM counter; INSERT INTO counter VALUES ('x', '{}'); nonsense;"
)


def schema(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {name: " ".join(sql.split()) for name, sql in rows}


def user_version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((DATABASES / "v1.sql").read_text())
    return path


def test_versions_count_from_one_without_gap() -> None:
    assert [migration.version for migration in SHIPPED] == list(range(1, len(SHIPPED) + 1))
    assert len({migration.name for migration in SHIPPED}) == len(SHIPPED)


def test_a_new_store_has_the_latest_version_and_nothing_is_kept_aside(tmp_path: Path) -> None:
    SqliteStore(tmp_path / "store.db").close()

    assert user_version(tmp_path / "store.db") == len(SHIPPED)
    assert [path.name for path in tmp_path.iterdir()] == ["store.db"]


@pytest.mark.parametrize("released", sorted(DATABASES.glob("v*.sql")), ids=lambda path: path.stem)
def test_a_store_of_each_release_opens_with_its_rows(tmp_path: Path, released: Path) -> None:
    path, fresh = tmp_path / "store.db", tmp_path / "fresh.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(released.read_text())

    store = SqliteStore(path)
    counters, outbox = dict(store.table(COUNTER).items()), dict(store.table(OUTBOX).items())
    store.close()
    SqliteStore(fresh).close()

    assert counters == {"boots": Value(3), "message": Value(41)}
    assert outbox == {7: Value(7), 8: Value(8)}
    assert user_version(path) == len(SHIPPED)
    assert schema(path) == schema(fresh)


def test_migrations_run_in_order_and_keep_the_old_store_aside(old: Path) -> None:
    store = SqliteStore(old, migrations=(*SHIPPED, ADD_TABLE, RAISE_N))
    outbox = dict(store.table(OUTBOX).items())
    store.close()

    assert outbox == {7: Value(70), 8: Value(80)}
    assert user_version(old) == NEXT + 1
    assert "extra" in schema(old)
    kept = old.with_name("store.db.bak-v1")
    assert user_version(kept) == 1
    assert "extra" not in schema(kept)
    assert kept.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in old.parent.iterdir()) == ["store.db", kept.name]


def test_the_copy_kept_aside_is_a_store(old: Path) -> None:
    SqliteStore(old, migrations=(*SHIPPED, ADD_TABLE, RAISE_N)).close()

    kept = SqliteStore(old.with_name("store.db.bak-v1"), migrations=SHIPPED)

    assert dict(kept.table(OUTBOX).items()) == {7: Value(7), 8: Value(8)}
    kept.close()


def test_a_half_written_copy_of_an_interrupted_migration_is_replaced(old: Path) -> None:
    old.with_name("store.db.bak-v1.partial").write_bytes(b"half")

    SqliteStore(old, migrations=(*SHIPPED, ADD_TABLE)).close()

    assert sorted(path.name for path in old.parent.iterdir()) == ["store.db", "store.db.bak-v1"]


def test_a_migration_that_fails_leaves_the_store_as_it_was(old: Path) -> None:
    with pytest.raises(StoreError, match=r"broken\.sql"):
        SqliteStore(old, migrations=(*SHIPPED, BROKEN))

    assert user_version(old) == 1
    store = SqliteStore(old, migrations=SHIPPED)
    assert dict(store.table(COUNTER).items()) == {"boots": Value(3), "message": Value(41)}
    store.close()


def test_a_store_that_cannot_be_copied_aside_is_not_migrated(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StoreError, match="copied aside"):
        SqliteStore(old, migrations=(*SHIPPED, ADD_TABLE))

    assert user_version(old) == 1
    assert [path.name for path in old.parent.iterdir()] == ["store.db"]


def test_a_store_of_a_newer_version_is_refused_and_left_alone(old: Path) -> None:
    SqliteStore(old, migrations=(*SHIPPED, ADD_TABLE)).close()
    before = old.read_bytes()

    with pytest.raises(StoreTooNew, match=rf"version {NEXT}\b.* up to version {NEXT - 1}\b"):
        SqliteStore(old)

    assert old.read_bytes() == before


@pytest.mark.parametrize("version", [0, 1, 99])
def test_a_database_of_another_application_is_refused_and_left_alone(
    tmp_path: Path, version: int
) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (x)")
        connection.execute(f"PRAGMA user_version = {version}")
    path.chmod(0o640)
    before = path.read_bytes()

    with pytest.raises(StoreError, match="another application"):
        SqliteStore(path)

    assert path.read_bytes() == before
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(schema(path)) == ["theirs"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["other.db"]


def test_stores_are_marked_as_ours(tmp_path: Path) -> None:
    SqliteStore(tmp_path / "store.db").close()

    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
