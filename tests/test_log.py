"""What reaches the log, and in which form."""

from __future__ import annotations

import logging

import pytest

from ocpp_iface.log import Log


def line(caplog: pytest.LogCaptureFixture, **values: object) -> str:
    caplog.set_level(logging.DEBUG)
    Log("ocpp_iface.test").debug("said", **values)
    return caplog.messages[-1]


@pytest.mark.parametrize("name", ["password", "id_token", "apn_password", "Authorization"])
def test_a_secret_is_known_by_its_name(caplog: pytest.LogCaptureFixture, name: str) -> None:
    assert line(caplog, **{name: "hunter2"}) == f"said {name}=***"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("bye\nERROR ocpp_iface: all is lost", "bye\\nERROR ocpp_iface: all is lost"),
        ("\x1b[2J\r\x00", "\\x1b[2J\\r\\x00"),
        ("\ud800 \u2028", "\\ud800 \\u2028"),
        ("Grüße", "Grüße"),
    ],
)
def test_words_of_a_peer_stay_in_their_line(
    caplog: pytest.LogCaptureFixture, words: str, shown: str
) -> None:
    assert line(caplog, detail=words) == f"said detail={shown}"


def test_long_values_are_cut(caplog: pytest.LogCaptureFixture) -> None:
    assert line(caplog, detail="x" * 1000) == f"said detail={'x' * 297}..."


def test_a_value_that_cannot_be_shown_breaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    class Odd:
        def __str__(self) -> str:
            raise RuntimeError

    assert line(caplog, detail=Odd()) == "said detail=<Odd>"
