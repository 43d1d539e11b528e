"""TransactionEventRequest of a fact, and meter values in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from attrs import evolve

from ocpp_iface.types import (
    ChargingState,
    IdToken,
    Location,
    Measurand,
    MeterValue,
    Phase,
    ReadingContext,
    SampledValue,
    SignedMeterValue,
    StoppedReason,
    TransactionEvent,
    TriggerReason,
)
from ocpp_iface.types.facts import TransactionFact
from ocpp_iface.v201.mapping import metering, transactions
from ocpp_iface.wire.codec import codec_for
from ocpp_iface.wire.v201 import datatypes, enums

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FACT = TransactionFact(
    TransactionEvent.Updated, "tx", 3, NOON, TriggerReason.ChargingStateChanged, 1, 2
)


def test_a_plain_event_carries_what_is_required() -> None:
    event = transactions.to_wire(FACT, None)

    assert event.seq_no == 3
    assert event.timestamp == "2026-01-01T12:00:00Z"
    assert event.transaction_info == datatypes.TransactionType("tx")
    assert (event.evse, event.id_token, event.offline, event.meter_value) == (None,) * 4


def test_what_is_older_than_the_link_happened_offline() -> None:
    assert transactions.to_wire(FACT, NOON + timedelta(seconds=1)).offline is True
    assert transactions.to_wire(FACT, NOON - timedelta(seconds=1)).offline is None
    assert transactions.to_wire(evolve(FACT, offline=True), None).offline is True


def test_the_last_event_says_why() -> None:
    fact = evolve(
        FACT,
        kind=TransactionEvent.Ended,
        stopped_reason=StoppedReason.EVDisconnected,
        time_spent_charging_s=12,
        charging_state=ChargingState.Idle,
    )

    info = transactions.to_wire(fact, None).transaction_info

    assert info.stopped_reason is enums.ReasonEnumType.ev_disconnected
    assert info.time_spent_charging == 12
    assert info.charging_state is enums.ChargingStateEnumType.idle


def test_every_word_of_the_station_has_one_on_the_wire() -> None:
    codec = codec_for("ocpp2.0.1", validate_outbound=True)
    for trigger in TriggerReason:
        codec.encode_request(transactions.to_wire(evolve(FACT, trigger=trigger), None))
    for reason in StoppedReason:
        codec.encode_request(transactions.to_wire(evolve(FACT, stopped_reason=reason), None))
    for state in ChargingState:
        codec.encode_request(transactions.to_wire(evolve(FACT, charging_state=state), None))


def test_evse_and_token() -> None:
    event = transactions.to_wire(evolve(FACT, with_evse=True, id_token=IdToken("A")), None)

    assert event.evse == datatypes.EVSEType(1, 2)
    assert event.id_token is not None


def test_a_triggered_event_names_its_evse() -> None:
    event = transactions.to_wire(evolve(FACT, trigger=TriggerReason.Trigger), None)

    assert event.evse == datatypes.EVSEType(1, 2)


def value(*samples: SampledValue) -> MeterValue:
    return MeterValue(NOON, ReadingContext.Sample_Clock, samples)


def test_a_sample_with_everything() -> None:
    sample = SampledValue(
        7.5,
        Measurand.Power_Active_Import,
        Phase.L1_N,
        Location.Outlet,
        "W",
        3,
        SignedMeterValue("c2lnbg==", "m", "OCMF", "a2V5"),
    )

    (mapped,) = metering.to_wire([value(sample)])

    assert mapped.sampled_value == [
        datatypes.SampledValueType(
            7.5,
            context=enums.ReadingContextEnumType.sample_clock,
            measurand=enums.MeasurandEnumType.power_active_import,
            phase=enums.PhaseEnumType.l1_n,
            location=enums.LocationEnumType.outlet,
            signed_meter_value=datatypes.SignedMeterValueType("c2lnbg==", "m", "OCMF", "a2V5"),
            unit_of_measure=datatypes.UnitOfMeasureType("W", 3),
        )
    ]


def test_measurands_of_another_version_are_left_out() -> None:
    assert metering.to_wire([value(SampledValue(20.0, Measurand.Temperature))]) == []
    (mapped,) = metering.to_wire(
        [value(SampledValue(20.0, Measurand.Temperature), SampledValue(1.0))]
    )
    assert len(mapped.sampled_value) == 1


def test_every_measurand_context_phase_and_location_is_valid() -> None:
    codec = codec_for("ocpp2.0.1", validate_outbound=True)
    samples = [SampledValue(1.0, measurand) for measurand in Measurand]
    samples += [SampledValue(1.0, phase=phase) for phase in Phase]
    samples += [SampledValue(1.0, location=location) for location in Location]
    for context in ReadingContext:
        fact = evolve(FACT, meter_values=(MeterValue(NOON, context, samples),))
        codec.encode_request(transactions.to_wire(fact, None))


def test_each_sample_tells_its_unit_and_multiplier() -> None:
    """Wh of the energy register and a multiplier of 0 are what the reader assumes."""
    volts = SampledValue(230.0, Measurand.Voltage, unit="V")
    kilo = SampledValue(1.5, Measurand.Energy_Active_Import_Register, unit="Wh", multiplier=3)
    export = SampledValue(9.0, Measurand.Energy_Active_Export_Register, unit="Wh")
    register = SampledValue(1500.0, Measurand.Energy_Active_Import_Register, unit="Wh")

    (value,) = metering.to_wire(
        [MeterValue(NOON, ReadingContext.Trigger, (volts, kilo, export, register))]
    )

    assert [sample.unit_of_measure for sample in value.sampled_value] == [
        datatypes.UnitOfMeasureType("V"),
        datatypes.UnitOfMeasureType("Wh", 3),
        datatypes.UnitOfMeasureType("Wh"),
        None,
    ]
