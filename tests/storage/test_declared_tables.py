"""Every table that the library declares has its SQL table and values that can be stored."""

from __future__ import annotations

import importlib
import pkgutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

import ocpp_iface
from ocpp_iface.engine.outbox import OUTBOX, OutboxRow
from ocpp_iface.ports.store import TableDef
from ocpp_iface.storage import SqliteStore
from ocpp_iface.types.facts import Fact, SecurityFact, StoredRequest, TransactionFact
from ocpp_iface.types.metering import Measurand, MeterValue, Phase, ReadingContext, SampledValue
from ocpp_iface.types.tokens import AdditionalInfo, IdToken, IdTokenType
from ocpp_iface.types.transactions import StoppedReason, TransactionEvent, TriggerReason


def declared() -> dict[str, TableDef]:
    """All module constants that are table definitions, by `module.NAME`."""
    found = {}
    for module in pkgutil.walk_packages(ocpp_iface.__path__, "ocpp_iface."):
        if module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, TableDef):
                found[f"{module.name}.{name}"] = value
    return found


def test_every_declared_table_can_be_opened_in_a_fresh_store(tmp_path: Path) -> None:
    tables = declared()

    with closing(SqliteStore(tmp_path / "store.db")) as store:
        for definition in tables.values():
            assert len(store.table(definition)) == 0

    assert tables


NOON = datetime(2025, 1, 2, 12, tzinfo=UTC)
TOKEN = IdToken("ABC123", IdTokenType.eMAID, additional_info=(AdditionalInfo("x", "y"),))
FACTS: list[Fact] = [
    TransactionFact(
        TransactionEvent.Ended,
        "uuid",
        3,
        NOON,
        TriggerReason.EVDeparted,
        evse_id=1,
        id_token=TOKEN,
        meter_values=(
            MeterValue(
                NOON,
                ReadingContext.Transaction_End,
                (SampledValue(1234.5), SampledValue(16, Measurand.Current_Import, Phase.L1)),
            ),
        ),
        stopped_reason=StoppedReason.EVDisconnected,
    ),
    SecurityFact("InvalidMessages", NOON),
    StoredRequest("ocpp1.6", "DataTransfer", "{}"),
]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: type(fact).__name__)
def test_every_kind_of_fact_comes_back_from_the_outbox(fact: Fact, tmp_path: Path) -> None:
    row = OutboxRow(fact, NOON, attempts=2)

    with closing(SqliteStore(tmp_path / "store.db")) as store:
        store.begin()
        store.table(OUTBOX).put(1, row)
        store.commit()
    with closing(SqliteStore(tmp_path / "store.db")) as store:
        again = store.table(OUTBOX).get(1)

    assert again == row
    assert repr(again) == repr(row)


def test_every_table_of_a_store_has_the_two_columns(tmp_path: Path) -> None:
    SqliteStore(tmp_path / "store.db").close()

    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
        columns = {
            name: connection.execute(
                'SELECT name, type, "notnull", pk FROM pragma_table_info(?)', (name,)
            ).fetchall()
            for name in names
        }

    assert columns
    for name, found in columns.items():
        assert found in (
            [("key", "INTEGER", 1, 1), ("body", "TEXT", 1, 0)],
            [("key", "TEXT", 1, 1), ("body", "TEXT", 1, 0)],
        ), name
