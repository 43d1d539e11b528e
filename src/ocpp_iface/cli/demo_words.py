"""What the demo shows of a var: the gist of it, short enough for one line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ocpp_iface.cli.printer import flat


def gist(name: str, value: Any) -> str:
    """The value of a var (as JSON) in words."""
    match name:
        case "ocpp_transaction_event":
            return " ".join(_transaction(value))
        case "ocpp_transaction_event_response":
            cost = value.get("total_cost")
            words = ["to", *_transaction(value["original_transaction_event"])]
            return " ".join(words) + ("" if cost is None else f", total cost {cost:g}")
        case "charging_schedules":
            return ", ".join(_schedule(each) for each in value["schedules"])
        case "event_data":
            variable = value["component_variable"]["variable"]["name"]
            return f"{variable} is {value['actual_value']} now (event {value['event_id']})"
        case "boot_notification_response":
            return f"{value['status']}, interval {value['interval']} s"
        case "connection_status":
            return _connection(value)
        case "security_event":
            return f"{value['type']} {value.get('info', '')}".rstrip()
        case _:
            return " ".join(flat(value))


def _transaction(value: dict[str, Any]) -> Iterator[str]:
    yield value["transaction_event"]
    if "transaction_id" in value:
        yield f"transaction {value['transaction_id'][:8]}"
    if "evse" in value:
        yield f"EVSE {value['evse']['id']}"


def _schedule(schedule: dict[str, Any]) -> str:
    where = f"EVSE {schedule['evse']}" if schedule["evse"] else "station"
    limit = schedule["charging_schedule_period"][0]["limit"]
    return f"{where} {limit:g} {schedule['charging_rate_unit']}"


def _connection(value: dict[str, Any]) -> str:
    if not value["connected"]:
        return "no link"
    version, slot = value.get("ocpp_version", "?"), value.get("configuration_slot", "?")
    return f"{version}, slot {slot}, security profile {value.get('security_profile', '?')}"
