"""`ocpp-iface demo`, piped: it ends well, and it ends badly when the records disagree."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from ocpp_iface.cli.demo import CONTRACT_VARS
from ocpp_iface.cli.demo_record import Book, Entry, disagreements, table
from ocpp_iface.cli.style import Style


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ocpp_iface", "demo", *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_the_demo_ends_with_records_that_agree(version: str) -> None:
    ended = demo("--version", version)

    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout[-3000:]
    shown = ended.stdout
    assert "\x1b" not in shown
    for scene in ("1. Cable first", "2. Card first", "3. The network", "4. The process", "5. Kil"):
        assert scene in shown
    assert shown.count("kill -9") == 2
    assert "the network is cut" in shown
    records = shown.partition("The records, OCPP")[2].splitlines()
    reasons = [row.split()[4] for row in records if " = " in row]
    assert reasons == ["Local", "Remote", "Local", "Local", "PowerLoss"]
    for name in CONTRACT_VARS:
        assert f"station  {name}" in shown
    assert f"The records of CSMS and station agree, on OCPP {version}." in shown


@pytest.mark.e2e
@pytest.mark.slow
def test_the_demo_fails_and_says_why_when_the_csms_forgot_a_message() -> None:
    ended = demo("--version", "2.0.1", "--forget", "2")

    assert ended.returncode == 1
    assert "wrong: transaction" in ended.stdout
    assert "the CSMS got the sequence numbers 0, " in ended.stdout
    assert "The records do NOT agree." in ended.stdout


def process_of_the_station(started: subprocess.Popen[str]) -> int:
    """Its id, once it runs."""
    assert started.stdout is not None
    assert any("boot_notification_response" in line for line in started.stdout)
    children = Path(f"/proc/{started.pid}/task/{started.pid}/children").read_text().split()
    return int(children[0])


def ends(process: int) -> bool:
    end = time.monotonic() + 20
    while Path(f"/proc/{process}").exists() and time.monotonic() < end:
        time.sleep(0.05)
    return not Path(f"/proc/{process}").exists()


def start_demo() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "ocpp_iface", "demo", "--version", "2.0.1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.e2e
def test_no_process_is_left_when_the_demo_is_terminated() -> None:
    started = start_demo()
    station = process_of_the_station(started)

    started.terminate()
    _, errors = started.communicate(timeout=30)

    assert (started.returncode, errors) == (130, "")
    assert ends(station)


@pytest.mark.e2e
def test_the_demo_ends_quietly_when_nobody_reads_it_any_more() -> None:
    started = start_demo()
    station = process_of_the_station(started)
    assert started.stdout is not None
    assert started.stderr is not None

    started.stdout.close()
    errors = started.stderr.read()
    started.stderr.close()

    assert (started.wait(30), errors) == (1, "")
    assert ends(station)


def entry(name: str = "a", **changes: object) -> Entry:
    made = Entry(name, 1, 0.0, 10.0, "Local", ["0", "1", "2"], registers=[0.0, 5.0, 10.0])
    for field, value in changes.items():
        setattr(made, field, value)
    return made


def books(csms: list[Entry], station: list[Entry]) -> tuple[Book, Book]:
    return (
        Book("CSMS", {each.transaction: each for each in csms}),
        Book("station", {each.transaction: each for each in station}),
    )


def test_equal_records_agree() -> None:
    assert disagreements(*books([entry()], [entry()]), sequenced=True) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"reason": "Remote"}, "reason: Remote at the CSMS, Local at the station"),
        ({"meter_stop_wh": 12.0}, "meter at the end: 12 Wh at the CSMS, 10 Wh at the station"),
        ({"meter_start_wh": None}, "the meter at its start or end is missing"),
        ({"evse": 2}, "EVSE: 2 at the CSMS, 1 at the station"),
        ({"messages": ["0", "2"]}, "the CSMS got the sequence numbers 0, 2"),
        ({"messages": ["0", "2", "1"]}, "the CSMS got the sequence numbers 0, 2, 1"),
        ({"registers": [5.0, 0.0]}, "the meter goes back"),
        ({"reason": None}, "it has no end"),
    ],
)
def test_each_difference_is_told(change: dict[str, object], told: str) -> None:
    found = disagreements(*books([entry(**change)], [entry()]), sequenced=True)

    assert f"transaction a: {told}" in found


def test_a_missing_or_invented_transaction_is_told() -> None:
    lost = disagreements(*books([], [entry()]), sequenced=True)
    invented = disagreements(*books([entry()], []), sequenced=True)
    swapped = disagreements(
        *books([entry("a"), entry("b")], [entry("b"), entry("a")]), sequenced=True
    )

    assert lost == ["the CSMS has the transactions [], the station ['a']"]
    assert invented == ["the CSMS has the transactions ['a'], the station []"]
    assert swapped == ["the CSMS saw them begin as ['a', 'b'], the station as ['b', 'a']"]


def test_messages_of_1_6_begin_with_the_start_and_end_with_the_stop() -> None:
    good = entry(messages=["start", "x", "stop"])
    bad = entry(messages=["start", "stop", "x"])

    assert disagreements(*books([good], [good]), sequenced=False) == []
    assert disagreements(*books([bad], [bad]), sequenced=False) != []


def test_the_table_marks_what_differs() -> None:
    csms, station = books([entry("a"), entry("b")], [entry("a", reason="Remote"), entry("c")])

    rows = [line.split() for line in table(csms, station, Style(coloured=False))][2:]

    assert [row[0] for row in rows] == ["a", "b", "-"]
    assert ["#" in row for row in rows] == [True, True, True]
