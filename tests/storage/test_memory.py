"""The rules of `ports.store`, on the memory store (test_stores_agree holds SQLite to them)."""

from __future__ import annotations

import tracemalloc

import pytest
from attrs import frozen

from ocpp_iface.errors import StoreError
from ocpp_iface.ports.store import TableDef
from ocpp_iface.storage.memory import ABSENT, Change, MemoryStore


@frozen
class Value:
    n: int


NUMBERED: TableDef[int, Value] = TableDef("outbox", int, Value)
NAMED: TableDef[str, Value] = TableDef("counter", str, Value)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def committed(store: MemoryStore, **rows: int) -> None:
    store.begin()
    for key, n in rows.items():
        store.table(NAMED).put(key, Value(n))
    store.commit()


def test_a_row_that_was_put_is_read_back(store: MemoryStore) -> None:
    committed(store, a=1)

    assert store.table(NAMED).get("a") == Value(1)
    assert store.table(NAMED).get("b") is None
    assert len(store.table(NAMED)) == 1


def test_items_come_in_ascending_order_of_the_key(store: MemoryStore) -> None:
    table = store.table(NUMBERED)

    store.begin()
    for key in (5, 1, 9, 3):
        table.put(key, Value(key))
    assert [key for key, _ in table.items()] == [1, 3, 5, 9]
    mark = store.mark()
    table.put(4, Value(4))
    assert [key for key, _ in table.items()] == [1, 3, 4, 5, 9]
    table.delete(1)
    store.rollback_to(mark)
    assert [key for key, _ in table.items()] == [1, 3, 5, 9]


def test_items_are_safe_against_changes_while_iterating(store: MemoryStore) -> None:
    committed(store, a=1, b=2)
    table = store.table(NAMED)

    store.begin()
    seen = []
    for key, value in table.items():
        seen.append((key, value.n))
        table.delete("b")
        table.put("c", Value(3))

    assert seen == [("a", 1), ("b", 2)]


def test_a_write_outside_a_unit_of_work_is_refused(store: MemoryStore) -> None:
    table = store.table(NAMED)

    with pytest.raises(StoreError, match="no unit of work"):
        table.put("a", Value(1))
    with pytest.raises(StoreError, match="no unit of work"):
        table.delete("a")
    for action in (store.commit, store.rollback, store.mark):
        with pytest.raises(StoreError, match="no unit of work"):
            action()


def test_units_of_work_do_not_nest(store: MemoryStore) -> None:
    store.begin()

    with pytest.raises(StoreError, match="open already"):
        store.begin()


def test_rollback_forgets_puts_changes_and_deletes(store: MemoryStore) -> None:
    committed(store, kept=1, changed=2, deleted=3)
    before = store.snapshot()
    table = store.table(NAMED)

    store.begin()
    table.put("new", Value(9))
    table.put("changed", Value(8))
    table.put("changed", Value(7))
    table.delete("deleted")
    store.rollback()

    assert store.snapshot() == before
    assert table.get("changed") == Value(2)
    assert table.get("deleted") == Value(3)
    assert table.get("new") is None


def test_rollback_to_a_mark_keeps_what_was_written_before_it(store: MemoryStore) -> None:
    table = store.table(NAMED)

    store.begin()
    table.put("a", Value(1))
    mark = store.mark()
    table.put("a", Value(2))
    table.put("b", Value(2))
    store.rollback_to(mark)
    assert store.commit() is True

    assert list(table.items()) == [("a", Value(1))]


def test_a_mark_that_was_rolled_back_is_refused(store: MemoryStore) -> None:
    table = store.table(NAMED)
    store.begin()
    outer = store.mark()
    table.put("a", Value(1))
    inner = store.mark()
    store.rollback_to(outer)

    with pytest.raises(StoreError, match="mark"):
        store.rollback_to(inner)


def test_commit_says_whether_anything_changed(store: MemoryStore) -> None:
    table = store.table(NAMED)

    store.begin()
    assert store.commit() is False

    value = Value(1)
    store.begin()
    table.put("a", value)
    assert store.commit() is True

    store.begin()
    table.put("a", value)
    table.delete("not there")
    assert store.commit() is False

    store.begin()
    table.put("b", Value(2))
    table.delete("b")
    assert store.commit() is False


class Recorder:
    def __init__(self) -> None:
        self.saved: list[list[Change]] = []
        self.fail = False

    def load(self, definition: TableDef, /) -> dict:
        return {}

    def save(self, changes, /) -> None:
        if self.fail:
            raise StoreError("disk full")
        self.saved.append(list(changes))


def test_the_backing_gets_one_change_a_row_in_order_of_first_writing() -> None:
    backing = Recorder()
    store = MemoryStore(backing=backing)
    named, numbered = store.table(NAMED), store.table(NUMBERED)

    store.begin()
    named.put("b", Value(1))
    numbered.put(1, Value(1))
    named.put("b", Value(2))
    named.put("gone", Value(3))
    named.delete("gone")
    store.commit()
    store.begin()
    named.delete("b")
    store.commit()

    assert backing.saved == [
        [Change(NAMED, "b", Value(2)), Change(NUMBERED, 1, Value(1))],
        [Change(NAMED, "b", ABSENT)],
    ]


def test_a_commit_that_cannot_be_made_durable_is_rolled_back() -> None:
    backing = Recorder()
    store = MemoryStore(backing=backing)
    committed(store, a=1)
    backing.fail = True

    with pytest.raises(StoreError, match="disk full"):
        committed(store, a=2, b=2)

    assert list(store.table(NAMED).items()) == [("a", Value(1))]
    backing.fail = False
    committed(store, b=3)
    assert list(store.table(NAMED).items()) == [("a", Value(1)), ("b", Value(3))]


def test_one_name_stands_for_one_table(store: MemoryStore) -> None:
    store.table(NAMED)

    assert store.table(NAMED) is store.table(TableDef("counter", str, Value))
    with pytest.raises(StoreError, match="declared twice"):
        store.table(TableDef("counter", int, Value))


def test_an_image_does_not_change_with_the_store(store: MemoryStore) -> None:
    committed(store, a=1, b=2)
    image = store.snapshot()

    committed(store, a=5, c=6)
    store.begin()
    store.table(NAMED).delete("b")
    store.commit()

    assert dict(image.rows("counter")) == {"a": Value(1), "b": Value(2)}
    assert dict(store.snapshot().rows("counter")) == {"a": Value(5), "c": Value(6)}
    with pytest.raises(TypeError):
        image.rows("counter")["a"] = Value(0)  # type: ignore[index] # that is what is tested


def test_an_image_holds_what_is_committed_not_the_open_unit_of_work(store: MemoryStore) -> None:
    committed(store, a=1, b=2)

    store.begin()
    store.table(NAMED).put("a", Value(9))
    store.table(NAMED).put("a", Value(10))
    store.table(NAMED).put("new", Value(9))
    store.table(NAMED).delete("b")
    store.table(NUMBERED).put(1, Value(1))
    image = store.snapshot()
    store.commit()

    assert {name: dict(rows) for name, rows in image.tables.items()} == {
        "counter": {"a": Value(1), "b": Value(2)}
    }
    assert store.table(NAMED).get("a") == Value(10)


def test_a_store_from_an_image_is_the_store_after_a_restart(store: MemoryStore) -> None:
    committed(store, b=2, a=1)
    store.begin()
    store.table(NAMED).put("lost", Value(0))

    again = MemoryStore.from_image(store.snapshot())

    assert list(again.table(NAMED).items()) == [("a", Value(1)), ("b", Value(2))]
    committed(again, a=3)
    assert store.table(NAMED).get("a") == Value(1)
    assert again.snapshot() != store.snapshot()


def test_a_table_that_was_not_opened_again_stays_in_the_next_image(store: MemoryStore) -> None:
    committed(store, a=1)

    again = MemoryStore.from_image(store.snapshot())
    again.table(NUMBERED)

    assert again.snapshot() == store.snapshot()


def test_a_closed_store_has_rolled_back_and_refuses_everything(store: MemoryStore) -> None:
    committed(store, a=1)
    table = store.table(NAMED)
    store.begin()
    table.put("a", Value(2))

    store.close()
    store.close()

    assert table.get("a") == Value(1)
    for action in (store.begin, store.commit, store.rollback, lambda: store.table(NAMED)):
        with pytest.raises(StoreError, match="closed"):
            action()
    with pytest.raises(StoreError, match="closed"):
        table.put("a", Value(3))


def test_an_empty_store_takes_a_few_hundred_bytes() -> None:
    stores = [MemoryStore() for _ in range(10)]
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        stores = [MemoryStore() for _ in range(100)]
        for store in stores:
            store.table(NAMED)
        per_store = (tracemalloc.get_traced_memory()[0] - before) / len(stores)
    finally:
        tracemalloc.stop()

    assert per_store < 800
