"""A: passwords and certificates on a real socket, as a CSMS sees them."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import AsyncExitStack

import pytest
from real_csms import (
    DATA,
    Csms,
    assert_has_its_password,
    boots,
    context_of,
    each_suite,
    handshake,
    patiently,
    station,
)

from ocpp_iface.station import network

pytestmark = pytest.mark.e2e

HOST = "one.csms.example"
AT_ONCE = {
    "OCPPCommCtrlr.RetryBackOffWaitMinimum": 0,
    "OCPPCommCtrlr.RetryBackOffRandomRange": 0,
    "OCPPCommCtrlr.RetryBackOffRepeatTimes": 0,
}
START = ("StartupOfTheDevice", "ResetOrReboot")


@pytest.fixture
def impatient(monkeypatch):
    """The station dials again without the pause that spares a real CSMS; it knows HOST."""
    original = socket.getaddrinfo

    def resolve(name, *arguments, **options):
        return original("127.0.0.1" if name == HOST else name, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(network, "SHORTEST_PAUSE_S", 0.02)


def assert_booted(csms: Csms) -> None:
    assert_has_its_password(csms)
    assert_statuses(csms)


def assert_statuses(csms: Csms) -> None:
    statuses = csms.of("StatusNotification")
    assert [each["evseId"] for each in statuses] == [1, 2]
    assert {each["connectorStatus"] for each in statuses} == {"Available"}


def events(csms: Csms) -> list[str]:
    return [each["type"] for each in csms.of("SecurityEventNotification")]


def test_tc_a_01_cs():
    csms = boots("ocpp2.0.1", 1)

    assert csms.tls is None
    assert_booted(csms)


@each_suite
def test_tc_a_04_cs(certificate, suite):
    csms = boots("ocpp2.0.1", 2, context_of(certificate, suite))

    assert csms.tls == ("TLSv1.3" if suite is None else "TLSv1.2")
    assert_booted(csms)


@each_suite
def test_tc_a_07_cs(certificate, suite):
    context = context_of(certificate, suite)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(DATA / "ca.pem")

    csms = boots("ocpp2.0.1", 3, context, serial_number="client")

    assert csms.tls == ("TLSv1.3" if suite is None else "TLSv1.2")
    (boot,) = csms.of("BootNotification")
    assert boot["chargingStation"]["serialNumber"] == "client"
    assert csms.peer["subject"] == ((("commonName", "client"),),)
    assert csms.peer["serialNumber"]
    assert csms.credentials == ""
    assert_statuses(csms)


def switches(
    refusing: ssl.SSLContext, *, booted_before: bool, attempts: int
) -> tuple[Csms, Exception | None]:
    """The station meets `refusing`, once, then the right CSMS. -> that, and why it did not connect

    `booted_before`: the station was connected, and the CSMS went away; else it is switched on.
    """
    csms, failures = Csms("ocpp2.0.1"), []
    variables = {**AT_ONCE, "OCPPCommCtrlr.NetworkProfileConnectionAttempts": attempts}

    async def scenario() -> None:
        async with AsyncExitStack() as stack, AsyncExitStack() as before:
            port = await before.enter_async_context(csms.listening(context_of()))
            if not booted_before:
                await before.aclose()
            await stack.enter_async_context(
                station("ocpp2.0.1", 2, port, HOST, variables=variables)
            )
            if booted_before:
                await patiently(csms.booted.wait)
                await before.aclose()
            failures.append(await asyncio.to_thread(handshake, refusing, port))
            async with csms.listening(context_of(), port):
                await patiently(csms.booted.wait)
                await patiently(lambda: csms.until(lambda: "Invalid" in str(events(csms))))

    asyncio.run(scenario())
    return csms, failures[0]


@pytest.mark.parametrize(
    "certificate", ["expired", "future", "untrusted", "other_host", "wildcard"]
)
def test_tc_a_05_cs(impatient, certificate):
    csms, failure = switches(context_of(certificate), booted_before=True, attempts=3)

    assert isinstance(failure, ssl.SSLError)
    assert_has_its_password(csms)
    assert [each for each in events(csms) if each not in START] == ["InvalidCsmsCertificate"]


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
def test_tc_a_06_cs(impatient):
    old = context_of(suite="ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1

    csms, failure = switches(old, booted_before=False, attempts=1)

    assert isinstance(failure, ssl.SSLError)
    assert csms.tls == "TLSv1.3"
    assert_booted(csms)
    assert sorted(events(csms)) == ["InvalidTLSVersion", "StartupOfTheDevice"]
