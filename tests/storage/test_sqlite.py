"""The file store: durable, locked, private; damage is kept aside, failures leave memory right."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from attrs import field, frozen
from attrs.validators import ge

from ocpp_iface.errors import CorruptStore, StoreError
from ocpp_iface.ports.store import TableDef
from ocpp_iface.storage import MemoryStore, SqliteStore, open_store

pytestmark = pytest.mark.e2e


@frozen
class Started:
    n: int = field(validator=ge(0))


@frozen
class Ended:
    n: int
    reason: str = "Local"


@frozen
class Odd:
    data: Any


NAMED: TableDef[str, Started] = TableDef("counter", str, Started)
FACTS: TableDef[int, Started | Ended] = TableDef("outbox", int, Started | Ended)  # type: ignore[arg-type] # unions are no classes to mypy
ODD: TableDef[str, Odd] = TableDef("fault", str, Odd)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path, "NORMAL")
    yield store
    store.close()


def commit(store: SqliteStore, **rows: int) -> None:
    store.begin()
    for key, n in rows.items():
        store.table(NAMED).put(key, Started(n))
    store.commit()


def rows_of(path: Path) -> dict[str, int]:
    with closing(SqliteStore(path, "NORMAL")) as store:
        return {key: value.n for key, value in store.table(NAMED).items()}


def sql(path: Path, statement: str, *parameters: Any) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement, parameters).fetchall()


# -- durability -----------------------------------------------------------------------------------


def test_committed_rows_are_there_after_reopening(path: Path, store: SqliteStore) -> None:
    commit(store, a=1, b=2)
    store.begin()
    store.table(NAMED).delete("a")
    store.table(FACTS).put(1, Ended(5))
    store.table(FACTS).put(2, Started(6))
    assert store.commit() is True
    store.close()

    again = SqliteStore(path)

    assert dict(again.table(NAMED).items()) == {"b": Started(2)}
    assert dict(again.table(FACTS).items()) == {1: Ended(5), 2: Started(6)}
    again.close()


def test_a_unit_of_work_that_was_not_committed_is_not_there(path: Path, store: SqliteStore) -> None:
    commit(store, a=1)
    store.begin()
    store.table(NAMED).put("a", Started(2))
    store.close()

    assert rows_of(path) == {"a": 1}


def test_a_unit_of_work_that_changed_nothing_writes_nothing(path: Path, store: SqliteStore) -> None:
    commit(store, a=1)
    log = Path(f"{path}-wal")
    before = log.stat().st_size

    store.begin()
    store.table(NAMED).put("b", Started(1))
    store.table(NAMED).delete("b")

    assert store.commit() is False
    assert log.stat().st_size == before


@pytest.mark.parametrize(("name", "number"), [("FULL", 2), ("NORMAL", 1)])
def test_the_connection_is_set_up_for_durability(path: Path, name: Any, number: int) -> None:
    with closing(SqliteStore(path, name)) as store:
        connection = store._file._connection()
        settings = {
            pragma: connection.execute(f"PRAGMA {pragma}").fetchone()[0]
            for pragma in ("synchronous", "journal_mode", "foreign_keys", "locking_mode")
        }

    assert settings == {
        "synchronous": number,
        "journal_mode": "wal",
        "foreign_keys": 1,
        "locking_mode": "exclusive",
    }


def test_the_store_may_move_to_another_thread(path: Path, store: SqliteStore) -> None:
    thread = threading.Thread(target=commit, args=(store,), kwargs={"a": 1})
    thread.start()
    thread.join()
    store.close()

    assert rows_of(path) == {"a": 1}


def test_open_store_without_a_path_is_in_memory(path: Path) -> None:
    assert isinstance(open_store(None), MemoryStore)
    with closing(open_store(path)) as store:
        assert isinstance(store, SqliteStore)


# -- privacy and ownership ------------------------------------------------------------------------


def test_only_the_owner_may_read_the_files(path: Path, store: SqliteStore) -> None:
    commit(store, a=1)

    modes = {entry.name: entry.stat().st_mode & 0o777 for entry in path.parent.iterdir()}

    assert modes == {"store.db": 0o600, "store.db-wal": 0o600}


def test_a_file_that_others_could_read_is_made_private(path: Path) -> None:
    SqliteStore(path).close()
    path.chmod(0o644)

    with closing(SqliteStore(path)) as store:
        commit(store, a=1)

        modes = {entry.name: entry.stat().st_mode & 0o777 for entry in path.parent.iterdir()}

    assert modes == {"store.db": 0o600, "store.db-wal": 0o600}


def test_two_stations_cannot_open_one_file(path: Path, store: SqliteStore) -> None:
    commit(store, a=1)

    for _ in range(2):  # the failed attempt must not have dropped the lock of the first store
        with pytest.raises(StoreError, match="in use by another station"):
            SqliteStore(path)
        opened = run_python(OPEN, str(path))
        assert "in use by another station" in opened.stderr

    commit(store, b=2)
    store.close()
    assert rows_of(path) == {"a": 1, "b": 2}


OPEN = "import sys; from ocpp_iface.storage import open_store; open_store(sys.argv[1])"


def run_python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=60,
    )


@pytest.mark.parametrize("name", ["", "missing/store.db"])
def test_a_path_that_cannot_be_a_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match=str(tmp_path)):
        SqliteStore(tmp_path / name)


# -- commits that fail ----------------------------------------------------------------------------


def test_a_full_disk_rolls_memory_back_and_the_store_stays_usable(
    path: Path, store: SqliteStore
) -> None:
    commit(store, a=1)
    connection = store._file._connection()
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")

    store.begin()
    store.table(NAMED).put("a", Started(2))
    store.table(ODD).put("big", Odd("x" * 100_000))
    with pytest.raises(StoreError, match="full"):
        store.commit()

    assert store.table(NAMED).get("a") == Started(1)
    assert store.table(ODD).get("big") is None
    connection.execute("PRAGMA max_page_count = 1000000")
    commit(store, b=2)
    store.close()
    assert rows_of(path) == {"a": 1, "b": 2}


class FailingConnection:
    """Passes on to a connection, but fails at one statement."""

    def __init__(self, connection: sqlite3.Connection, *failing: str) -> None:
        self.connection, self.failing = connection, failing

    def execute(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
        if statement.startswith(self.failing):
            raise sqlite3.OperationalError("disk I/O error")
        return self.connection.execute(statement, *parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)


@pytest.mark.parametrize("failing", ["BEGIN", "INSERT", "DELETE", "COMMIT"])
def test_an_error_at_any_statement_of_a_commit_leaves_nothing_of_it(
    path: Path, store: SqliteStore, failing: str
) -> None:
    commit(store, a=1, b=2)
    healthy = store._file._connection()
    store._file._open = FailingConnection(healthy, failing)  # type: ignore[assignment] # a double

    store.begin()
    store.table(NAMED).put("a", Started(9))
    store.table(NAMED).put("c", Started(9))
    store.table(NAMED).delete("b")
    with pytest.raises(StoreError, match="disk I/O error"):
        store.commit()

    assert dict(store.table(NAMED).items()) == {"a": Started(1), "b": Started(2)}
    store._file._open = healthy
    commit(store, c=3)
    store.close()
    assert rows_of(path) == {"a": 1, "b": 2, "c": 3}


def test_a_disk_that_is_gone_for_good_fails_every_commit(store: SqliteStore) -> None:
    healthy = store._file._connection()
    store._file._open = FailingConnection(healthy, "COMMIT", "ROLLBACK")  # type: ignore[assignment] # a double

    for _ in range(2):
        with pytest.raises(StoreError):
            commit(store, a=1)

    assert len(store.table(NAMED)) == 0
    store._file._open = healthy


def test_a_value_that_has_no_stored_form_fails_the_commit(store: SqliteStore) -> None:
    commit(store, a=1)

    store.begin()
    store.table(NAMED).put("a", Started(2))
    store.table(ODD).put("x", Odd(object()))
    with pytest.raises(StoreError, match=r"fault.*'x'.*Odd"):
        store.commit()

    assert store.table(NAMED).get("a") == Started(1)
    assert len(store.table(ODD)) == 0


@pytest.mark.parametrize(("table", "key"), [(FACTS, 2**63), (NAMED, "\ud800")])
def test_a_key_that_sqlite_cannot_hold_fails_the_commit(
    store: SqliteStore, table: TableDef[Any, Any], key: Any
) -> None:
    store.begin()
    store.table(table).put(key, Started(1))

    with pytest.raises(StoreError, match="commit failed"):
        store.commit()

    assert len(store.table(table)) == 0
    commit(store, a=1)


def test_a_table_that_no_migration_made_is_an_error(store: SqliteStore) -> None:
    with pytest.raises(StoreError, match="no table unheard_of"):
        store.table(TableDef("unheard_of", str, Started))
    with pytest.raises(StoreError, match="TEXT keys, not INTEGER"):
        store.table(TableDef("counter", int, Started))
    with pytest.raises(StoreError, match="cannot be stored"):
        store.table(TableDef("boot", str, Started | tuple[int, ...]))  # type: ignore[arg-type] # wrong on purpose
    commit(store, a=1)


# -- damage ---------------------------------------------------------------------------------------


def damaged(path: Path, content: bytes) -> CorruptStore:
    path.write_bytes(content)
    with pytest.raises(CorruptStore) as caught:
        open_store(path)
    return caught.value


def test_a_file_that_is_no_database_is_kept_aside(path: Path) -> None:
    error = damaged(path, b"not a database " * 1000)

    assert error.kept_as == f"{path}.corrupt-1"
    assert Path(error.kept_as).read_bytes() == b"not a database " * 1000
    assert error.kept_as in str(error)


def test_the_next_open_after_damage_starts_fresh(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        commit(store, a=1)
    damaged(path, b"x" * 5000)

    assert rows_of(path) == {}
    assert damaged(path, b"y" * 5000).kept_as == f"{path}.corrupt-2"
    assert Path(f"{path}.corrupt-1").read_bytes() == b"x" * 5000


@pytest.mark.parametrize("content", [b"\0" * 4096, b"SQLite format 3\0"])
def test_a_header_without_a_database_is_damage(path: Path, content: bytes) -> None:
    assert damaged(path, content).kept_as


def test_an_empty_file_is_a_new_store(path: Path) -> None:
    path.touch()

    assert rows_of(path) == {}


def filled(path: Path) -> bytes:
    with closing(SqliteStore(path, "NORMAL")) as store:
        for start in range(0, 400, 100):
            commit(store, **{f"key{n}": n for n in range(start, start + 100)})
    return path.read_bytes()


def test_a_page_that_was_overwritten_is_found_when_opening(path: Path) -> None:
    content = bytearray(filled(path))
    root = sql(path, "SELECT rootpage FROM sqlite_master WHERE name = 'counter'")[0][0]
    content[(root - 1) * 4096 : root * 4096] = b"\xff" * 4096

    assert damaged(path, bytes(content)).kept_as


def test_a_store_that_was_cut_short_is_damage(path: Path) -> None:
    content = filled(path)

    assert damaged(path, content[: len(content) // 2 // 4096 * 4096]).kept_as


def test_the_log_of_a_damaged_store_is_kept_with_it(path: Path, store: SqliteStore) -> None:
    commit(store, a=1, b=2)
    copy = path.with_name("copy.db")
    store._file._connection().execute("UPDATE counter SET body = '{}' WHERE key = 'b'")
    for suffix in ("", "-wal"):
        shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")

    with pytest.raises(CorruptStore) as caught, closing(SqliteStore(copy)) as again:
        again.table(NAMED)

    assert sql(Path(caught.value.kept_as), "SELECT body FROM counter ORDER BY key") == [
        ('{"n":1}',),
        ("{}",),
    ]
    assert not copy.exists()
    assert not Path(f"{copy}-wal").exists()


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "{}", '{"n": "secret"}', '{"n": -1}', b'{"n": "\xff"}', None],
)
def test_a_row_that_cannot_be_read_is_named_without_its_content(path: Path, body: Any) -> None:
    with closing(SqliteStore(path)) as store:
        commit(store, first=1, second=2)
    if body is None:
        body = b"\xff\xfe secret"
    sql(path, "UPDATE counter SET body = ? WHERE key = 'second'", body)

    store = SqliteStore(path)
    store.table(ODD)
    with pytest.raises(CorruptStore, match=r"table counter, row 'second'") as caught:
        store.table(NAMED)

    assert caught.value.kept_as == f"{path}.corrupt-1"
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    with pytest.raises(StoreError, match="closed"):
        store.begin()
    store.close()
    assert rows_of(path) == {}


def test_a_key_that_is_not_utf_8_is_damage(path: Path) -> None:
    SqliteStore(path).close()
    sql(path, """INSERT INTO counter VALUES (CAST(x'FFFE' AS TEXT), '{"n":1}')""")

    with pytest.raises(CorruptStore, match="table counter"), closing(SqliteStore(path)) as store:
        store.table(NAMED)


def test_damage_found_inside_a_unit_of_work_ends_it(path: Path) -> None:
    with closing(SqliteStore(path)) as store:
        commit(store, a=1)
    sql(path, "UPDATE counter SET body = ''")

    store = SqliteStore(path)
    facts = store.table(FACTS)
    store.begin()
    facts.put(1, Started(1))
    with pytest.raises(CorruptStore):
        store.table(NAMED)

    with pytest.raises(StoreError, match="closed"):
        store.commit()
    assert len(facts) == 0
