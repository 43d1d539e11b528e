"""The messages of the benchmark, from the payload classes of either library.

`wire` is `ocpp_iface.wire.v16` or `.v201`, or the package `ocpp.v16` or `.v201`: their classes have
the same names and fields.
"""

from __future__ import annotations

from typing import Any

STAMP = "2026-01-01T00:00:00Z"
REPORTED = 50
KEYS = 60

VARIABLES = (
    ("OCPPCommCtrlr", "HeartbeatInterval"),
    ("OCPPCommCtrlr", "OfflineThreshold"),
    ("OCPPCommCtrlr", "RetryBackOffRandomRange"),
    ("OCPPCommCtrlr", "RetryBackOffRepeatTimes"),
    ("OCPPCommCtrlr", "RetryBackOffWaitMinimum"),
    ("OCPPCommCtrlr", "UnlockOnEVSideDisconnect"),
    ("OCPPCommCtrlr", "WebSocketPingInterval"),
    ("OCPPCommCtrlr", "NetworkProfileConnectionAttempts"),
    ("AuthCtrlr", "AuthorizeRemoteStart"),
    ("AuthCtrlr", "LocalAuthorizeOffline"),
    ("AuthCtrlr", "LocalPreAuthorize"),
    ("ClockCtrlr", "TimeSource"),
    ("AlignedDataCtrlr", "Interval"),
    ("AlignedDataCtrlr", "Measurands"),
    ("SampledDataCtrlr", "TxUpdatedInterval"),
    ("SampledDataCtrlr", "TxUpdatedMeasurands"),
    ("TxCtrlr", "EVConnectionTimeOut"),
    ("TxCtrlr", "TxStartPoint"),
    ("TxCtrlr", "TxStopPoint"),
    ("TxCtrlr", "StopTxOnInvalidId"),
)
"""What GetVariables asks for: 20 variables that every station has."""

SAMPLES = (
    # value, measurand, phase, unit
    (1234.5, "Energy.Active.Import.Register", None, "Wh"),
    (11_040.0, "Power.Active.Import", None, "W"),
    (16.1, "Current.Import", "L1", "A"),
    (16.2, "Current.Import", "L2", "A"),
    (231.4, "Voltage", "L1", "V"),
)


def heartbeat(wire: Any) -> Any:
    return wire.call.Heartbeat()


def meter_values(wire: Any) -> Any:
    d, e = wire.datatypes, wire.enums
    samples = [
        d.SampledValue(
            value=str(value),
            context=e.ReadingContext.sample_periodic,
            measurand=e.Measurand(measurand),
            phase=e.Phase(phase) if phase else None,
            unit=e.UnitOfMeasure(unit),
        )
        for value, measurand, phase, unit in SAMPLES
    ]
    return wire.call.MeterValues(
        connector_id=1, meter_value=[d.MeterValue(STAMP, samples)], transaction_id=7
    )


def transaction_event(wire: Any) -> Any:
    d, e = wire.datatypes, wire.enums
    samples = [
        d.SampledValueType(
            value=value,
            context=e.ReadingContextEnumType.sample_periodic,
            measurand=e.MeasurandEnumType(measurand),
            phase=e.PhaseEnumType(phase) if phase else None,
            unit_of_measure=d.UnitOfMeasureType(unit=unit),
        )
        for value, measurand, phase, unit in SAMPLES
    ]
    return wire.call.TransactionEvent(
        event_type=e.TransactionEventEnumType.updated,
        timestamp=STAMP,
        trigger_reason=e.TriggerReasonEnumType.meter_value_periodic,
        seq_no=3,
        transaction_info=d.TransactionType(
            transaction_id="0f4b5c1e-64a5-4b1d-8b1e-4c2f7cbd9d10",
            charging_state=e.ChargingStateEnumType.charging,
            time_spent_charging=600,
        ),
        meter_value=[d.MeterValueType(timestamp=STAMP, sampled_value=samples)],
    )


def notify_report(wire: Any) -> Any:
    d, e = wire.datatypes, wire.enums
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
        for i in range(REPORTED)
    ]
    return wire.call.NotifyReport(
        request_id=1, generated_at=STAMP, seq_no=0, report_data=data, tbc=False
    )


def variables_asked() -> dict[str, Any]:
    """GetVariables, as JSON."""
    return {
        "getVariableData": [
            {"component": {"name": component}, "variable": {"name": variable}}
            for component, variable in VARIABLES
        ]
    }
