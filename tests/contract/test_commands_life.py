"""The commands `stop` and `restart`."""

from __future__ import annotations

from collections.abc import Callable

from ocpp_iface.sim import Bench
from ocpp_iface.types import SecurityEvent, TransactionEvent

Make = Callable[..., Bench]


def test_stop_is_true_once_and_closes_the_link(bench: Bench) -> None:
    assert bench.station.ocpp.stop() is True
    bench.world.settle()

    assert not bench.csms.connected()
    assert bench.station.latest("is_connected") is False
    assert bench.station.ocpp.stop() is False


def test_stop_before_the_first_connect_is_true_too(make: Make) -> None:
    bench = make(boot=False)
    bench.csms.is_up = False
    bench.station.boot()

    assert bench.station.ocpp.stop() is True

    bench.csms.is_up = True
    bench.run(3600)
    assert not bench.csms.connected()


def test_restart_is_true_only_after_stop(bench: Bench) -> None:
    assert bench.station.ocpp.restart() is False

    bench.station.ocpp.stop()

    assert bench.station.ocpp.restart() is True
    assert bench.station.ocpp.restart() is False


def test_restart_connects_again_with_a_new_boot_notification(bench: Bench) -> None:
    bench.station.ocpp.stop()
    bench.run(600)
    bench.mark()

    bench.station.ocpp.restart()

    boot = bench.expect("BootNotification")
    if not bench.is16:
        assert boot["reason"] == "ApplicationReset"
    bench.world.settle()
    assert bench.station.latest("is_connected") is True
    bench.session()


def test_nothing_of_what_happens_while_stopped_is_ever_sent(bench: Bench) -> None:
    bench.station.ocpp.stop()
    bench.world.settle()
    bench.mark()

    bench.station.plug_in(1)
    bench.station.present_token("04AB12CD", 1)
    bench.run(300)
    bench.station.unplug(1)
    bench.station.fault("GroundFailure", 2)
    bench.station.clear_fault("GroundFailure", 2)
    bench.station.ocpp.security_event(SecurityEvent("TamperDetectionActivated", info="stopped"))
    bench.run(600)
    assert not bench.csms.received("BootNotification", lambda call: not call.taken)

    bench.station.ocpp.restart()
    bench.run(1200)

    assert not bench.csms.transactions
    assert not bench.csms.received("SecurityEventNotification", lambda c: "stopped" in str(c))
    assert not bench.csms.received("StatusNotification", lambda c: "Faulted" in str(c.values()))


def test_a_transaction_begun_offline_is_complete_after_stop_and_restart(bench: Bench) -> None:
    """Stopped is not forgotten: only what happens while stopped never leaves."""
    bench.session()  # now the token is in the cache
    bench.offline()
    bench.charging()
    bench.run(120)
    bench.station.ocpp.stop()
    bench.station.network.restore()
    bench.run(600)
    assert len(bench.csms.transactions) == 1

    bench.station.ocpp.restart()
    bench.run(600)

    assert [record.complete for record in bench.csms.transactions.values()] == [True, True]


def test_a_running_transaction_is_closed_in_the_store(bench: Bench) -> None:
    bench.charging()
    bench.run(120)
    running = bench.station.latest("ocpp_transaction_event").session_id

    bench.station.ocpp.stop()
    bench.world.settle()

    ended = bench.station.latest("ocpp_transaction_event")
    assert ended.transaction_event is TransactionEvent.Ended
    assert ended.session_id == running
    assert bench.station.hardware.orders("stop_energy", 1)
    bench.run(60)
    bench.station.ocpp.restart()
    bench.run(600)
    (record,) = bench.csms.transactions.values()
    assert record.complete
    assert record.stopped_reason in (None, "Other")


def test_a_power_cut_while_stopped_ends_the_stop_and_loses_nothing(bench: Bench) -> None:
    bench.charging()
    bench.run(60)
    bench.station.ocpp.stop()
    bench.station.kill()
    bench.run(30)

    bench.station.boot()
    bench.run(600)

    assert bench.csms.connected()
    first, *_ = bench.csms.transactions.values()
    assert first.complete


def test_stop_while_a_call_is_on_the_line(bench: Bench) -> None:
    bench.on("TransactionEvent" if not bench.is16 else "StartTransaction").silent()
    bench.station.plug_in(1)
    bench.station.present_token("04AB12CD", 1)

    assert bench.station.ocpp.stop() is True

    bench.csms.off()
    bench.run(600)
    bench.station.ocpp.restart()
    bench.run(600)
    assert bench.csms.connected()


def test_commands_while_stopped_answer_from_the_store(bench: Bench) -> None:
    bench.station.ocpp.stop()

    assert bench.station.get("Cooling/FanSpeed").value == "5"
    assert bench.station.set("Cooling/FanSpeed", "6").status == "Accepted"
    assert bench.station.get("Cooling/FanSpeed").value == "6"
