"""E, start of transactions: TxStartPoint, cable or token first, time-outs."""

from __future__ import annotations

import pytest
from steps201 import authorized, bay_occupied, either_way, events

from ocpp_iface.sim.bench import TOKEN, Bench
from ocpp_iface.sim.ev import SimEv
from ocpp_iface.sim.match import one_of
from ocpp_iface.types import SignedMeterValue

ID_TOKEN = {"idToken": TOKEN, "type": "ISO14443"}
SIGNATURE = SignedMeterValue("c2lnbmVk", "ECDSA-secp256r1-SHA256", "OCMF", public_key="a2V5")
CONNECTOR = {"id": 1, "connectorId": 1}


def started_once(bench: Bench) -> dict:
    """The Started event: the first one, the only one, and numbered so."""
    bench.world.settle()
    (transaction,) = bench.csms.transactions.values()
    assert transaction.kinds.count("Started") == 1
    first = events(bench)[0]
    assert (first["eventType"], first["seqNo"]) == ("Started", 0)
    return first


def assert_one_event_carries_the_token(bench: Bench) -> None:
    assert [each["idToken"] for each in events(bench) if "idToken" in each] == [ID_TOKEN]


@either_way
def test_tc_e_01_cs(make_bench, how):
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": "PowerPathClosed"})
    authorized(bench, how)
    bench.csms.expect_none("TransactionEvent", within_s=1)

    bench.ev_connected()
    started = started_once(bench)
    bench.charging()

    assert started["evse"] == CONNECTOR
    assert started["transactionInfo"]["chargingState"] in {"EVConnected", "SuspendedEVSE"}
    assert [each["eventType"] for each in events(bench)] == ["Started", "Updated"]
    assert_one_event_carries_the_token(bench)


@either_way
def test_tc_e_02_cs(make_bench, how):
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": "EnergyTransfer"})
    authorized(bench, how)

    bench.station.plug_in()
    bench.expect_status("Occupied")
    bench.expect(
        "TransactionEvent",
        eventType="Started",
        triggerReason="RemoteStart" if how == "remote" else "ChargingStateChanged",
        idToken=ID_TOKEN,
        evse=CONNECTOR,
        transactionInfo={"chargingState": "Charging"},
    )

    assert len(bench.csms.received("TransactionEvent")) == 1


def test_tc_e_03_cs(bench):
    bench.ev_connected()

    bench.authorized_local()
    bench.charging()

    assert len(bench.csms.received("Authorize", {"idToken": ID_TOKEN})) == 1
    assert started_once(bench)["evse"] == CONNECTOR
    assert_one_event_carries_the_token(bench)


def test_tc_e_04_cs(bench):
    bench.station.bay(1, True)

    bench.authorized_local()
    bench.charging()

    assert started_once(bench)["evse"] == CONNECTOR
    assert_one_event_carries_the_token(bench)


@pytest.mark.parametrize("points", ["Authorized", "ParkingBayOccupancy"])
def test_tc_e_05_cs(make_bench, points):
    bench = make_bench(
        variables={
            "TxCtrlr.TxStartPoint": points,
            "TxCtrlr.TxStopPoint": "Authorized,EVConnected",
            "TxCtrlr.EVConnectionTimeOut": 30,
            "AuthCacheCtrlr.Enabled": False,
            "AuthCtrlr.LocalPreAuthorize": False,
        }
    )
    if points == "ParkingBayOccupancy":
        bay_occupied(bench)
    bench.authorized_local()
    began = bench.world.scheduler.now

    ended = bench.expect(
        "TransactionEvent",
        eventType="Ended",
        triggerReason="EVConnectTimeout",
        transactionInfo={"stoppedReason": "Timeout"},
    )
    bench.place().open, bench.place().token = False, None
    if points == "ParkingBayOccupancy":
        bench.station.bay(1, False)
        bay_occupied(bench)
    bench.authorized_local(asked=True)
    bench.charging()

    assert ended.at - began == pytest.approx(30, abs=1)
    assert len(bench.csms.transactions) == 2


@pytest.mark.parametrize("points", ["EVConnected", "EVConnected,Authorized"])
@either_way
def test_tc_e_09_cs(make_bench, how, points):
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": points})
    bench.station.bay(1, True)
    bench.csms.expect_none("TransactionEvent", within_s=1)

    bench.station.plug_in()
    bench.place().plugged = True
    bench.expect_status("Occupied")
    event = bench.expect(
        "TransactionEvent",
        eventType="Started",
        triggerReason=one_of("CablePluggedIn", "ChargingStateChanged"),
        evse=CONNECTOR,
        transactionInfo={"chargingState": "EVConnected"},
        idToken=None,
    )
    place = bench.place()
    place.open, place.transaction = True, event["transactionInfo"]["transactionId"]
    authorized(bench, how)
    bench.charging()

    started_once(bench)
    assert_one_event_carries_the_token(bench)


def test_tc_e_10_cs(make_bench):
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": "Authorized"})

    bench.station.present_token(TOKEN)
    bench.expect("Authorize", idToken=ID_TOKEN)
    event = bench.expect(
        "TransactionEvent", eventType="Started", triggerReason="Authorized", idToken=ID_TOKEN
    )
    place = bench.place()
    place.open, place.transaction = True, event["transactionInfo"]["transactionId"]
    place.token = TOKEN
    bench.ev_connected()
    bench.charging()

    assert started_once(bench)["seqNo"] == event["seqNo"]
    assert [each for each in events(bench) if each.get("evse") == CONNECTOR]
    assert_one_event_carries_the_token(bench)


@pytest.mark.parametrize("points", ["DataSigned", "DataSigned,EnergyTransfer"])
@either_way
def test_tc_e_11_cs(make_bench, how, points):
    bench = make_bench(
        variables={
            "TxCtrlr.TxStartPoint": points,
            "SampledDataCtrlr.SignReadings": True,
            "SampledDataCtrlr.TxStartedMeasurands": "Energy.Active.Import.Register",
            "OCPPCommCtrlr.PublicKeyWithSignedMeterValue": "OncePerTransaction",
        }
    )
    bench.station.evse().signature = SIGNATURE
    authorized(bench, how)
    bench.csms.expect_none("TransactionEvent", within_s=1)

    bench.station.plug_in()
    bench.expect_status("Occupied")
    started = bench.expect(
        "TransactionEvent",
        eventType="Started",
        triggerReason=one_of("SignedDataReceived", "RemoteStart")
        if how == "remote"
        else "SignedDataReceived",
        idToken=ID_TOKEN,
        evse=CONNECTOR,
    )
    bench.expect(
        "TransactionEvent",
        eventType="Updated",
        triggerReason="ChargingStateChanged",
        transactionInfo={"chargingState": "Charging"},
    )

    (sample,) = started["meterValue"][0]["sampledValue"]
    assert sample["context"] == "Transaction.Begin"
    assert sample["signedMeterValue"] == {
        "signedMeterData": SIGNATURE.signed_data,
        "signingMethod": SIGNATURE.signing_method,
        "encodingMethod": SIGNATURE.encoding_method,
        "publicKey": SIGNATURE.public_key,
    }
    started_once(bench)


@pytest.mark.parametrize("signs", [True, False])
def test_tc_e_11_cs_without_signed_data_there_is_no_transaction_and_no_energy(make_bench, signs):
    bench = make_bench(
        variables={
            "TxCtrlr.TxStartPoint": "DataSigned",
            "SampledDataCtrlr.SignReadings": not signs,
        }
    )
    bench.station.evse().signature = SIGNATURE if signs else None
    bench.authorized_local()
    bench.station.plug_in()

    bench.csms.expect_none("TransactionEvent", within_s=30)
    assert not bench.station.hardware.orders("permit_energy")


@either_way
def test_tc_e_12_cs(make_bench, how):
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": "ParkingBayOccupancy"})

    bay_occupied(bench)
    authorized(bench, how)
    bench.ev_connected()
    bench.charging()

    assert started_once(bench)["triggerReason"] == "EVDetected"
    assert_one_event_carries_the_token(bench)


def test_tc_e_12_cs_without_a_transaction_there_is_no_energy(make_bench):
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": "ParkingBayOccupancy"})

    bench.authorized_local()
    bench.ev_connected()

    bench.csms.expect_none("TransactionEvent", within_s=30)
    assert not bench.station.hardware.orders("permit_energy")
    bay_occupied(bench)
    bench.charging()


@pytest.mark.parametrize("asks", [True, False])
def test_tc_e_13_cs(make_bench, asks):
    bench = make_bench(
        variables={
            "TxCtrlr.TxStartPoint": "Authorized",
            "AuthCtrlr.AuthorizeRemoteStart": asks,
        }
    )

    response = bench.authorized_remote()
    bench.ev_connected()
    bench.charging()

    started = started_once(bench)
    assert response == {"status": "Accepted"}
    assert len(bench.csms.received("Authorize", {"idToken": ID_TOKEN})) == int(asks)
    assert started["triggerReason"] == "RemoteStart"
    assert started["idToken"] == ID_TOKEN
    assert started["transactionInfo"]["remoteStartId"] == 1


@pytest.mark.parametrize("points", ["PowerPathClosed", "Authorized", "EVConnected"])
@either_way
def test_tc_e_38_cs(make_bench, how, points):
    bench = make_bench(variables={"TxCtrlr.TxStartPoint": points})
    authorized(bench, how)

    bench.station.plug_in(ev=SimEv(paused=True))
    bench.expect_status("Occupied")
    bench.expect(
        "TransactionEvent",
        triggerReason="ChargingStateChanged",
        transactionInfo={"chargingState": "SuspendedEV"},
    )

    started_once(bench)
    assert not [
        each for each in events(bench) if each["transactionInfo"].get("chargingState") == "Charging"
    ]


@pytest.mark.parametrize("points", ["Authorized", "ParkingBayOccupancy", "PowerPathClosed"])
@either_way
def test_tc_e_39_cs(make_bench, how, points):
    bench = make_bench(
        variables={
            "TxCtrlr.TxStartPoint": points,
            "TxCtrlr.TxStopPoint": "ParkingBayOccupancy" if "Bay" in points else "Authorized",
            "TxCtrlr.EVConnectionTimeOut": 30,
        }
    )
    if points == "ParkingBayOccupancy":
        bay_occupied(bench)
    authorized(bench, how)

    if points == "PowerPathClosed":
        bench.run(31)
        assert not bench.csms.received("TransactionEvent")
    elif points == "Authorized":
        bench.expect(
            "TransactionEvent",
            eventType="Ended",
            triggerReason="EVConnectTimeout",
            transactionInfo={"stoppedReason": "Timeout"},
        )
    else:
        bench.expect("TransactionEvent", eventType="Updated", triggerReason="EVConnectTimeout")
    bench.mark()
    bench.station.plug_in()
    bench.expect_status("Occupied")
    bench.run(60)

    later = [each for each in bench.csms.received("TransactionEvent") if not each.taken]
    assert [each["triggerReason"] for each in later] == (
        ["CablePluggedIn"] if "Bay" in points else []
    )
    assert all(each["transactionInfo"].get("chargingState") != "Charging" for each in later)
    assert not bench.station.hardware.orders("permit_energy")


def test_tc_e_52_cs(make_bench):
    bench = make_bench(variables={"AuthCtrlr.DisableRemoteAuthorization": True})
    bench.station.bay(1, True)

    outcome = bench.station.present_token(TOKEN)
    bench.ev_connected()
    bench.run(30)

    assert outcome.status.value != "Accepted"
    assert not bench.csms.received("Authorize")
    assert not bench.csms.received("TransactionEvent")
    assert not bench.station.hardware.orders("permit_energy")
