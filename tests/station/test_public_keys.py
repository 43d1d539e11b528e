from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ocpp_iface.station.public_keys import KeyPolicy, with_keys
from ocpp_iface.types import (
    Measurand,
    MeterValue,
    ReadingContext,
    SampledValue,
    SignedMeterValue,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SIGNED = SampledValue(1.0, signed=SignedMeterValue("AAAA", public_key="KEY"))
PLAIN = SampledValue(230.0, Measurand.Voltage)


def value(*samples: SampledValue) -> MeterValue:
    return MeterValue(NOW, ReadingContext.Sample_Clock, samples)


def keys(values: tuple[MeterValue, ...]) -> list[str]:
    samples = [sample for each in values for sample in each.samples]
    return [sample.signed.public_key for sample in samples if sample.signed is not None]


@pytest.mark.parametrize(
    ("policy", "given", "wanted", "then"),
    [
        (KeyPolicy.NEVER, False, ["", "", ""], False),
        (KeyPolicy.ONCE, False, ["KEY", "", ""], True),
        (KeyPolicy.ONCE, True, ["", "", ""], True),
        (KeyPolicy.ALWAYS, False, ["KEY", "KEY", "KEY"], False),
    ],
)
def test_the_key_goes_along_as_configured(
    policy: KeyPolicy, given: bool, wanted: list[str], then: bool
) -> None:
    values = (value(PLAIN), value(SIGNED, PLAIN), value(SIGNED, SIGNED))

    changed, now_given = with_keys(values, policy, given=given)

    assert keys(changed) == wanted
    assert now_given is then
    assert [len(each.samples) for each in changed] == [1, 2, 2]
    assert changed[1].samples[0].signed is not None
    assert changed[1].samples[0].signed.signed_data == "AAAA"


@pytest.mark.parametrize("policy", list(KeyPolicy))
def test_values_without_a_key_give_none(policy: KeyPolicy) -> None:
    values = (value(PLAIN), value(SampledValue(1.0, signed=SignedMeterValue("AAAA"))))

    assert with_keys(values, policy, given=False) == (values, False)
