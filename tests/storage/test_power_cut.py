"""Power cuts: a killed process and a torn log leave whole units of work, and no lock."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from attrs import frozen

from ocpp_iface.ports.store import TableDef
from ocpp_iface.storage import SqliteStore

pytestmark = pytest.mark.e2e


@frozen
class Value:
    n: int


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(path, "NORMAL")
    yield store
    store.close()


WRITER = """
import sys
from attrs import frozen
from ocpp_iface.ports.store import TableDef
from ocpp_iface.storage import open_store

@frozen
class Value:
    n: int

store = open_store(sys.argv[1], sys.argv[2])
tables = [store.table(TableDef(name, int, Value)) for name in ("outbox", "monitor", "security_log")]
n = max(len(tables[0]) - 1, 0)
while True:
    n += 1
    store.begin()
    for table in tables:
        table.put(n, Value(n))
    for table in tables:
        table.put(0, Value(n))
    store.commit()
    print(n, flush=True)
"""

TABLES: list[TableDef[int, Value]] = [
    TableDef(name, int, Value) for name in ("outbox", "monitor", "security_log")
]


def units_of(path: Path) -> int:
    """How many units of work the store holds; fails if it holds a part of one."""
    with closing(SqliteStore(path, "NORMAL")) as store:
        contents = [{key: value.n for key, value in store.table(t).items()} for t in TABLES]
    assert contents[0] == contents[1] == contents[2]
    last = contents[0].pop(0, 0)
    assert contents[0] == {n: n for n in range(1, last + 1)}
    return last


@pytest.mark.parametrize("synchronous", ["FULL", "NORMAL"])
def test_a_killed_process_leaves_whole_units_of_work_and_no_lock(
    path: Path, synchronous: str
) -> None:
    random = Random(synchronous)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

    before = 0
    for _ in range(6):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), synchronous],
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        assert writer.stdout is not None
        acknowledged = before
        for _ in range(random.randint(1, 60)):
            acknowledged = int(writer.stdout.readline())
        writer.kill()
        rest = writer.communicate()[0].split()
        acknowledged = int(rest[-1]) if rest else acknowledged

        units = units_of(path)

        # The unit of the kill itself may be there: committed, but not yet announced.
        assert before < acknowledged <= units <= acknowledged + 1
        before = units


def test_a_log_that_was_torn_at_any_byte_gives_whole_units_of_work(
    path: Path, store: SqliteStore
) -> None:
    tables = [store.table(definition) for definition in TABLES]
    for n in range(1, 13):
        store.begin()
        for table in tables:
            table.put(n, Value(n))
            table.put(0, Value(n))
        store.commit()
    database, log = path.read_bytes(), Path(f"{path}-wal").read_bytes()
    torn = path.with_name("torn.db")

    found = []
    for length in [*range(32, len(log), len(log) // 60), len(log)]:
        torn.write_bytes(database)
        torn.with_name("torn.db-wal").write_bytes(log[:length])
        found.append(units_of(torn))

    assert found == sorted(found)
    assert found[-1] == 12
    assert len(set(found)) > 6
