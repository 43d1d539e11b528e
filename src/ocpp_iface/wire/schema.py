"""The official JSON schemas, as the `ocpp` package ships them, and validation by them."""

from __future__ import annotations

import json
from decimal import Decimal
from importlib.resources import files
from typing import Any

from ocpp_iface.errors import Fault, PayloadError
from ocpp_iface.wire.datetimes import is_datetime
from ocpp_iface.wire.registry import Direction, Version

_FAULTS = {
    "type": Fault.TYPE,
    "required": Fault.OCCURRENCE,
    "minItems": Fault.OCCURRENCE,
    "maxItems": Fault.OCCURRENCE,
    "additionalProperties": Fault.FORMAT,
}


def load_schema(version: Version, action: str, direction: Direction) -> dict[str, Any]:
    """The schema with its decimals as `Decimal`, so that multiples of 0.1 can be judged."""
    name = f"{version.schema_name(action, direction)}.json"
    text = files(version.schemas).joinpath("schemas", name).read_text(encoding="utf-8-sig")
    schema: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return schema


class OfficialValidator:
    """`jsonschema` over one official schema; slow, exact, and independent of the codec."""

    def __init__(self, schema: dict[str, Any]) -> None:
        from jsonschema import FormatChecker, validators  # noqa: PLC0415 - slow, rarely needed

        checker = FormatChecker(formats=())
        checker.checks("date-time")(lambda text: not isinstance(text, str) or is_datetime(text))
        # Only the schemas of draft 4 have multiples, and to them no decimal is an integer; later
        # drafts take 1.0 for one, which `jsonschema` sees in a float only.
        self._decimal = Decimal if "draft-04" in str(schema.get("$schema")) else float
        self._validator = validators.validator_for(schema)(schema, format_checker=checker)

    def check_text(self, payload_text: str) -> None:
        """Raises `PayloadError` at the first fault of a payload given as JSON text."""
        self.check(json.loads(payload_text, parse_float=self._decimal))

    def check(self, payload: Any) -> None:
        """Raises `PayloadError` at the first fault; multiples of 0.1 need `Decimal` values."""
        for error in self._validator.iter_errors(payload):
            path = "".join(
                f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path
            )
            fault = _FAULTS.get(str(error.validator), Fault.PROPERTY)
            raise PayloadError(path.lstrip("."), f"breaks {error.validator} of the schema", fault)
