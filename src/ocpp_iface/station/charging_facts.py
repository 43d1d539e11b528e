"""What the arithmetic of smart charging has to know of this station, gathered from where it is."""

from __future__ import annotations

from ocpp_iface.devicemodel.catalog import (
    Evse,
    InternalCtrlr,
    OCPP16LegacyCtrlr,
    SmartChargingCtrlr,
)
from ocpp_iface.devicemodel.instances import Located
from ocpp_iface.devicemodel.model import DeviceModel
from ocpp_iface.smartcharging import (
    ActiveTransaction,
    Edition,
    EvseContext,
    EvseFacts,
    Facts,
    Profiles,
    Purpose,
    RateUnit,
    RelativeStart,
)
from ocpp_iface.smartcharging import StationContext as ChargingContext
from ocpp_iface.station.context import StationContext
from ocpp_iface.station.rows import TransactionRow

_OF_THE_CSMS = (Purpose.STATION_MAX, Purpose.TX_DEFAULT, Purpose.TX)


def facts(ctx: StationContext, installed: Profiles) -> Facts:
    """What a new profile is judged by."""
    get = ctx.variables.get
    entries = ctx.variables.shape(Located(SmartChargingCtrlr.entries)).maximum
    return Facts(
        edition=ctx.policy.charging_edition,
        evses=tuple(_evse_facts(ctx, evse_id) for evse_id in ctx.topology.evse_ids()),
        installed=installed,
        rate_units=rate_units(ctx),
        max_stack_level=get(SmartChargingCtrlr.profile_stack_level),
        max_periods=get(SmartChargingCtrlr.periods_per_schedule),
        max_profiles=int(entries or 0),
        ac_phase_switching=get(SmartChargingCtrlr.ac_phase_switching_supported),
        allow_without_start_schedule=get(
            OCPP16LegacyCtrlr.allow_charging_profile_without_start_schedule
        ),
    )


def context(ctx: StationContext) -> ChargingContext:
    """What a composite schedule depends on besides its profiles."""
    return context_of(
        ctx.variables,
        ctx.policy.charging_edition,
        tuple(_evse_context(ctx, evse_id) for evse_id in ctx.topology.evse_ids()),
        ignored_purposes(ctx),
    )


def context_of(
    variables: DeviceModel,
    edition: Edition,
    evses: tuple[EvseContext, ...],
    ignored: tuple[Purpose, ...] = (),
) -> ChargingContext:
    get = variables.get
    return ChargingContext(
        evses=evses,
        supply_voltage=float(get(SmartChargingCtrlr.supply_voltage)) or 230.0,
        default_limit_a=float(get(SmartChargingCtrlr.default_limit_amps)),
        default_limit_w=float(get(SmartChargingCtrlr.default_limit_watts)),
        default_phases=get(SmartChargingCtrlr.default_number_phases),
        relative_start=(
            RelativeStart.TRANSACTION_START
            if edition is Edition.V16
            else RelativeStart.POWER_PATH_CLOSED
        ),
        ignored_purposes=ignored,
        max_duration_s=get(InternalCtrlr.max_composite_schedule_duration),
    )


def evse_context(
    variables: DeviceModel, evse_id: int, row: TransactionRow | None, schedule_index: int = 0
) -> EvseContext:
    """`row`: of the transaction that runs there."""
    phases = variables.get(Evse.supply_phases, evse=evse_id)
    return EvseContext(
        id=evse_id,
        transaction=ActiveTransaction(row.uuid, row.started_at, row.ready_at) if row else None,
        phases=phases or 3,
        dc=phases == 0,
        schedule_index=schedule_index,
    )


def rate_units(ctx: StationContext) -> tuple[RateUnit, ...]:
    return tuple(RateUnit(word) for word in ctx.variables.get(SmartChargingCtrlr.rate_unit))


def is_available(ctx: StationContext) -> bool:
    """The station can keep to limits."""
    return ctx.variables.get(SmartChargingCtrlr.available)


def is_enabled(ctx: StationContext) -> bool:
    """The CSMS may set limits: the station can keep to them, and that is not switched off."""
    return is_available(ctx) and ctx.variables.get(SmartChargingCtrlr.enabled)


def ignored_purposes(ctx: StationContext) -> tuple[Purpose, ...]:
    """Switched off: those that the CSMS sets. Offline: those that are configured."""
    if not is_enabled(ctx):
        return _OF_THE_CSMS
    if ctx.online:
        return ()
    words = ctx.variables.get(SmartChargingCtrlr.ignored_profile_purposes_offline)
    return tuple(Purpose(word) for word in words)


def _evse_facts(ctx: StationContext, evse_id: int) -> EvseFacts:
    evse = ctx.station.evses[evse_id]
    phases = ctx.variables.get(Evse.supply_phases, evse=evse_id)
    needs = ctx.station.smart_charging.needs.of(evse_id)
    return EvseFacts(
        id=evse_id,
        transaction_id=evse.transaction_id,
        dc=phases == 0,
        phase_counts=(1, 2, 3)[: phases or 3],  # the hardware is told, with its limit
        phase_in_use=1 if phases == 1 else None,
        charging_needs_sent=needs.sent,
        charging_needs_pending=needs.pending,
        max_schedule_tuples=needs.max_schedule_tuples,
    )


def _evse_context(ctx: StationContext, evse_id: int) -> EvseContext:
    row = ctx.station.transactions.open_on(evse_id)
    chosen = ctx.station.smart_charging.needs.of(evse_id).schedule_index
    return evse_context(ctx.variables, evse_id, row, chosen)
