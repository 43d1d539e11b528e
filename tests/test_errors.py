"""The exceptions as values: they cross processes whole."""

from __future__ import annotations

import copy
import pickle

import pytest

from ocpp_iface.errors import (
    CallFailed,
    ConfigurationError,
    CorruptStore,
    Fault,
    NotRunning,
    OcppIfaceError,
    PayloadError,
)


@pytest.mark.parametrize(
    "error",
    [
        CallFailed("InternalError", "no"),
        ConfigurationError("missing", source="station.toml", path="id"),
        CorruptStore("damaged", kept_as="s.db.corrupt-1"),
        NotRunning("the service is not open"),
        PayloadError("requests[0]", "longer than 50", Fault.PROPERTY),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_is_the_same_in_another_process(error: OcppIfaceError) -> None:
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert vars(again) == vars(error)
