"""Microseconds for one message through our codec and through `ocpp` as shipped, in one run.

    PYTHONPATH=src python benchmarks/codec.py [rounds]

"ocpp" does what its ChargePoint does around a handler, without the executor hop: `unpack`,
validation, key conversion inbound; key conversion, removal of None, validation, `to_json` outbound.
Both sides read and write the whole frame. Rounds are interleaved; printed are medians.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import ocpp.messages
from ocpp.charge_point import (
    camel_to_snake_case,
    remove_nones,
    serialize_as_dict,
    snake_to_camel_case,
)

from ocpp_iface.wire import frame, v16, v201
from ocpp_iface.wire.codec import Codec, codec_for

BATCH_S = 0.02


def meter_values() -> v16.call.MeterValues:
    samples = [
        v16.datatypes.SampledValue(
            value=f"{230 + i}.1",
            context=v16.enums.ReadingContext.sample_periodic,
            measurand=v16.enums.Measurand.voltage,
            phase=v16.enums.Phase.l1,
            unit=v16.enums.UnitOfMeasure.v,
        )
        for i in range(5)
    ]
    reading = v16.datatypes.MeterValue("2026-01-01T00:00:00Z", samples)
    return v16.call.MeterValues(connector_id=1, meter_value=[reading], transaction_id=7)


def configuration() -> v16.call_result.GetConfiguration:
    keys = [v16.datatypes.KeyValue(f"ConfigurationKey{i}", i % 2 == 0, str(i)) for i in range(60)]
    return v16.call_result.GetConfiguration(configuration_key=keys)


def report() -> v201.call.NotifyReport:
    d, e = v201.datatypes, v201.enums
    data = [
        d.ReportDataType(
            component=d.ComponentType(name="EVSE", evse=d.EVSEType(id=1)),
            variable=d.VariableType(name=f"Variable{i}"),
            variable_attribute=[
                d.VariableAttributeType(
                    type=e.AttributeEnumType.actual,
                    value=str(i),
                    mutability=e.MutabilityEnumType.read_write,
                    persistent=True,
                )
            ],
            variable_characteristics=d.VariableCharacteristicsType(
                data_type=e.DataEnumType.integer, supports_monitoring=True, unit="s"
            ),
        )
        for i in range(50)
    ]
    return v201.call.NotifyReport(1, "2026-01-01T00:00:00Z", 0, data, tbc=False)


def get_variables() -> v201.call.GetVariables:
    d = v201.datatypes
    return v201.call.GetVariables(
        [
            d.GetVariableDataType(d.ComponentType("OCPPCommCtrlr"), d.VariableType(f"Variable{i}"))
            for i in range(20)
        ]
    )


def transaction_event() -> v201.call.TransactionEvent:
    d, e = v201.datatypes, v201.enums
    value = d.SampledValueType(
        value=1234.5,
        context=e.ReadingContextEnumType.sample_periodic,
        measurand=e.MeasurandEnumType.energy_active_import_register,
        unit_of_measure=d.UnitOfMeasureType("Wh"),
    )
    return v201.call.TransactionEvent(
        event_type=e.TransactionEventEnumType.updated,
        timestamp="2026-01-01T00:00:00Z",
        trigger_reason=e.TriggerReasonEnumType.meter_value_periodic,
        seq_no=3,
        transaction_info=d.TransactionType("a1b2c3"),
        meter_value=[d.MeterValueType(timestamp="2026-01-01T00:00:00Z", sampled_value=[value])],
        evse=d.EVSEType(1, 1),
    )


class Message:
    """One message both ways, with both codecs. A response is known by its class's module."""

    def __init__(self, codec: Codec, message: object) -> None:
        self.codec, self.message = codec, message
        self.action = codec.action_of(message)
        self.is_request = type(message) is codec.request_class(self.action)
        self.version = codec.subprotocol.removeprefix("ocpp")
        self.text = self.encode()

    def encode(self) -> str:
        if self.is_request:
            return frame.format_call("19223201", *self.codec.encode_request(self.message))
        return frame.format_result("19223201", self.codec.encode_response(self.message))

    def decode(self) -> object:
        parsed = frame.parse(self.text)
        if isinstance(parsed, frame.Call):
            return self.codec.decode_request(parsed.action, parsed.payload)
        assert isinstance(parsed, frame.CallResult)
        return self.codec.decode_response(self.action, parsed.payload)

    def decode_parsed(self) -> Callable[[], object]:
        payload = frame.parse(self.text).payload
        decode = self.codec.decode_request if self.is_request else self.codec.decode_response
        return lambda: decode(self.action, payload)

    def ocpp_encode(self) -> str:
        payload = snake_to_camel_case(remove_nones(serialize_as_dict(self.message)))
        if self.is_request:
            message = ocpp.messages.Call("19223201", self.action, payload)
        else:
            message = ocpp.messages.CallResult("19223201", payload, self.action)
        ocpp.messages._validate_payload(message, self.version)
        return message.to_json()

    def ocpp_decode(self) -> object:
        message = ocpp.messages.unpack(self.text)
        message.action = self.action
        ocpp.messages._validate_payload(message, self.version)
        return camel_to_snake_case(message.payload)


def timed(work: Callable[[], object]) -> float:
    """Microseconds a call, over a batch of about `BATCH_S`."""
    start, calls = time.process_time(), 0
    while (spent := time.process_time() - start) < BATCH_S:
        work()
        calls += 1
    return spent / calls * 1e6


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    v16_codec, v201_codec = codec_for("ocpp1.6"), codec_for("ocpp2.0.1")
    messages = {
        "1.6 Heartbeat": Message(v16_codec, v16.call.Heartbeat()),
        "1.6 MeterValues (5 samples)": Message(v16_codec, meter_values()),
        "1.6 GetConfiguration (60 keys)": Message(v16_codec, configuration()),
        "2.0.1 TransactionEvent": Message(v201_codec, transaction_event()),
        "2.0.1 NotifyReport (50 entries)": Message(v201_codec, report()),
        "2.0.1 GetVariables (20)": Message(v201_codec, get_variables()),
    }
    works: dict[tuple[str, str], Callable[[], object]] = {}
    for name, message in messages.items():
        assert message.decode() == message.message
        works[name, "encode"], works[name, "ocpp encode"] = message.encode, message.ocpp_encode
        works[name, "decode"], works[name, "ocpp decode"] = message.decode, message.ocpp_decode
        works[name, "of it payload"] = message.decode_parsed()
    found: dict[tuple[str, str], list[float]] = {key: [] for key in works}
    for _ in range(rounds):
        for key, work in works.items():
            found[key].append(timed(work))
    columns = ("encode", "ocpp encode", "decode", "of it payload", "ocpp decode")
    print(f"{'microseconds, median of ' + str(rounds):34}" + "".join(f"{c:>15}" for c in columns))
    for name in messages:
        cells = "".join(f"{statistics.median(found[name, c]):15.1f}" for c in columns)
        print(f"{name:34}{cells}")


if __name__ == "__main__":
    main()
