"""Charging profiles on the wire and back: nothing lost, whatever a CSMS may send."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ocpp_iface.smartcharging import (
    ChargingProfile,
    ChargingSchedule,
    ConsumptionCost,
    Cost,
    CostKind,
    InstalledProfile,
    Kind,
    LimitSource,
    Purpose,
    RateUnit,
    RecurrencyKind,
    SalesTariff,
    SalesTariffEntry,
    SchedulePeriod,
)
from ocpp_iface.station.charging_profiles import ProfileRow
from ocpp_iface.storage.rowcodec import codec_for as row_codec_for
from ocpp_iface.v201.mapping import profiles
from ocpp_iface.wire.codec import codec_for
from ocpp_iface.wire.v201 import call

_PURPOSES = [
    each for each in Purpose if each.value[0] != "P" and each is not Purpose.LOCAL_GENERATION
]
_KINDS = [each for each in Kind if each is not Kind.DYNAMIC]
numbers = st.integers(0, 100_000)
amounts = st.integers(0, 1_000_000).map(lambda tenths: tenths / 10)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
moments = st.integers(0, 10**12).map(lambda ms: _EPOCH + timedelta(milliseconds=ms))


def some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


periods = st.builds(
    SchedulePeriod, numbers, amounts, some(st.integers(1, 3)), some(st.integers(1, 3))
)
costs = st.builds(Cost, st.sampled_from(CostKind), st.integers(0, 1000), some(st.integers(-3, 3)))
entries = st.builds(
    SalesTariffEntry,
    numbers,
    some(numbers),
    some(st.integers(0, 10)),
    st.lists(
        st.builds(ConsumptionCost, amounts, st.lists(costs, min_size=1, max_size=3).map(tuple)),
        max_size=3,
    ).map(tuple),
)
tariffs = st.builds(
    SalesTariff,
    numbers,
    st.lists(entries, min_size=1, max_size=3).map(tuple),
    some(st.text(st.characters(codec="ascii", min_codepoint=32), max_size=32)),
    some(st.integers(0, 10)),
)
schedules = st.builds(
    ChargingSchedule,
    st.sampled_from(RateUnit),
    st.lists(periods, min_size=1, max_size=5).map(tuple),
    start_schedule=some(moments),
    duration_s=some(numbers),
    min_charging_rate=some(amounts),
    id=numbers,
    sales_tariff=some(tariffs),
)
all_profiles = st.builds(
    ChargingProfile,
    numbers,
    st.integers(0, 100),
    st.sampled_from(_PURPOSES),
    st.sampled_from(_KINDS),
    st.lists(schedules, min_size=1, max_size=3).map(tuple),
    recurrency_kind=some(st.sampled_from(RecurrencyKind)),
    valid_from=some(moments),
    valid_to=some(moments),
    transaction_id=some(st.text(st.characters(codec="ascii", min_codepoint=33), max_size=36)),
)


@given(all_profiles)
def test_a_profile_survives_the_wire(profile: ChargingProfile) -> None:
    codec = codec_for("ocpp2.0.1", validate_outbound=True)
    request = call.SetChargingProfile(1, profiles.to_wire(profile))

    action, text = codec.encode_request(request)
    received: Any = codec.decode_request(action, json.loads(text))

    assert profiles.from_wire(received.charging_profile) == profile


@given(all_profiles, st.sampled_from(LimitSource), moments, some(numbers))
def test_a_profile_survives_the_store(
    profile: ChargingProfile, source: LimitSource, moment: datetime, number: int | None
) -> None:
    codec = row_codec_for(ProfileRow)
    row = ProfileRow(InstalledProfile(profile, 1, source, 7, moment), number)

    again = codec.decode(codec.encode(row))

    assert again == row
    kept = [each.rows for each in again.installed.profile.schedules]
    assert kept == [each.rows for each in profile.schedules]
