"""Test a station in virtual time, against a CSMS that does what the test says: no socket, no
waiting, the same result each time. `python examples/scripted_csms.py`

A simulated hour takes milliseconds. `bench.check()` fails if anything was lost, sent twice for no
reason, out of order, or against the schemas of OCPP.
"""

from ocpp_iface.sim import Bench


def test_a_transaction_survives_an_hour_offline_and_a_power_cut(version: str) -> None:
    bench = Bench(version)
    bench.charging()

    bench.offline()
    bench.run(3600)
    bench.power_cut(down_s=30)
    bench.online()
    bench.run(60)
    bench.stop_authorized()
    bench.unplugged()

    bench.check()
    (record,) = bench.csms.transactions.values()
    assert record.complete
    print(f"OCPP {version}: {len(record.once)} messages, {record.energy_wh:.0f} Wh")


def test_an_unknown_card_does_not_charge(version: str) -> None:
    bench = Bench(version)
    if version == "1.6":
        bench.on("Authorize").reply({"idTagInfo": {"status": "Invalid"}})
    else:
        bench.on("Authorize").reply({"idTokenInfo": {"status": "Invalid"}})

    bench.ev_connected()
    outcome = bench.station.present_token("FFFF", 1)
    bench.run(10)

    assert outcome.status == "Invalid"
    assert not bench.station.hardware.orders("permit_energy")
    print(f"OCPP {version}: {outcome.status}, no energy")


for each in ("1.6", "2.0.1"):
    test_a_transaction_survives_an_hour_offline_and_a_power_cut(each)
    test_an_unknown_card_does_not_charge(each)
