"""Where the profiles to be drawn come from: the store of a station, or a file of messages."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from ocpp_iface.cli.offline import offline_station
from ocpp_iface.config import StationConfig
from ocpp_iface.errors import ConfigurationError, PayloadError
from ocpp_iface.ports.store import Store
from ocpp_iface.smartcharging import (
    ActiveTransaction,
    Candidate,
    Edition,
    EvseContext,
    EvseFacts,
    Facts,
    Profiles,
    Purpose,
    StationContext,
    install,
    validate,
)
from ocpp_iface.station import charging_facts
from ocpp_iface.station.charging_profiles import LIMITS, PROFILES
from ocpp_iface.station.rows import EVSES, TRANSACTIONS, TransactionRow
from ocpp_iface.v16.mapping import profiles as profiles16
from ocpp_iface.v201.mapping import profiles as profiles201
from ocpp_iface.wire.codec import codec_for


@frozen
class Plan:
    """What there is to draw. `refused`: what was in the file but no station would take."""

    installed: Profiles
    context: StationContext
    refused: tuple[str, ...] = ()


def from_store(file: Path) -> Plan:
    """The profiles, limits and transactions in the store of a station that is not running.

    Raises ConfigurationError, StoreError.
    """
    config = StationConfig.from_toml(file)
    edition = Edition(config.versions[0].removeprefix("ocpp"))
    with offline_station(config) as station:
        rows = [
            row.installed
            for definition in (PROFILES, LIMITS)
            for _, row in station.store.table(definition).items()
        ]
        evses = tuple(
            charging_facts.evse_context(station.model, evse_id, _running(station.store, evse_id))
            for evse_id in config.topology.evse_ids()
        )
        context = charging_facts.context_of(station.model, edition, evses)
    return Plan(tuple(sorted(rows, key=lambda item: item.sequence)), context)


def _running(store: Store, evse_id: int) -> TransactionRow | None:
    evse = store.table(EVSES).get(str(evse_id))
    row = store.table(TRANSACTIONS).get(evse.transaction) if evse and evse.transaction else None
    return None if row is None or row.ended else row


def from_messages(file: Path, now: datetime, evses: int) -> Plan:
    """SetChargingProfile requests, installed one after the other as at `now`.

    `evses`: how many the station has; 0: as many as the requests name. Raises ConfigurationError.
    """
    candidates = [_candidate(file, index, each) for index, each in enumerate(_requests(file))]
    count = max([evses, 1, *(candidate.evse_id or 0 for _, candidate in candidates)])
    running = {
        candidate.evse_id: candidate.profile.transaction_id or ""
        for _, candidate in reversed(candidates)
        if candidate.profile.purpose is Purpose.TX
    }
    installed: Profiles = ()
    refused = []
    for edition, candidate in candidates:
        facts = Facts(edition, _facts(count, running), installed)
        rejection = validate(candidate, facts)
        if rejection is None:
            change = install(
                installed, candidate.profile, candidate.evse_id or 0, now=now, edition=edition
            )
            installed = change.profiles
        else:
            refused.append(
                f"profile {candidate.profile.id}: {rejection.reason_code}: "
                f"{rejection.additional_info} ({rejection.requirement})"
            )
    contexts = tuple(
        EvseContext(
            number,
            ActiveTransaction(running[number], now, now) if number in running else None,
        )
        for number in range(1, count + 1)
    )
    return Plan(installed, StationContext(contexts), tuple(refused))


def _facts(count: int, running: dict[int | None, str]) -> tuple[EvseFacts, ...]:
    return tuple(EvseFacts(number, running.get(number)) for number in range(1, count + 1))


def _requests(file: Path) -> Sequence[Any]:
    try:
        held = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(error.strerror or str(error), source=str(file)) from None
    except ValueError as error:
        raise ConfigurationError(f"no JSON: {error}", source=str(file)) from None
    return held if isinstance(held, list) and not _is_frame(held) else [held]


def _is_frame(held: Any) -> bool:
    """[2, id, action, payload]"""
    return isinstance(held, list) and len(held) == 4 and held[0] == 2


def _candidate(file: Path, index: int, request: Any) -> tuple[Edition, Candidate]:
    """A whole frame will do too."""
    if _is_frame(request):
        request = request[3]
    edition = Edition.V201
    if isinstance(request, dict) and "csChargingProfiles" in request:
        edition = Edition.V16
    try:
        message: Any = codec_for(f"ocpp{edition.value}").decode_request(
            "SetChargingProfile", request
        )
    except PayloadError as fault:
        path = f"[{index}].{fault.path}" if fault.path else f"[{index}]"
        raise ConfigurationError(fault.reason, source=str(file), path=path) from None
    if edition is Edition.V201:
        wanted = profiles201.from_wire(message.charging_profile)
        return edition, Candidate(wanted, message.evse_id)
    named = message.cs_charging_profiles.transaction_id
    wanted = profiles16.from_wire(message.cs_charging_profiles)
    if wanted.purpose is Purpose.TX:
        wanted = evolve(wanted, transaction_id=str(named or ""))
    return edition, Candidate(wanted, message.connector_id)
