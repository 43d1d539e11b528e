"""`docs/reference` says what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocpp_iface.cli import reference
from ocpp_iface.config import StationConfig
from ocpp_iface.devicemodel.catalog import COMPONENTS

COMMITTED = Path(__file__).parents[2] / "docs" / "reference"
PAGES = reference.pages()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_committed_page_is_up_to_date(name: str) -> None:
    assert PAGES[name] == (COMMITTED / name).read_text(), "run `make docs`"


def test_there_is_no_page_that_nobody_makes() -> None:
    assert {file.name for file in COMMITTED.iterdir()} == set(PAGES)


def test_every_variable_has_its_line() -> None:
    page = PAGES["variables.md"]

    for component in COMPONENTS:
        assert f"## {component.component}\n" in page
        for variable in component.variables:
            assert f"| {variable.name}" in page


def test_every_field_of_the_configuration_has_its_line() -> None:
    for name in ("id", "csms_url", "store", "on_power_loss", "network_profiles"):
        assert name in {each.name for each in StationConfig.__attrs_attrs__}
        assert f"| `{name}` |" in PAGES["configuration.md"]


def test_it_writes_into_a_directory(tmp_path: Path) -> None:
    assert reference.main([str(tmp_path / "new")]) == 0

    assert {file.name for file in (tmp_path / "new").iterdir()} == set(PAGES)


def test_without_a_directory_it_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    assert reference.main([]) == 2

    assert "usage:" in capsys.readouterr().err
