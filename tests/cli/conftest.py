"""What the tests of the command line share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

WriteStation = Callable[..., Path]


@pytest.fixture
def write_station(tmp_path: Path) -> WriteStation:
    """`write_station('store = "station.db"', url=...)`: a configuration file, more lines on wish."""

    def write(*lines: str, url: str = "ws://127.0.0.1:9/ocpp") -> Path:
        file = tmp_path / "station.toml"
        file.write_text("\n".join(['id = "CS001"', f'csms_url = "{url}"', *lines]) + "\n")
        return file

    return write
