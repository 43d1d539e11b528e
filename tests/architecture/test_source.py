"""Sizes, purity and knowledge of versions, held against the library's own source."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

import checkers

SRC = Path(__file__).parents[2] / "src" / "ocpp_iface"
PURE = (
    "types", "ports", "engine", "wire", "devicemodel", "smartcharging", "station", "v16", "v201",
)  # fmt: skip
MAY_IMPORT_OCPP = ("wire", "v16", "v201", "cli/demo")
"""The demo's CSMS is built on the other side of that package, so that a codec which is not ours
checks every message."""
READS_FILES = ("devicemodel/loader.py", "devicemodel/component_files.py")
"""Readers of configuration: they run before there is a kernel."""

NAMES_VERSIONS = {
    "station/network_profiles.py": "the values that SetNetworkProfile has for the versions",
    "station/charging_facts.py": "the edition of the profile rules, which says what Relative means",
}
"""OCPP16LegacyCtrlr, besides, is a component: where the keys live that 2.x has no variable for. And
`smartcharging` holds the rules of each edition side by side, on purpose."""

Check = Callable[[str], list[str]]


def complaints(check: Check, *folders: str, without: tuple[str, ...] = ()) -> list[str]:
    roots = [SRC / folder for folder in folders] or [SRC]
    return [
        f"{path.relative_to(SRC)}: {complaint}"
        for root in roots
        for path in checkers.modules(root)
        if not str(path.relative_to(SRC)).startswith(without)
        for complaint in check(path.read_text())
    ]


@pytest.mark.parametrize(
    "check", [checkers.too_long, checkers.long_functions, checkers.crowded_classes]
)
def test_nothing_is_too_big(check: Check) -> None:
    assert complaints(check) == []


@pytest.mark.parametrize(
    "check", [checkers.clock_reads, checkers.module_state, checkers.iterated_sets]
)
def test_the_kernel_is_pure(check: Check) -> None:
    assert complaints(check, *PURE) == []


def test_the_kernel_imports_nothing_of_the_outer_world() -> None:
    assert complaints(checkers.impure_imports, *PURE, without=READS_FILES) == []


def test_the_ocpp_package_is_imported_in_few_places() -> None:
    assert complaints(checkers.ocpp_imports, without=MAY_IMPORT_OCPP) == []


def test_the_station_knows_no_version() -> None:
    found = complaints(checkers.version_words, "station", "engine", without=tuple(NAMES_VERSIONS))
    assert [each for each in found if "OCPP16LegacyCtrlr" not in each] == []


def test_the_checks_have_something_to_check() -> None:
    assert len(checkers.modules(SRC)) > 150
    assert all((SRC / folder).is_dir() for folder in PURE)
