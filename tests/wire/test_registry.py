from __future__ import annotations

import dataclasses
import subprocess
import sys

import pytest

from ocpp_iface.wire.registry import version_of


@pytest.mark.parametrize(("subprotocol", "count"), [("ocpp1.6", 39), ("ocpp2.0.1", 64)])
def test_a_version_has_a_request_and_a_response_for_each_action(
    subprotocol: str, count: int
) -> None:
    version = version_of(subprotocol)
    requests, responses = version.classes("request"), version.classes("response")

    assert version.subprotocol == subprotocol
    assert len(requests) == count
    assert sorted(requests) == sorted(responses)
    for held_by in (*requests.values(), *responses.values()):
        assert dataclasses.is_dataclass(held_by)


def test_schema_files_are_named_as_each_version_names_them() -> None:
    assert version_of("ocpp1.6").schema_name("Reset", "request") == "Reset"
    assert version_of("ocpp2.0.1").schema_name("Reset", "request") == "ResetRequest"
    assert version_of("ocpp2.0.1").schema_name("Reset", "response") == "ResetResponse"


def test_an_unknown_subprotocol_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown subprotocol"):
        version_of("ocpp1.2")


def test_the_codec_imports_no_version_before_it_is_asked_for() -> None:
    code = "import sys, ocpp_iface.wire.codec; sys.exit(any(m.startswith('ocpp.') for m in sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
