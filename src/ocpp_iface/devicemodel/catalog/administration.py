"""ClockCtrlr, DeviceDataCtrlr, CustomizationCtrlr, MonitoringCtrlr and DisplayMessageCtrlr."""

from __future__ import annotations

from ocpp_iface.devicemodel.component import ComponentDef
from ocpp_iface.devicemodel.definition import (
    RW,
    Boolean,
    DateTime,
    Integer,
    MemberList,
    OptionList,
    Profile,
    SequenceList,
    String,
    key,
)

_TIME_SOURCES = (
    "Heartbeat",
    "NTP",
    "GPS",
    "RealTimeClock",
    "MobileNetwork",
    "RadioTimeTransmitter",
)
_COUNT_OF_ITEMS = 100
_COUNT_OF_BYTES = 65_000


class ClockCtrlr(ComponentDef, name="ClockCtrlr"):
    date_time = DateTime("DateTime", required=True, persistent=False, monitored=False, derived=True)
    next_time_offset_transition = DateTime(
        "NextTimeOffsetTransitionDateTime",
        access=RW,
        key16=key("NextTimeOffsetTransitionDateTime", Profile.COST),
    )
    ntp_server_uri = String("NtpServerUri", maximum=1000, access=RW)
    ntp_source = OptionList("NtpSource", "DHCP", ("DHCP", "manual"), access=RW)
    time_adjustment_reporting_threshold = Integer(
        "TimeAdjustmentReportingThreshold", default=20, unit="s", minimum=0, access=RW
    )
    time_offset = String(
        "TimeOffset",
        default="+00:00",
        maximum=10,
        access=RW,
        key16=key("TimeOffset", Profile.COST),
    )
    time_offset_next_transition = String(
        "TimeOffset",
        instance="NextTransition",
        maximum=10,
        access=RW,
        key16=key("TimeOffsetNextTransition", Profile.COST),
    )
    time_source = SequenceList(
        "TimeSource", ("Heartbeat",), _TIME_SOURCES, access=RW, required=True
    )
    time_zone = String("TimeZone", default="Etc/UTC", maximum=100, access=RW)


class CustomizationCtrlr(ComponentDef, name="CustomizationCtrlr"):
    """Further instances, one per vendor id, come from the configuration."""

    costmsg = Boolean("CustomImplementationEnabled", instance="org.openchargealliance.costmsg")
    multilanguage = Boolean(
        "CustomImplementationEnabled", instance="org.openchargealliance.multilanguage"
    )


class DeviceDataCtrlr(ComponentDef, name="DeviceDataCtrlr"):
    items_per_get_report = Integer(
        "ItemsPerMessage", default=_COUNT_OF_ITEMS, instance="GetReport", required=True
    )
    items_per_get_variables = Integer(
        "ItemsPerMessage", default=_COUNT_OF_ITEMS, instance="GetVariables", required=True
    )
    items_per_set_variables = Integer(
        "ItemsPerMessage", default=_COUNT_OF_ITEMS, instance="SetVariables", required=True
    )
    bytes_per_get_report = Integer(
        "BytesPerMessage", default=_COUNT_OF_BYTES, instance="GetReport", required=True
    )
    bytes_per_get_variables = Integer(
        "BytesPerMessage", default=_COUNT_OF_BYTES, instance="GetVariables", required=True
    )
    bytes_per_set_variables = Integer(
        "BytesPerMessage", default=_COUNT_OF_BYTES, instance="SetVariables", required=True
    )
    configuration_value_size = Integer("ConfigurationValueSize", default=1000, maximum=1000)
    reporting_value_size = Integer("ReportingValueSize", default=2500, maximum=2500)
    value_size = Integer("ValueSize", default=2500, maximum=2500)


class MonitoringCtrlr(ComponentDef, name="MonitoringCtrlr"):
    available = Boolean("Available", constant=True)
    enabled = Boolean("Enabled", access=RW)
    items_per_set_variable_monitoring = Integer(
        "ItemsPerMessage", default=_COUNT_OF_ITEMS, instance="SetVariableMonitoring", required=True
    )
    items_per_clear_variable_monitoring = Integer(
        "ItemsPerMessage", default=_COUNT_OF_ITEMS, instance="ClearVariableMonitoring"
    )
    bytes_per_set_variable_monitoring = Integer(
        "BytesPerMessage", default=_COUNT_OF_BYTES, instance="SetVariableMonitoring", required=True
    )
    bytes_per_clear_variable_monitoring = Integer(
        "BytesPerMessage", default=_COUNT_OF_BYTES, instance="ClearVariableMonitoring"
    )
    offline_queuing_severity = Integer(
        "OfflineQueuingSeverity", default=9, minimum=0, maximum=9, access=RW
    )
    active_monitoring_base = OptionList(
        "ActiveMonitoringBase", "All", ("All", "FactoryDefault", "HardWiredOnly")
    )
    active_monitoring_level = Integer("ActiveMonitoringLevel", default=9, minimum=0, maximum=9)


class DisplayMessageCtrlr(ComponentDef, name="DisplayMessageCtrlr"):
    available = Boolean("Available", constant=True)
    enabled = Boolean("Enabled", access=RW)
    display_messages = Integer(
        "DisplayMessages", default=0, maximum=100, required=True, derived=True
    )
    """How many are installed; the limit is how many there may be."""
    personal_message_size = Integer("PersonalMessageSize", default=512)
    supported_formats = MemberList(
        "SupportedFormats", (), ("ASCII", "HTML", "URI", "UTF8"), required=True
    )
    supported_priorities = MemberList(
        "SupportedPriorities", (), ("AlwaysFront", "InFront", "NormalCycle"), required=True
    )
    supported_states = MemberList(
        "SupportedStates", (), ("Charging", "Faulted", "Idle", "Unavailable")
    )
