"""`ocpp-iface schedule`: what it draws, from a file and from a store, and what it refuses."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ocpp_iface.cli.main import main
from ocpp_iface.cli.schedule_text import chart
from ocpp_iface.cli.style import Style
from ocpp_iface.config import StationConfig
from ocpp_iface.sim import Bench
from ocpp_iface.smartcharging import (
    ChargingProfile,
    ChargingSchedule,
    InstalledProfile,
    Kind,
    LimitSource,
    Purpose,
    RateUnit,
    SchedulePeriod,
)
from ocpp_iface.station.charging_profiles import LIMITS, PROFILES, ProfileRow
from ocpp_iface.storage import open_store

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "charging_profiles.json"
SVG = "{http://www.w3.org/2000/svg}"
START = "2026-01-12T08:00:00Z"
Capture = pytest.CaptureFixture[str]


def message(number: int = 1, evse: int = 1, **fields: Any) -> dict[str, Any]:
    row = {"startPeriod": 0, "limit": 10.0}
    schedule = {"id": 1, "chargingRateUnit": "A", "chargingSchedulePeriod": [row]}
    profile = {
        "id": number,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": [schedule],
        **fields,
    }
    return {"evseId": evse, "chargingProfile": profile}


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., str]:
    def to_file(*requests: Any) -> str:
        file = tmp_path / "profiles.json"
        file.write_text(json.dumps(requests[0] if len(requests) == 1 else list(requests)))
        return str(file)

    return to_file


def test_the_chart_shows_the_limit_and_who_sets_it(capsys: Capture) -> None:
    assert main(["schedule", str(EXAMPLE), "--from", START, "--evse", "1"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "EVSE 1, 2026-01-12 08:00 to 2026-01-13 08:00 UTC (A per phase)"
    (own,) = [line for line in lines if line.lstrip().startswith("TxProfile")]
    (default,) = [line for line in lines if line.lstrip().startswith("TxDefault")]
    (whole,) = [line for line in lines if line.lstrip().startswith("StationMax")]
    assert own.split()[-1] == "1" * 24
    assert default.split()[-1] == "-" * 24 + "222" + "-" * 12 + "2" * 33
    assert whole.split()[-1] == "-" * 27 + "3" * 12 + "-" * 33
    assert "  01-12 13:00:00  6 A x1        profile 3, TxProfile" in lines
    assert "  01-12 17:00:00  16 A x3       profile 1, ChargingStationMaxProfile" in lines
    assert max(map(len, lines)) <= 96


def test_without_a_choice_every_evse_and_the_station_are_drawn(capsys: Capture) -> None:
    assert main(["schedule", str(EXAMPLE), "--from", START, "--evses", "2"]) == 0

    shown = capsys.readouterr().out
    titles = [line.split(",")[0] for line in shown.splitlines() if "UTC" in line]
    assert titles == ["EVSE 1", "EVSE 2", "station"]
    assert "the sum of the EVSEs" in shown


def test_json_gives_every_period(capsys: Capture) -> None:
    arguments = ["--from", START, "--evse", "1", "--unit", "W", "--json"]
    assert main(["schedule", str(EXAMPLE), *arguments]) == 0

    (drawn,) = json.loads(capsys.readouterr().out)
    assert (drawn["evse"], drawn["unit"], drawn["duration_s"]) == (1, "W", 86_400)
    assert [period["limit"] for period in drawn["periods"][:3]] == [6900.0, 17_250.0, 1380.0]
    assert drawn["periods"][2]["number_phases"] == 1
    assert drawn["periods"][0]["profile"] == {
        "id": 3,
        "purpose": "TxProfile",
        "stack_level": 1,
        "source": "CSO",
        "evse": 1,
    }
    ends = [period["end_s"] for period in drawn["periods"]]
    assert ends == [*(period["start_s"] for period in drawn["periods"][1:]), 86_400]


def test_the_svg_has_a_bar_for_each_period_and_a_row_for_each_purpose(
    tmp_path: Path, capsys: Capture
) -> None:
    file = tmp_path / "schedule.svg"
    assert main(["schedule", str(EXAMPLE), "--from", START, "--svg", str(file)]) == 0

    root = ET.fromstring(file.read_text())
    titles = [title.text or "" for title in root.iter(f"{SVG}title")]
    assert "6 A on 1 phases: profile 3, TxProfile, level 1, EVSE 1, set by CSO" in titles
    texts = [text.text or "" for text in root.iter(f"{SVG}text")]
    assert "TxProfile, EVSE 1" in texts
    assert sum("station: A per phase" in text for text in texts) == 1
    capsys.readouterr()


def test_the_drawing_in_the_docs_is_that_of_the_example(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "schedule.svg"
    arguments = ["--from", START, "--evse", "1", "--svg", str(file)]
    assert main(["schedule", str(EXAMPLE), *arguments]) == 0

    assert file.read_text() == (ROOT / "docs" / "images" / "schedule.svg").read_text()
    howto = (ROOT / "docs" / "howto" / "smart-charging.md").read_text()
    assert capsys.readouterr().out.strip() in howto


def test_a_profile_that_no_station_would_take_is_named(
    write: Callable[..., str], capsys: Capture
) -> None:
    file = write(message(1), message(2), message(3, 2, stackLevel=-1))

    assert main(["schedule", file, "--evse", "1", "--from", START]) == 1

    told = capsys.readouterr()
    assert "refused: profile 2: DuplicateProfile" in told.err
    assert "(K01.FR.06)" in told.err
    assert "refused: profile 3: InvalidStackLevel" in told.err
    assert "profile 1, TxDefaultProfile" in told.out


def test_messages_of_1_6_and_whole_frames_will_do(
    write: Callable[..., str], capsys: Capture
) -> None:
    profile = {
        "chargingProfileId": 7,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative",
        "transactionId": 12,
        "chargingSchedule": {
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 7.0}],
        },
    }
    request = {"connectorId": 1, "csChargingProfiles": profile}
    file = write([2, "id", "SetChargingProfile", request], request)

    assert main(["schedule", file, "--evse", "1", "--from", START, "--json"]) == 0

    (drawn,) = json.loads(capsys.readouterr().out)
    assert [period["limit"] for period in drawn["periods"]] == [7.0]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "no JSON"),
        ("[{}]", "[0]"),
        (json.dumps([message(), message(stackLevel="x")]), "[1]"),
    ],
)
def test_a_bad_file_is_named_with_the_fault(
    tmp_path: Path, capsys: Capture, content: str, complaint: str
) -> None:
    file = tmp_path / "bad.json"
    file.write_text(content)

    assert main(["schedule", str(file)]) == 2

    told = capsys.readouterr().err
    assert "bad.json" in told
    assert complaint in told


@pytest.mark.parametrize(
    "arguments",
    [["--evse", "9"], ["--hours", "0"], ["--from", "noon"], ["--svg", "/nowhere/at/all.svg"]],
)
def test_wrong_arguments_are_refused(arguments: list[str], capsys: Capture) -> None:
    assert main(["schedule", str(EXAMPLE), *arguments]) == 2
    capsys.readouterr()


@pytest.mark.parametrize("hours", ["0", "-1", "nan", "inf", "x", "1e9"])
def test_a_length_that_makes_no_sense_is_refused(hours: str, capsys: Capture) -> None:
    assert main(["schedule", str(EXAMPLE), f"--hours={hours}"]) == 2

    assert "--hours" in capsys.readouterr().err


def test_a_moment_that_is_none_is_refused_with_an_example(capsys: Capture) -> None:
    assert main(["schedule", str(EXAMPLE), "--from", "yesterday"]) == 2

    assert "'yesterday' is not ISO 8601 as in 2026-01-12T08:00:00Z" in capsys.readouterr().err


def test_a_file_of_one_frame_will_do(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "frame.json"
    file.write_text(json.dumps([2, "id", "SetChargingProfile", message()]))

    assert main(["schedule", str(file), "--json"]) == 0

    assert json.loads(capsys.readouterr().out)[0]["periods"][0]["profile"]["id"] == 1


def test_a_missing_file_is_refused(capsys: Capture) -> None:
    assert main(["schedule", "nowhere.json"]) == 2
    assert main(["schedule", "nowhere.toml"]) == 2
    capsys.readouterr()


def installed(
    number: int, purpose: Purpose, limit: float, source: LimitSource = LimitSource.CSO
) -> ProfileRow:
    start = datetime(2026, 1, 12, tzinfo=UTC)
    schedule = ChargingSchedule(RateUnit.A, (SchedulePeriod(0, limit),), start_schedule=start)
    profile = ChargingProfile(number, 0, purpose, Kind.ABSOLUTE, (schedule,))
    return ProfileRow(InstalledProfile(profile, 1, source, number, start))


def test_the_store_of_a_station_is_drawn_with_the_limits_of_others(
    write_station: Callable[..., Path], tmp_path: Path, capsys: Capture
) -> None:
    file = write_station(f'store = "{tmp_path / "station.db"}"')
    config = StationConfig.from_toml(file)
    store = open_store(config.store)
    store.begin()
    store.table(PROFILES).put("1", installed(1, Purpose.TX_DEFAULT, 16.0))
    limit = installed(2, Purpose.STATION_EXTERNAL, 12.0, LimitSource.EMS)
    store.table(LIMITS).put("2", limit)
    store.commit()
    store.close()

    assert main(["schedule", str(file), "--evse", "1", "--from", START]) == 0

    shown = capsys.readouterr().out
    assert "12 A x3" in shown
    assert "ChargingStationExternalConstraints, level 0, EVSE 1, set by EMS" in shown


def test_colours_only_where_they_are_wanted() -> None:
    from ocpp_iface.cli.schedule_source import from_messages
    from ocpp_iface.smartcharging import explain

    start = datetime(2026, 1, 12, 8, tzinfo=UTC)
    plan = from_messages(EXAMPLE, start, 0)
    explanation = explain(plan.installed, plan.context, 1, start, duration_s=3600, unit=RateUnit.A)
    assert explanation is not None

    assert "\x1b[" in "".join(chart(explanation, Style(True), 80))
    assert "\x1b[" not in "".join(chart(explanation, Style(False), 80))


def test_what_is_drawn_is_what_a_station_says() -> None:
    """The same messages, sent to a simulated station."""
    bench = Bench("2.0.1", evses=(1, 1))
    for request in json.loads(EXAMPLE.read_text())[:2]:
        assert bench.call("SetChargingProfile", **request)["status"] == "Accepted"
    from ocpp_iface.cli.schedule_source import from_messages
    from ocpp_iface.smartcharging import composite_schedule

    now = bench.world.wall().replace(microsecond=0)
    plan = from_messages(EXAMPLE, now, 2)
    two = tuple(item for item in plan.installed if item.profile.id < 3)
    drawn = composite_schedule(two, plan.context, 2, now, duration_s=300, unit=RateUnit.A)
    assert drawn is not None

    answer = bench.call("GetCompositeSchedule", evseId=2, duration=300, chargingRateUnit="A")

    said = answer["schedule"]["chargingSchedulePeriod"]
    assert [row["limit"] for row in said] == [row.limit for row in drawn.periods]
