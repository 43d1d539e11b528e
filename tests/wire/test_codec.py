"""Every message of both versions, both ways, held against the official schemas."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocpp_iface.errors import Fault, PayloadError
from ocpp_iface.sim.payloads import mutated_payload, valid_payload
from ocpp_iface.wire import v16, v201
from ocpp_iface.wire.codec import Codec, UnknownAction, codec_for
from ocpp_iface.wire.registry import Direction, version_of
from ocpp_iface.wire.schema import OfficialValidator, load_schema

VERSIONS = ("ocpp1.6", "ocpp2.0.1")
MESSAGES = [
    pytest.param(version, action, direction, id=f"{version}-{action}-{direction}")
    for version in VERSIONS
    for action in codec_for(version).actions
    for direction in ("request", "response")
]
FEW = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def decode(codec: Codec, action: str, direction: Direction, payload: Any) -> Any:
    if direction == "request":
        return codec.decode_request(action, payload)
    return codec.decode_response(action, payload)


def encode(codec: Codec, direction: Direction, message: Any) -> str:
    if direction == "request":
        return codec.encode_request(message)[1]
    return codec.encode_response(message)


def without_multiples(schema: Any) -> Any:
    """The schema less `multipleOf`, which the codec leaves unchecked on purpose (user pain 35)."""
    if isinstance(schema, dict):
        return {k: without_multiples(v) for k, v in schema.items() if k != "multipleOf"}
    if isinstance(schema, list):
        return [without_multiples(item) for item in schema]
    return schema


@pytest.mark.parametrize(("version", "action", "direction"), MESSAGES)
@FEW
@given(data=st.data())
def test_a_valid_payload_survives_both_ways(
    version: str, action: str, direction: Direction, data: st.DataObject
) -> None:
    codec = codec_for(version, validate_outbound=True)
    payload = data.draw(valid_payload(version, action, direction))

    message = decode(codec, action, direction, payload)
    text = encode(codec, direction, message)

    assert type(message) is (
        codec.request_class(action) if direction == "request" else codec.response_class(action)
    )
    assert json.loads(text) == payload
    assert decode(codec, action, direction, json.loads(text)) == message


@pytest.mark.parametrize(("version", "action", "direction"), MESSAGES)
@FEW
@given(data=st.data())
def test_the_decoder_refuses_what_the_schema_refuses_and_nothing_else(
    version: str, action: str, direction: Direction, data: st.DataObject
) -> None:
    payload = data.draw(mutated_payload(version, action, direction))
    schema = load_schema(version_of(version), action, direction)
    official = OfficialValidator(without_multiples(schema))
    try:
        official.check_text(json.dumps(payload))
        allowed = True
    except PayloadError:
        allowed = False

    try:
        decode(codec_for(version), action, direction, payload)
        taken = True
    except PayloadError:
        taken = False

    assert taken == allowed


def reading(value: str = "1") -> v16.datatypes.SampledValue:
    return v16.datatypes.SampledValue(value, unit=v16.enums.UnitOfMeasure.wh)


def meter_values() -> v16.call.MeterValues:
    value = v16.datatypes.MeterValue("2026-01-01T00:00:00Z", [reading(), reading("2")])
    return v16.call.MeterValues(1, [value], 5)


def test_the_encoder_writes_wire_names_and_leaves_none_out() -> None:
    action, text = codec_for("ocpp1.6").encode_request(meter_values())

    assert action == "MeterValues"
    assert json.loads(text) == {
        "connectorId": 1,
        "meterValue": [
            {
                "timestamp": "2026-01-01T00:00:00Z",
                "sampledValue": [{"value": "1", "unit": "Wh"}, {"value": "2", "unit": "Wh"}],
            }
        ],
        "transactionId": 5,
    }


def test_an_empty_message_is_an_empty_object() -> None:
    assert codec_for("ocpp1.6").encode_request(v16.call.Heartbeat()) == ("Heartbeat", "{}")
    assert codec_for("ocpp1.6").encode_response(v16.call_result.GetConfiguration()) == "{}"


def test_words_become_members_of_their_enumeration() -> None:
    payload = {"connectorId": 1, "type": "Inoperative"}

    request = codec_for("ocpp1.6").decode_request("ChangeAvailability", payload)

    assert request.type is v16.enums.AvailabilityType.inoperative


@pytest.mark.parametrize(
    ("change", "path", "fault"),
    [
        (lambda s: s.update(unit="furlong"), "meterValue[0].sampledValue[1].unit", Fault.PROPERTY),
        (lambda s: s.update(unit=5), "meterValue[0].sampledValue[1].unit", Fault.TYPE),
        (lambda s: s.update(unit=None), "meterValue[0].sampledValue[1].unit", Fault.TYPE),
        (lambda s: s.update(unit=["Wh"]), "meterValue[0].sampledValue[1].unit", Fault.TYPE),
        (lambda s: s.update(value=5), "meterValue[0].sampledValue[1].value", Fault.TYPE),
        (lambda s: s.pop("value"), "meterValue[0].sampledValue[1].value", Fault.OCCURRENCE),
        (lambda s: s.update(extra=1), "meterValue[0].sampledValue[1].extra", Fault.FORMAT),
    ],
)
def test_a_fault_is_named_with_its_path(change: Any, path: str, fault: Fault) -> None:
    codec = codec_for("ocpp1.6")
    payload = json.loads(codec.encode_request(meter_values())[1])
    change(payload["meterValue"][0]["sampledValue"][1])

    with pytest.raises(PayloadError) as caught:
        codec.decode_request("MeterValues", payload)

    assert (caught.value.path, caught.value.fault) == (path, fault)


@pytest.mark.parametrize(
    ("action", "payload", "path", "fault"),
    [
        ("GetVariables", [], "", Fault.TYPE),
        ("GetVariables", {}, "getVariableData", Fault.OCCURRENCE),
        ("GetVariables", {"getVariableData": []}, "getVariableData", Fault.OCCURRENCE),
        ("GetVariables", {"getVariableData": [1]}, "getVariableData[0]", Fault.TYPE),
        (
            "GetVariables",
            {"getVariableData": [{"component": {"name": "x" * 51}, "variable": {"name": "y"}}]},
            "getVariableData[0].component.name",
            Fault.PROPERTY,
        ),
        (
            "GetVariables",
            {"getVariableData": [{"component": {"name": "x"}}]},
            "getVariableData[0].variable",
            Fault.OCCURRENCE,
        ),
        ("CancelReservation", {"reservationId": True}, "reservationId", Fault.TYPE),
        ("CancelReservation", {"reservationId": 1.5}, "reservationId", Fault.TYPE),
        ("Reset", {"type": "Immediate", "customData": {}}, "customData.vendorId", Fault.OCCURRENCE),
        ("GetDisplayMessages", {"requestId": 1, "id": ["a"]}, "id[0]", Fault.TYPE),
        (
            "UpdateFirmware",
            {"requestId": 1, "firmware": {"location": "x", "retrieveDateTime": "soon"}},
            "firmware.retrieveDateTime",
            Fault.PROPERTY,
        ),
    ],
)
def test_faults_of_201_payloads(action: str, payload: Any, path: str, fault: Fault) -> None:
    with pytest.raises(PayloadError) as caught:
        codec_for("ocpp2.0.1").decode_request(action, payload)

    assert (caught.value.path, caught.value.fault) == (path, fault)


def test_a_fault_never_repeats_the_value() -> None:
    secret = "s3cret" * 20

    with pytest.raises(PayloadError) as caught:
        codec_for("ocpp1.6").decode_request("RemoteStartTransaction", {"idTag": secret})

    assert secret not in str(caught.value)
    assert caught.value.path == "idTag"


def test_custom_data_is_kept_on_messages_and_on_nested_types() -> None:
    codec = codec_for("ocpp2.0.1")
    custom = {"vendorId": "acme", "deep": {"er": [1, None]}}
    payload = {"evse": {"id": 1, "customData": custom}, "operationalStatus": "Operative"}

    request = codec.decode_request("ChangeAvailability", {**payload, "customData": custom})

    assert request.custom_data == custom
    assert json.loads(codec.encode_request(request)[1]) == {**payload, "customData": custom}


def test_units_of_201_are_an_open_list() -> None:
    sampled = {"value": 1, "unitOfMeasure": {"unit": "furlong"}}
    payload = {
        "evseId": 1,
        "meterValue": [{"timestamp": "2026-01-01T00:00:00Z", "sampledValue": [sampled]}],
    }

    request = codec_for("ocpp2.0.1").decode_request("MeterValues", payload)

    assert request.meter_value[0].sampled_value[0].unit_of_measure.unit == "furlong"


def test_a_limit_of_one_decimal_is_not_refused_for_binary_rounding() -> None:
    schedule = {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [
            {"startPeriod": 0, "limit": 8.1},
            {"startPeriod": 9, "limit": 6},
        ],
    }
    profile = {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": schedule,
    }
    codec = codec_for("ocpp1.6", validate_outbound=True)

    request = codec.decode_request(
        "SetChargingProfile", {"connectorId": 0, "csChargingProfiles": profile}
    )

    periods = request.cs_charging_profiles.charging_schedule.charging_schedule_period
    assert [period.limit for period in periods] == [8.1, 6]
    codec.encode_request(request)
    periods[0].limit = 8.15
    with pytest.raises(PayloadError):
        codec.encode_request(request)


def test_drafts_differ_in_what_a_whole_number_is() -> None:
    request = codec_for("ocpp2.0.1").decode_request("CancelReservation", {"reservationId": 3.0})

    assert type(request.reservation_id) is int
    with pytest.raises(PayloadError):
        codec_for("ocpp1.6").decode_request("CancelReservation", {"reservationId": 3.0})


def test_a_lenient_codec_keeps_unknown_words() -> None:
    codec = codec_for("ocpp1.6", lenient=True)

    request = codec.decode_request("Reset", {"type": "Lukewarm"})

    assert request.type == "Lukewarm"
    assert codec.encode_request(request)[1] == '{"type":"Lukewarm"}'
    with pytest.raises(PayloadError):
        codec.decode_request("Reset", {"type": 7})


def test_own_invalid_output_is_caught_when_outbound_is_checked() -> None:
    request = v16.call.Authorize(id_tag="x" * 21)

    assert codec_for("ocpp1.6").encode_request(request)[0] == "Authorize"
    with pytest.raises(PayloadError) as caught:
        codec_for("ocpp1.6", validate_outbound=True).encode_request(request)
    assert caught.value.path == "idTag"

    response = v16.call_result.GetConfiguration(unknown_key=["k" * 51])
    with pytest.raises(PayloadError) as caught:
        codec_for("ocpp1.6", validate_outbound=True).encode_response(response)
    assert caught.value.path == "unknownKey[0]"


@pytest.mark.parametrize(
    "request_",
    [
        v16.call.Authorize(id_tag=5),
        v16.call.CancelReservation(reservation_id="5"),
        v16.call.CancelReservation(reservation_id=True),
        v16.call.CancelReservation(reservation_id=5.0),
    ],
)
def test_a_value_of_the_wrong_type_raises_and_is_never_sent(request_: Any) -> None:
    with pytest.raises(TypeError):
        codec_for("ocpp1.6").encode_request(request_)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_without_json_text_raise(value: float) -> None:
    period = v16.datatypes.ChargingSchedulePeriod(0, value)
    schedule = v16.datatypes.ChargingSchedule(v16.enums.ChargingRateUnitType.amps, [period])
    response = v16.call_result.GetCompositeSchedule(
        v16.enums.GetCompositeScheduleStatus.accepted, charging_schedule=schedule
    )

    with pytest.raises(ValueError, match="no JSON text"):
        codec_for("ocpp1.6").encode_response(response)


def test_booleans_are_checked_on_the_way_out() -> None:
    key = v16.datatypes.KeyValue("k", readonly=1)

    with pytest.raises(TypeError):
        codec_for("ocpp1.6").encode_response(v16.call_result.GetConfiguration([key]))


def test_unknown_actions_and_classes() -> None:
    codec = codec_for("ocpp1.6")

    for ask in (codec.request_class, codec.response_class):
        with pytest.raises(UnknownAction):
            ask("GetVariables")
    for decoding in (codec.decode_request, codec.decode_response, codec.check_request):
        with pytest.raises(UnknownAction):
            decoding("GetVariables", {})
    with pytest.raises(UnknownAction):
        codec.action_of(object())
    with pytest.raises(UnknownAction):
        codec.encode_request(v16.call_result.Heartbeat("2026-01-01T00:00:00Z"))
    with pytest.raises(UnknownAction):
        codec.encode_response(v201.call_result.Reset(v201.enums.ResetStatusEnumType.accepted))
    with pytest.raises(ValueError, match="unknown subprotocol"):
        codec_for("ocpp3.0")


def test_a_response_is_never_taken_for_a_request() -> None:
    codec = codec_for("ocpp2.0.1")
    response = v201.call_result.Reset(v201.enums.ResetStatusEnumType.accepted)

    assert codec.encode_response(response) == '{"status":"Accepted"}'
    with pytest.raises(UnknownAction):
        codec.encode_request(response)


def test_actions_and_classes_belong_together() -> None:
    codec = codec_for("ocpp2.0.1")

    assert codec.subprotocol == "ocpp2.0.1"
    assert codec.action_of(v201.call.TransactionEvent) == "TransactionEvent"
    assert (
        codec.action_of(v201.call_result.Reset(v201.enums.ResetStatusEnumType.accepted)) == "Reset"
    )
    assert codec.request_class("Heartbeat") is v201.call.Heartbeat
    assert codec.response_class("Heartbeat") is v201.call_result.Heartbeat
    assert codec_for("ocpp2.0.1") is codec


def test_official_validation_of_plain_payloads() -> None:
    codec = codec_for("ocpp1.6")

    codec.check_request("Authorize", {"idTag": "x"})
    codec.check_response("Heartbeat", {"currentTime": "2026-01-01T00:00:00Z"})
    with pytest.raises(PayloadError) as caught:
        codec.check_response("Heartbeat", {"currentTime": "now"})
    assert (caught.value.path, caught.value.fault) == ("currentTime", Fault.PROPERTY)
    with pytest.raises(PayloadError) as caught:
        codec.check_request("Authorize", {})
    assert caught.value.fault is Fault.OCCURRENCE


def test_preparing_generates_every_function_of_a_version() -> None:
    codec = Codec(version_of("ocpp1.6"), validate_outbound=False, lenient=False)

    codec.prepare("Heartbeat")
    codec.prepare()

    assert codec.encode_request(v16.call.Heartbeat()) == ("Heartbeat", "{}")


def test_schemas_are_read_with_exact_decimals() -> None:
    schema = load_schema(version_of("ocpp1.6"), "GetCompositeSchedule", "response")

    period = schema["properties"]["chargingSchedule"]["properties"]["chargingSchedulePeriod"]
    assert period["items"]["properties"]["limit"]["multipleOf"] == Decimal("0.1")
