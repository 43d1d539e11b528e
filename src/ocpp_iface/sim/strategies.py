"""Hypothesis strategies: one for each public value type, for the tests of this library and of apps.

`strategy_for(cls)` finds the one for a class. Needs `hypothesis` (extra `test`); nothing else in
the library imports this module. Timestamps are whole milliseconds, as the wire carries them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ocpp_iface import types as t

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


def _maybe(strategy: SearchStrategy[T]) -> SearchStrategy[T | None]:
    return st.none() | strategy


def _tuples(strategy: SearchStrategy[T], max_size: int = 3) -> SearchStrategy[tuple[T, ...]]:
    return st.lists(strategy, max_size=max_size).map(tuple)


def words(enum: type[E]) -> SearchStrategy[E]:
    return st.sampled_from(list(enum))


def texts(max_length: int = 60) -> SearchStrategy[str]:
    """Any text up to `max_length`, with the bound itself often enough to matter."""
    return st.text(max_size=max_length) | st.just("x" * max_length)


def names() -> SearchStrategy[str]:
    """Names of components and variables, often equal but for their case."""
    return st.sampled_from(["EVSE", "evse", "ClockCtrlr", "clockCTRLR"]) | texts(50)


def integers(minimum: int = -(2**31)) -> SearchStrategy[int]:
    return st.integers(minimum, 2**31 - 1)


def numbers() -> SearchStrategy[float]:
    return st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**6), 10**6)


def _in_milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def moments() -> SearchStrategy[datetime]:
    """Aware datetimes of any zone, in whole milliseconds."""
    zones = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(-timedelta(minutes=570))])
    return st.datetimes(datetime(1970, 1, 2), datetime(9999, 12, 30), timezones=zones).map(  # noqa: DTZ001  # Hypothesis wants naive bounds
        _in_milliseconds
    )


def evses() -> SearchStrategy[t.EVSE]:
    return st.builds(t.EVSE, integers(1), connector_id=_maybe(integers(1)))


def components() -> SearchStrategy[t.Component]:
    return st.builds(t.Component, names(), instance=_maybe(names()), evse=_maybe(evses()))


def variables() -> SearchStrategy[t.Variable]:
    return st.builds(t.Variable, names(), instance=_maybe(names()))


def component_variables() -> SearchStrategy[t.ComponentVariable]:
    return st.builds(t.ComponentVariable, components(), variables())


def get_variable_requests() -> SearchStrategy[t.GetVariableRequest]:
    return st.builds(
        t.GetVariableRequest, component_variables(), attribute_type=_maybe(words(t.AttributeEnum))
    )


def get_variable_results() -> SearchStrategy[t.GetVariableResult]:
    return st.builds(
        t.GetVariableResult,
        words(t.GetVariableStatusEnumType),
        component_variables(),
        attribute_type=_maybe(words(t.AttributeEnum)),
        value=_maybe(texts(2500)),
    )


def set_variable_requests() -> SearchStrategy[t.SetVariableRequest]:
    return st.builds(
        t.SetVariableRequest,
        component_variables(),
        texts(1000),
        attribute_type=_maybe(words(t.AttributeEnum)),
    )


def set_variable_results() -> SearchStrategy[t.SetVariableResult]:
    return st.builds(
        t.SetVariableResult,
        words(t.SetVariableStatusEnumType),
        component_variables(),
        attribute_type=_maybe(words(t.AttributeEnum)),
    )


def change_availability_requests() -> SearchStrategy[t.ChangeAvailabilityRequest]:
    return st.builds(
        t.ChangeAvailabilityRequest, words(t.OperationalStatusEnumType), evse=_maybe(evses())
    )


def status_infos() -> SearchStrategy[t.StatusInfoType]:
    return st.builds(t.StatusInfoType, texts(20), additional_info=_maybe(texts(512)))


def change_availability_responses() -> SearchStrategy[t.ChangeAvailabilityResponse]:
    return st.builds(
        t.ChangeAvailabilityResponse,
        words(t.ChangeAvailabilityStatusEnumType),
        status_info=_maybe(status_infos()),
    )


def boot_notification_responses() -> SearchStrategy[t.BootNotificationResponse]:
    return st.builds(
        t.BootNotificationResponse,
        words(t.RegistrationStatus),
        moments(),
        integers(),
        status_info=_maybe(status_infos()),
    )


def connection_statuses() -> SearchStrategy[t.ConnectionStatus]:
    return st.builds(
        t.ConnectionStatus,
        st.booleans(),
        csms_url=_maybe(texts()),
        identity=_maybe(texts()),
        security_profile=_maybe(integers()),
        configuration_slot=_maybe(integers()),
        ocpp_interface=_maybe(texts()),
        ocpp_transport=_maybe(texts()),
        ocpp_version=_maybe(texts()),
    )


def event_datas() -> SearchStrategy[t.EventData]:
    return st.builds(
        t.EventData,
        component_variables(),
        integers(),
        moments(),
        words(t.EventTriggerEnum),
        texts(2500),
        words(t.EventNotificationType),
        cause=_maybe(integers()),
        tech_code=_maybe(texts(50)),
        tech_info=_maybe(texts(500)),
        cleared=_maybe(st.booleans()),
        transaction_id=_maybe(texts(36)),
        variable_monitoring_id=_maybe(integers()),
    )


def freq_watt_points() -> SearchStrategy[t.V2XFreqWattPointType]:
    return st.builds(t.V2XFreqWattPointType, numbers(), numbers())


def signal_watt_points() -> SearchStrategy[t.V2XSignalWattPointCurve]:
    return st.builds(t.V2XSignalWattPointCurve, integers(), numbers())


def charging_schedule_periods() -> SearchStrategy[t.ChargingSchedulePeriod]:
    return st.builds(
        t.ChargingSchedulePeriod,
        integers(),
        numbers(),
        limit_L2=_maybe(numbers()),
        limit_L3=_maybe(numbers()),
        number_phases=_maybe(integers()),
        stack_level=_maybe(integers()),
        phase_to_use=_maybe(integers()),
        discharge_limit=_maybe(numbers()),
        discharge_limit_L2=_maybe(numbers()),
        discharge_limit_L3=_maybe(numbers()),
        setpoint=_maybe(numbers()),
        setpoint_L2=_maybe(numbers()),
        setpoint_L3=_maybe(numbers()),
        setpoint_reactive=_maybe(numbers()),
        setpoint_reactive_L2=_maybe(numbers()),
        setpoint_reactive_L3=_maybe(numbers()),
        preconditioning_request=_maybe(numbers()),
        evse_sleep=_maybe(st.booleans()),
        v2x_baseline=_maybe(numbers()),
        operation_mode=_maybe(words(t.OperationMode)),
        v2x_freq_watt_curve=_maybe(_tuples(freq_watt_points())),
        v2x_signal_watt_curve=_maybe(_tuples(signal_watt_points())),
    )


def charging_schedules_of_one_evse() -> SearchStrategy[t.ChargingSchedule]:
    return st.builds(
        t.ChargingSchedule,
        integers(0),
        st.sampled_from(["A", "W"]),
        _tuples(charging_schedule_periods(), 2),
        duration=_maybe(integers()),
        start_schedule=_maybe(moments()),
        min_charging_rate=_maybe(numbers()),
    )


def charging_schedules() -> SearchStrategy[t.ChargingSchedules]:
    return st.builds(t.ChargingSchedules, _tuples(charging_schedules_of_one_evse(), 2))


def security_events() -> SearchStrategy[t.SecurityEvent]:
    return st.builds(
        t.SecurityEvent,
        words(t.SecurityEventEnum).map(str) | texts(50),
        info=_maybe(texts(255)),
        critical=_maybe(st.booleans()),
        timestamp=_maybe(moments()),
    )


def message_contents() -> SearchStrategy[t.MessageContent]:
    return st.builds(
        t.MessageContent,
        texts(512),
        format=_maybe(words(t.MessageFormat)),
        language=_maybe(texts(8)),
    )


def messages() -> SearchStrategy[t.Message]:
    return st.builds(t.Message, texts(), words(t.MessageDirection), version=_maybe(texts(8)))


def ocpp_transaction_events() -> SearchStrategy[t.OcppTransactionEvent]:
    return st.builds(
        t.OcppTransactionEvent,
        words(t.TransactionEvent),
        texts(36),
        evse=_maybe(evses()),
        transaction_id=_maybe(texts(36)),
    )


def ocpp_transaction_event_responses() -> SearchStrategy[t.OcppTransactionEventResponse]:
    return st.builds(
        t.OcppTransactionEventResponse,
        ocpp_transaction_events(),
        total_cost=_maybe(numbers()),
        charging_priority=_maybe(integers()),
        personal_message=_maybe(message_contents()),
    )


def custom_datas() -> SearchStrategy[t.CustomData]:
    return st.builds(t.CustomData, texts(255), texts())


def data_transfer_requests() -> SearchStrategy[t.DataTransferRequest]:
    return st.builds(
        t.DataTransferRequest,
        texts(255),
        message_id=_maybe(texts(50)),
        data=_maybe(texts()),
        custom_data=_maybe(custom_datas()),
    )


def data_transfer_responses() -> SearchStrategy[t.DataTransferResponse]:
    return st.builds(
        t.DataTransferResponse,
        words(t.DataTransferStatus),
        data=_maybe(texts()),
        custom_data=_maybe(custom_datas()),
    )


def key_values() -> SearchStrategy[t.KeyValue]:
    return st.builds(t.KeyValue, texts(50), st.booleans(), value=_maybe(texts(5000)))


def get_configuration_responses() -> SearchStrategy[t.GetConfigurationResponse]:
    return st.builds(t.GetConfigurationResponse, _tuples(key_values()), _tuples(texts(50)))


def additional_infos() -> SearchStrategy[t.AdditionalInfo]:
    return st.builds(t.AdditionalInfo, texts(36), texts(50))


def id_tokens() -> SearchStrategy[t.IdToken]:
    return st.builds(
        t.IdToken, texts(36), words(t.IdTokenType), additional_info=_tuples(additional_infos())
    )


def id_token_infos() -> SearchStrategy[t.IdTokenInfo]:
    return st.builds(
        t.IdTokenInfo,
        words(t.AuthorizationStatus),
        cache_expiry=_maybe(moments()),
        group_id=_maybe(id_tokens()),
        charging_priority=_maybe(st.integers(-9, 9)),
        language1=_maybe(texts(8)),
        language2=_maybe(texts(8)),
        evse_ids=_tuples(integers(0)),
        personal_message=_maybe(message_contents()),
    )


def signed_meter_values() -> SearchStrategy[t.SignedMeterValue]:
    return st.builds(t.SignedMeterValue, texts(2500), texts(50), texts(50), texts(2500))


def sampled_values() -> SearchStrategy[t.SampledValue]:
    """Samples in the default unit of their measurand , times a power of ten."""
    return st.builds(
        t.SampledValue,
        numbers(),
        words(t.Measurand),
        phase=_maybe(words(t.Phase)),
        location=_maybe(words(t.Location)),
        multiplier=st.integers(-3, 3),
        signed=_maybe(signed_meter_values()),
    )


def meter_readings() -> SearchStrategy[t.MeterReading]:
    return st.builds(t.MeterReading, moments(), _tuples(sampled_values()))


def meter_values() -> SearchStrategy[t.MeterValue]:
    return st.builds(t.MeterValue, moments(), words(t.ReadingContext), _tuples(sampled_values()))


def faults() -> SearchStrategy[t.Fault]:
    return st.builds(
        t.Fault,
        st.text(min_size=1, max_size=20),
        st.sampled_from(["OtherError", "GroundFailure", "HighTemperature"]),
        texts(50),
        texts(255),
        texts(50),
        st.booleans(),
    )


STRATEGIES: Final[Mapping[type, Callable[[], SearchStrategy[Any]]]] = MappingProxyType(
    {
        t.AdditionalInfo: additional_infos,
        t.BootNotificationResponse: boot_notification_responses,
        t.ChangeAvailabilityRequest: change_availability_requests,
        t.ChangeAvailabilityResponse: change_availability_responses,
        t.ChargingSchedule: charging_schedules_of_one_evse,
        t.ChargingSchedulePeriod: charging_schedule_periods,
        t.ChargingSchedules: charging_schedules,
        t.Component: components,
        t.ComponentVariable: component_variables,
        t.ConnectionStatus: connection_statuses,
        t.CustomData: custom_datas,
        t.DataTransferRequest: data_transfer_requests,
        t.DataTransferResponse: data_transfer_responses,
        t.EVSE: evses,
        t.EventData: event_datas,
        t.Fault: faults,
        t.GetConfigurationResponse: get_configuration_responses,
        t.GetVariableRequest: get_variable_requests,
        t.GetVariableResult: get_variable_results,
        t.IdToken: id_tokens,
        t.IdTokenInfo: id_token_infos,
        t.KeyValue: key_values,
        t.Message: messages,
        t.MessageContent: message_contents,
        t.MeterReading: meter_readings,
        t.MeterValue: meter_values,
        t.OcppTransactionEvent: ocpp_transaction_events,
        t.OcppTransactionEventResponse: ocpp_transaction_event_responses,
        t.SampledValue: sampled_values,
        t.SecurityEvent: security_events,
        t.SetVariableRequest: set_variable_requests,
        t.SetVariableResult: set_variable_results,
        t.SignedMeterValue: signed_meter_values,
        t.StatusInfoType: status_infos,
        t.V2XFreqWattPointType: freq_watt_points,
        t.V2XSignalWattPointCurve: signal_watt_points,
        t.Variable: variables,
    }
)
"""The strategy of each value class."""


def strategy_for(cls: type[T]) -> SearchStrategy[T]:
    """Valid values of `cls`: a value class or enumeration of `ocpp_iface.types`.

    Raises LookupError if there is none.
    """
    if issubclass(cls, StrEnum):
        return st.sampled_from(list(cls))
    try:
        return STRATEGIES[cls]()
    except KeyError:
        raise LookupError(f"no strategy for {cls.__name__}") from None
