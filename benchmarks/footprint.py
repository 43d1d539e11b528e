"""What importing costs: wall time and resident memory of a fresh process."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from attrs import frozen

from benchmarks.process import ROOT
from benchmarks.settings import Settings

OURS = "ocpp_iface, both versions"
APP = "OcppService, StationConfig"
THEIRS = "ocpp.v16 + ocpp.v201 + websockets"

_APP = "from ocpp_iface import OcppService, StationConfig"

IMPORTS = {
    OURS: f"{_APP}; import ocpp_iface.compose, ocpp_iface.v16.backend, ocpp_iface.v201.backend",
    "ocpp_iface, 2.0.1 only": f"{_APP}; import ocpp_iface.compose, ocpp_iface.v201.backend",
    "ocpp_iface, 1.6 only": f"{_APP}; import ocpp_iface.compose, ocpp_iface.v16.backend",
    APP: _APP,
    "ocpp_iface": "import ocpp_iface",
    # `websockets` imports nothing until a name is used; both sides need the client.
    THEIRS: "import ocpp.v16, ocpp.v201, websockets, websockets.asyncio.client",
    "websockets, its client": "import websockets, websockets.asyncio.client",
    "nothing": "pass",
}

_PROGRAM = """
import time
begin = time.perf_counter()
{imports}
spent = time.perf_counter() - begin
import json, os
with open("/proc/self/statm") as statm:
    pages = int(statm.read().split()[1])
print(json.dumps([spent * 1000, pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024]))
"""


@frozen
class Import:
    milliseconds: float
    fastest: float
    slowest: float
    mebibytes: float


def measure(settings: Settings) -> dict[str, Import]:
    """Medians over interleaved rounds; a first round fills the caches and is not counted."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in IMPORTS}
    with tempfile.TemporaryDirectory() as compiled:
        for turn in range(settings.imports + 1):
            for name, statement in IMPORTS.items():
                milliseconds, mebibytes = _fresh(statement, compiled)
                if turn:
                    found[name].append((milliseconds, mebibytes))
    return {
        name: Import(
            statistics.median(each[0] for each in samples),
            min(each[0] for each in samples),
            max(each[0] for each in samples),
            statistics.median(each[1] for each in samples),
        )
        for name, samples in found.items()
    }


def _fresh(statement: str, compiled: str) -> tuple[float, float]:
    """Byte code is kept in `compiled`, for all packages alike, whatever this machine is set to."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    finished = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(imports=statement)],
        cwd=Path(ROOT) / "src",
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    milliseconds, mebibytes = json.loads(finished.stdout)
    return milliseconds, mebibytes
