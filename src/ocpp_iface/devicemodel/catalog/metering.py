"""AlignedDataCtrlr and SampledDataCtrlr: which measurands are reported when."""

from __future__ import annotations

from ocpp_iface.devicemodel.component import ComponentDef
from ocpp_iface.devicemodel.definition import (
    RW,
    Boolean,
    Integer,
    MemberList,
    Profile,
    max_limit,
    values_list,
)
from ocpp_iface.types.metering import Measurand, Phase

MEASURANDS = tuple(str(measurand) for measurand in Measurand)
PHASES = tuple(str(phase) for phase in Phase)
ENERGY = ("Energy.Active.Import.Register",)
SUPPORTED = values_list("SupportedMeasurands", Profile.INTERNAL)
_LENGTH = 1000
_MOST = len(MEASURANDS)
"""All that the values list offers may be asked for at once."""


class AlignedDataCtrlr(ComponentDef, name="AlignedDataCtrlr"):
    enabled = Boolean("Enabled", default=True, access=RW)
    available = Boolean("Available", default=True, constant=True)
    interval = Integer(
        "Interval",
        default=900,
        unit="s",
        minimum=0,
        access=RW,
        required=True,
        key16="ClockAlignedDataInterval",
    )
    """Seconds, aligned to midnight; 0: none."""
    measurands = MemberList(
        "Measurands",
        ENERGY,
        MEASURANDS,
        suffixes=PHASES,
        max_items=_MOST,
        maximum=_LENGTH,
        access=RW,
        required=True,
        key16=("MeterValuesAlignedData", max_limit("MeterValuesAlignedDataMaxLength"), SUPPORTED),
    )
    send_during_idle = Boolean("SendDuringIdle", access=RW)
    sign_readings = Boolean("SignReadings", access=RW)
    tx_ended_interval = Integer(
        "TxEndedInterval", default=0, unit="s", minimum=0, access=RW, required=True
    )
    """0: no clock-aligned values are kept for the end of the transaction."""
    tx_ended_measurands = MemberList(
        "TxEndedMeasurands",
        ENERGY,
        MEASURANDS,
        suffixes=PHASES,
        max_items=_MOST,
        maximum=_LENGTH,
        access=RW,
        required=True,
        key16=("StopTxnAlignedData", max_limit("StopTxnAlignedDataMaxLength"), SUPPORTED),
    )


class SampledDataCtrlr(ComponentDef, name="SampledDataCtrlr"):
    enabled = Boolean("Enabled", default=True, access=RW)
    available = Boolean("Available", default=True, constant=True)
    sign_readings = Boolean("SignReadings", access=RW)
    tx_ended_interval = Integer(
        "TxEndedInterval", default=0, unit="s", minimum=0, access=RW, required=True
    )
    """0: only the values at the start and at the end of the transaction."""
    tx_ended_measurands = MemberList(
        "TxEndedMeasurands",
        ENERGY,
        MEASURANDS,
        suffixes=PHASES,
        max_items=_MOST,
        maximum=_LENGTH,
        access=RW,
        required=True,
        key16=("StopTxnSampledData", max_limit("StopTxnSampledDataMaxLength"), SUPPORTED),
    )
    tx_started_measurands = MemberList(
        "TxStartedMeasurands",
        ENERGY,
        MEASURANDS,
        suffixes=PHASES,
        max_items=_MOST,
        maximum=_LENGTH,
        access=RW,
        required=True,
        key16=(SUPPORTED,),
    )
    tx_updated_interval = Integer(
        "TxUpdatedInterval",
        default=120,
        unit="s",
        minimum=0,
        access=RW,
        required=True,
        key16="MeterValueSampleInterval",
    )
    """0: none during the transaction."""
    tx_updated_measurands = MemberList(
        "TxUpdatedMeasurands",
        ENERGY,
        MEASURANDS,
        suffixes=PHASES,
        max_items=_MOST,
        maximum=_LENGTH,
        access=RW,
        required=True,
        key16=("MeterValuesSampledData", max_limit("MeterValuesSampledDataMaxLength"), SUPPORTED),
    )
    register_values_without_phases = Boolean("RegisterValuesWithoutPhases", access=RW)
