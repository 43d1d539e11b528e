"""Authorize and ClearCache (4.1, 5.4, 3.5)."""

import pytest


@pytest.fixture
def bench(bench):
    """A driver who does not plug in is forgotten soon."""
    bench.configure("ConnectionTimeOut", "5")
    return bench


def swipes(bench, token="AA"):
    bench.csms.mark()
    outcome = bench.station.present_token(token)
    bench.world.settle()
    asked = [call for call in bench.csms.received("Authorize") if not call.taken]
    return outcome, len(asked)


def forget_driver(bench):
    bench.world.run_for(10)


def test_an_invalid_token_starts_nothing(bench):
    """TC_023"""
    bench.csms.tokens.put("AA", "Invalid")
    bench.station.plug_in()

    outcome, asked = swipes(bench)

    assert (outcome.status.value, asked) == ("Invalid", 1)
    bench.csms.expect_none("StartTransaction", within_s=30)


def test_a_cached_token_needs_no_question(bench):
    """TC_007"""
    assert swipes(bench)[1] == 1
    forget_driver(bench)

    assert swipes(bench)[1] == 0


def test_after_clear_cache_the_csms_is_asked_again(bench):
    """TC_061"""
    swipes(bench)
    forget_driver(bench)

    assert bench.csms.call("ClearCache") == {"status": "Accepted"}
    assert swipes(bench)[1] == 1


def test_clear_cache_without_a_cache_is_rejected(bench):
    bench.configure("AuthorizationCacheEnabled", "false")

    assert bench.csms.call("ClearCache") == {"status": "Rejected"}


@pytest.mark.parametrize(("local_offline", "status"), [("true", "Accepted"), ("false", "Unknown")])
def test_offline_the_cache_decides_if_it_may(bench, local_offline, status):
    bench.configure("LocalAuthorizeOffline", local_offline)
    swipes(bench)
    forget_driver(bench)
    bench.station.network.cut()
    bench.world.run_for(5)

    assert bench.station.present_token("AA").status.value == status


def test_the_answer_to_a_start_updates_the_cache(bench):
    """4.8"""
    bench.charging()
    bench.csms.on("StopTransaction").reply(idTagInfo={"status": "Blocked"})
    bench.station.present_token("AA")
    bench.csms.expect("StopTransaction")
    bench.station.unplug()
    bench.world.settle()
    bench.csms.tokens.put("AA", "Blocked")

    outcome, asked = swipes(bench)

    assert outcome.status.value == "Blocked"
    assert asked == 1  # what is known to be refused is asked again


def test_a_driver_does_not_wait_for_what_was_queued_while_offline(make_bench):
    """3.7: customers are not to be kept waiting until the queue is empty."""
    bench = make_bench(connectors=(1, 1), variables={"MeterValueSampleInterval": "10"}).booted()
    bench.charging(1)
    bench.station.network.cut()
    bench.world.run_for(1800)
    bench.station.network.restore()
    bench.csms.expect("MeterValues", timeout_s=300)

    assert bench.station.present_token("BB", 2).status.value == "Accepted"
    (asked,) = [call for call in bench.csms.received("Authorize") if call["idTag"] == "BB"]
    bench.world.run_for(60)
    values = bench.csms.received("MeterValues")
    times = [call["meterValue"][0]["timestamp"] for call in values]

    assert len(values) > 150
    assert len([call for call in values if call.index < asked.index]) < 10
    assert times == sorted(times)
