"""J, meter values: clock-aligned and sampled, during transactions and outside of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from ocpp_iface.sim.bench import TOKEN
from ocpp_iface.types import SignedMeterValue

REGISTER = "Energy.Active.Import.Register"
MEASURANDS = [REGISTER, "Current.Import", "Voltage", "Power.Active.Import"]
ALL = ",".join(MEASURANDS)
INTERVAL_S = 60
SIGNATURE = SignedMeterValue("c2lnbmVk", "ECDSA-secp256r1-SHA256", "OCMF", public_key="a2V5")


def moment(value):
    return datetime.fromisoformat(value["timestamp"])


def assert_value(value, contexts, measurands=MEASURANDS):
    """All of one moment: each wanted measurand once, in this context, none of the EV's."""
    samples = value["sampledValue"]
    assert [sample.get("measurand", REGISTER) for sample in samples] == measurands
    for sample in samples:
        assert sample["context"] in contexts
        assert sample.get("location") != "EV"


def assert_spaced(moments, interval_s):
    moments = sorted(set(moments))
    assert len(moments) > 1
    for before, after in pairwise(moments):
        assert after - before == timedelta(seconds=interval_s)


def on_the_clock(moments):
    return all((each.minute * 60 + each.second) % INTERVAL_S == 0 for each in moments)


def idle_values(bench, since=0.0):
    """(EVSE, meter value) of each MeterValues message."""
    return [
        (call["evseId"], value)
        for call in bench.csms.received("MeterValues")
        if call.at >= since
        for value in call["meterValue"]
    ]


def in_transactions(bench, trigger):
    return [
        (call["evse"]["id"] if "evse" in call else None, value)
        for call in bench.csms.received("TransactionEvent", {"triggerReason": trigger})
        for value in call["meterValue"]
    ]


def ended(bench):
    bench.run(200.0)
    bench.stop_authorized()
    bench.unplugged()
    (record,) = bench.csms.transactions.values()
    return record.started.payload, record.ended.payload


@pytest.mark.parametrize("evses", [(1,), (1, 1)])
def test_tc_j_01_cs(make_bench, evses):
    bench = make_bench(
        evses=evses,
        variables={"AlignedDataCtrlr.Interval": INTERVAL_S, "AlignedDataCtrlr.Measurands": ALL},
    )

    bench.run(3 * INTERVAL_S + 5)

    values = idle_values(bench)
    for evse in range(1, len(evses) + 1):
        mine = [value for where, value in values if where == evse]
        assert len(mine) == 3
        assert_spaced(map(moment, mine), INTERVAL_S)
    assert on_the_clock(moment(value) for _, value in values)
    for _, value in values:
        assert_value(value, ["Sample.Clock"])


def test_tc_j_02_cs(make_bench):
    bench = make_bench(
        variables={
            "AlignedDataCtrlr.Interval": INTERVAL_S,
            "AlignedDataCtrlr.Measurands": ALL,
            "SampledDataCtrlr.TxUpdatedInterval": 0,
        }
    )
    bench.charging()

    bench.run(3 * INTERVAL_S + 5)

    charging = [value for _, value in in_transactions(bench, "MeterValueClock")]
    idle = idle_values(bench)
    assert {where for where, _ in idle} == {2}
    for values in (charging, [value for _, value in idle]):
        assert len(values) == 3
        assert_spaced(map(moment, values), INTERVAL_S)
        for value in values:
            assert_value(value, ["Sample.Clock"])


def test_tc_j_03_cs(make_bench):
    bench = make_bench(
        variables={
            "AlignedDataCtrlr.Interval": 0,
            "AlignedDataCtrlr.TxEndedInterval": INTERVAL_S,
            "AlignedDataCtrlr.TxEndedMeasurands": ALL,
            "SampledDataCtrlr.TxEndedMeasurands": "",
        }
    )
    bench.charging()

    start, end = ended(bench)

    values = end["meterValue"]
    for value in values:
        assert_value(value, ["Sample.Clock"])
    assert len(values) == 3
    assert_spaced(map(moment, values), INTERVAL_S)
    assert moment(start) <= moment(values[0])
    assert moment(values[-1]) <= moment(end)


keys = pytest.mark.parametrize("policy", ["Never", "OncePerTransaction", "EveryMeterValue"])


def assert_signed(bench, policy):
    """What can be signed is, and the key goes along as configured."""
    given = []
    for event in next(iter(bench.csms.transactions.values())).once:
        for value in event.payload.get("meterValue", ()):
            for sample in value["sampledValue"]:
                assert sample["signedMeterValue"]["signedMeterData"] == SIGNATURE.signed_data
                given.append(sample["signedMeterValue"]["publicKey"])
    assert len(given) > 3
    wanted = {
        "Never": [""] * len(given),
        "OncePerTransaction": [SIGNATURE.public_key] + [""] * (len(given) - 1),
        "EveryMeterValue": [SIGNATURE.public_key] * len(given),
    }
    assert given == wanted[policy]


@keys
def test_tc_j_04_cs(make_bench, policy):
    bench = make_bench(
        variables={
            "AlignedDataCtrlr.TxEndedInterval": INTERVAL_S,
            "AlignedDataCtrlr.SignReadings": True,
            "SampledDataCtrlr.TxStartedMeasurands": "",
            "SampledDataCtrlr.TxEndedMeasurands": "",
            "SampledDataCtrlr.TxUpdatedInterval": 0,
            "OCPPCommCtrlr.PublicKeyWithSignedMeterValue": policy,
        },
        boot=False,
    )
    bench.station.evse().signature = SIGNATURE
    bench.booted()
    bench.charging()
    bench.run(2 * INTERVAL_S)

    _, end = ended(bench)

    for value in end["meterValue"]:
        assert_value(value, ["Sample.Clock"], [REGISTER])
    assert_spaced(map(moment, end["meterValue"]), INTERVAL_S)
    assert_signed(bench, policy)


def test_tc_j_06_cs(make_bench):
    bench = make_bench(
        variables={
            "AlignedDataCtrlr.Interval": INTERVAL_S,
            "AlignedDataCtrlr.Measurands": ALL,
            "AlignedDataCtrlr.SendDuringIdle": True,
            "SampledDataCtrlr.TxStartedMeasurands": "",
            "SampledDataCtrlr.TxEndedMeasurands": "",
            "SampledDataCtrlr.TxUpdatedInterval": 0,
        }
    )
    bench.run(INTERVAL_S + 5)
    before = idle_values(bench)
    assert {where for where, _ in before} == {1, 2}

    bench.charging()
    bench.run(2 * INTERVAL_S)
    assert idle_values(bench) == before
    assert not [each for each in bench.csms.received("TransactionEvent") if "meterValue" in each]

    bench.stop_authorized()
    bench.unplugged()
    bench.run(2 * INTERVAL_S)
    after = idle_values(bench)[len(before) :]
    assert {where for where, _ in after} == {1, 2}
    for _, value in (*before, *after):
        assert_value(value, ["Sample.Clock"])
    assert_spaced((moment(value) for _, value in after), INTERVAL_S)


def assert_begins_with_values(call):
    (value,) = call["meterValue"]
    assert_value(value, ["Transaction.Begin"])


@pytest.mark.parametrize(
    "points", ["EVConnected", "Authorized", "PowerPathClosed", "EnergyTransfer"]
)
def test_tc_j_07_cs(make_bench, points):
    bench = make_bench(
        variables={
            "TxCtrlr.TxStartPoint": points,
            "SampledDataCtrlr.TxStartedMeasurands": ALL,
        }
    )

    bench.station.plug_in()
    bench.station.present_token(TOKEN)
    bench.run(5.0)

    (record,) = bench.csms.transactions.values()
    assert_begins_with_values(record.started.payload)
    assert not [event for event in record.updates if "meterValue" in event.payload]


def test_tc_j_08_cs(make_bench):
    """The reader belongs to the station: which EVSE it will be, shows when the EV is plugged in."""
    bench = make_bench(
        variables={
            "TxCtrlr.TxStartPoint": "Authorized",
            "SampledDataCtrlr.TxStartedMeasurands": ALL,
        }
    )

    bench.station.present_token(TOKEN, None)
    bench.run(5.0)
    bench.station.plug_in(2)
    bench.run(5.0)

    events = bench.csms.received("TransactionEvent")
    first = next(event for event in events if "evse" in event)
    assert first["evse"] == {"id": 2, "connectorId": 1}
    assert_begins_with_values(first)


def test_tc_j_09_cs(make_bench):
    bench = make_bench(
        variables={
            "SampledDataCtrlr.TxUpdatedInterval": 30,
            "SampledDataCtrlr.TxUpdatedMeasurands": ALL,
        }
    )
    bench.charging()

    bench.run(125.0)

    values = [value for _, value in in_transactions(bench, "MeterValuePeriodic")]
    assert len(values) == 4
    assert_spaced(map(moment, values), 30)
    for value in values:
        assert_value(value, ["Sample.Periodic"])


def assert_sampled_to_the_end(end, interval_s, measurands):
    """Values of the beginning and of the end frame those of the interval."""
    first, *between, last = end["meterValue"]
    assert_value(first, ["Transaction.Begin"], measurands)
    assert_value(last, ["Transaction.End"], measurands)
    for value in between:
        assert_value(value, ["Sample.Periodic"], measurands)
    assert_spaced(map(moment, [first, *between]), interval_s)
    assert moment(last) <= moment(end)


def test_tc_j_10_cs(make_bench):
    bench = make_bench(
        variables={
            "SampledDataCtrlr.TxEndedInterval": 30,
            "SampledDataCtrlr.TxEndedMeasurands": ALL,
            "AlignedDataCtrlr.TxEndedInterval": INTERVAL_S,
            "AlignedDataCtrlr.TxEndedMeasurands": "",
        }
    )
    bench.charging()

    _, end = ended(bench)

    assert_sampled_to_the_end(end, 30, MEASURANDS)


@keys
def test_tc_j_11_cs(make_bench, policy):
    bench = make_bench(
        variables={
            "SampledDataCtrlr.TxEndedInterval": 60,
            "SampledDataCtrlr.SignReadings": True,
            "OCPPCommCtrlr.PublicKeyWithSignedMeterValue": policy,
        },
        boot=False,
    )
    bench.station.evse().signature = SIGNATURE
    bench.booted()
    bench.charging()

    _, end = ended(bench)

    assert_sampled_to_the_end(end, 60, [REGISTER])
    assert_signed(bench, policy)
