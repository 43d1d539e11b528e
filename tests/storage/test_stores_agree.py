"""Both stores, and a plain model, do the same under every sequence of operations."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ocpp_iface.ports.store import Store, TableDef
from ocpp_iface.storage import MemoryStore, SqliteStore


@frozen
class Value:
    n: int
    name: str = ""


NUMBERED: TableDef[int, Value] = TableDef("outbox", int, Value)
NAMED: TableDef[str, Value] = TableDef("counter", str, Value)

Rows = dict[tuple[str, int | str], Value]

KEYS: dict[str, list] = {
    "outbox": [-(2**63), -1, 0, 1, 2, 3, 2**63 - 1],
    "counter": ["", "a", "b", "B", "é", "\x00", "\U0001f600", "\uffff", "z" * 50],
}
places = st.one_of(
    st.tuples(st.just(NUMBERED), st.sampled_from(KEYS["outbox"])),
    st.tuples(st.just(NAMED), st.sampled_from(KEYS["counter"])),
)
values = st.builds(Value, st.integers(0, 3), st.text(max_size=2))


class StoresAgree(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.directory = TemporaryDirectory()
        self.path = Path(self.directory.name) / "store.db"
        self.memory = MemoryStore()
        self.sqlite = SqliteStore(self.path, "NORMAL")
        self.committed: Rows = {}
        self.current: Rows = {}
        self.marks: list[tuple[list[int], Rows]] = []
        self.open = False

    def teardown(self) -> None:
        self.sqlite.close()
        self.directory.cleanup()

    def stores(self) -> tuple[Store, Store]:
        return self.memory, self.sqlite

    @initialize(rows=st.lists(st.tuples(places, values), max_size=6))
    def start_with_rows(self, rows: list) -> None:
        self.begin()
        for place, value in rows:
            self.put(place, value)
        self.commit()

    @precondition(lambda self: not self.open)
    @rule()
    def begin(self) -> None:
        for store in self.stores():
            store.begin()
        self.open, self.marks = True, []

    @precondition(lambda self: self.open)
    @rule(place=places, value=values)
    def put(self, place: tuple, value: Value) -> None:
        definition, key = place
        for store in self.stores():
            store.table(definition).put(key, value)
        self.current[definition.name, key] = value

    @precondition(lambda self: self.open)
    @rule(place=places)
    def delete(self, place: tuple) -> None:
        definition, key = place
        for store in self.stores():
            store.table(definition).delete(key)
        self.current.pop((definition.name, key), None)

    @precondition(lambda self: self.open)
    @rule()
    def mark(self) -> None:
        self.marks.append(([store.mark() for store in self.stores()], dict(self.current)))

    @precondition(lambda self: self.open and self.marks)
    @rule(data=st.data())
    def rollback_to(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(self.marks) - 1))
        marks, rows = self.marks[index]
        for store, mark in zip(self.stores(), marks, strict=True):
            store.rollback_to(mark)
        self.current = dict(rows)
        del self.marks[index + 1 :]

    @precondition(lambda self: self.open)
    @rule()
    def rollback(self) -> None:
        for store in self.stores():
            store.rollback()
        self.current, self.open = dict(self.committed), False

    @precondition(lambda self: self.open)
    @rule()
    def commit(self) -> None:
        first, second = (store.commit() for store in self.stores())
        assert first == second
        if self.current != self.committed:
            assert first
        self.committed, self.open = dict(self.current), False

    @rule()
    def restart(self) -> None:
        image = self.memory.snapshot()
        self.sqlite.close()
        self.memory = MemoryStore.from_image(image)
        self.sqlite = SqliteStore(self.path, "NORMAL")
        self.current, self.open, self.marks = dict(self.committed), False, []

    @invariant()
    def rows_are_those_of_the_model(self) -> None:
        for store in self.stores():
            for definition in (NUMBERED, NAMED):
                table = store.table(definition)
                expected = sorted(
                    (key, value)
                    for (name, key), value in self.current.items()
                    if name == definition.name
                )
                assert list(table.items()) == expected
                assert len(table) == len(expected)
                for key in KEYS[definition.name]:
                    assert table.get(key) == self.current.get((definition.name, key))

    @invariant()
    def snapshots_are_what_is_committed(self) -> None:
        assert self.memory.snapshot() == self.sqlite.snapshot()
        rows = {
            (name, key): value
            for name, table in self.memory.snapshot().tables.items()
            for key, value in table.items()
        }
        assert rows == self.committed


StoresAgree.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestStoresAgree = StoresAgree.TestCase
