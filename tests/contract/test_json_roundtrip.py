"""What goes out as JSON comes back equal, holds to the contract, and a fault is found in place."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import attrs
import jsonschema
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ocpp_iface import types
from ocpp_iface.errors import Fault, PayloadError
from ocpp_iface.sim.strategies import STRATEGIES, strategy_for
from ocpp_iface.types import from_json, to_json

FILE = Path(__file__).parent / "data" / "types.json"
CONTRACT = json.loads(
    FILE.read_text().replace('"/ocpp#/', '"#/ocpp/').replace('"/text_message#/', '"#/text_message/')
)
SCHEMAS = {name: schema for space in CONTRACT.values() for name, schema in space.items()}
CONTRACT_CLASSES = sorted(name for name, schema in SCHEMAS.items() if schema["type"] == "object")
ALL_CLASSES = sorted(cls.__name__ for cls in STRATEGIES)

quick = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["Accepted", "Actual", "2024-01-01T00:00:00Z", 10**400]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)


def schema_of(name: str) -> dict[str, Any]:
    space = "ocpp" if name in CONTRACT["ocpp"] else "text_message"
    return {**CONTRACT, "$ref": f"#/{space}/{name}"}


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    return SCHEMAS[reference.rpartition("/")[2]] if reference else schema


def has_bounds(schema: dict[str, Any]) -> bool:
    """Whether a value of `schema` can have the right types and still be wrong."""
    schema = resolved(schema)
    inner = [*schema.get("properties", {}).values(), *filter(None, [schema.get("items")])]
    bounds = {"enum", "maxLength", "maximum", "format"} & set(schema)
    return bool(bounds) or schema["type"] in ("integer", "number") or any(map(has_bounds, inner))


def test_every_value_class_has_a_strategy() -> None:
    classes = {
        name
        for name in types.__all__
        if isinstance(getattr(types, name), type) and attrs.has(getattr(types, name))
    }

    assert set(ALL_CLASSES) == classes


def test_strategy_for_a_class_without_one_is_a_lookup_error() -> None:
    with pytest.raises(LookupError, match="no strategy for int"):
        strategy_for(int)


@pytest.mark.parametrize("name", ALL_CLASSES)
@given(data=st.data())
@quick
def test_value_survives_the_way_through_json(name: str, data: st.DataObject) -> None:
    cls = getattr(types, name)
    value = data.draw(strategy_for(cls))

    text = json.dumps(to_json(value))

    assert from_json(cls, json.loads(text)) == value
    assert to_json(from_json(cls, json.loads(text))) == json.loads(text)


@pytest.mark.parametrize("name", CONTRACT_CLASSES)
@given(data=st.data())
@quick
def test_json_holds_to_the_contract(name: str, data: st.DataObject) -> None:
    value = data.draw(strategy_for(getattr(types, name)))

    jsonschema.Draft202012Validator(schema_of(name)).validate(to_json(value))


@pytest.mark.parametrize("name", CONTRACT_CLASSES)
@given(data=st.data())
@quick
def test_any_json_is_a_value_or_a_payload_error(name: str, data: st.DataObject) -> None:
    cls = getattr(types, name)
    fields = [field.name for field in attrs.fields(cls)]
    document = data.draw(
        json_values | st.dictionaries(st.sampled_from(fields), json_values, max_size=len(fields))
    )

    try:
        outcome = from_json(cls, document, "here")
    except PayloadError as error:
        outcome = error

    assert isinstance(outcome, cls) or (outcome.path.startswith("here") and outcome.reason)


class Place:
    """One spot of a JSON document: how to reach it, and what the contract says of it."""

    def __init__(self, path: str, holder: Any, key: Any, schema: dict[str, Any]) -> None:
        self.path, self.holder, self.key, self.schema = path, holder, key, schema


def places(document: Any, schema: dict[str, Any], path: str) -> list[Place]:
    found = []
    schema = resolved(schema)
    if isinstance(document, dict):
        for key in document:
            inner = schema["properties"][key]
            place = f"{path}.{key}"
            found += [Place(place, document, key, inner), *places(document[key], inner, place)]
    elif isinstance(document, list):
        for index, item in enumerate(document):
            place = f"{path}[{index}]"
            inner = schema["items"]
            found += [Place(place, document, index, inner), *places(item, inner, place)]
    return found


WRONG = {
    "string": [None, True, 7, 1.5, [], {}],
    "integer": [None, True, "7", 1.5, [], {}],
    "number": [None, True, "7", [], {}],
    "boolean": [None, 0, "true", [], {}],
    "array": [None, True, "[]", 7, {}],
    "object": [None, True, "{}", 7, []],
}


def broken(name: str, data: st.DataObject) -> tuple[Any, list[Place]]:
    document = copy.deepcopy(to_json(data.draw(strategy_for(getattr(types, name)))))
    return document, places(document, SCHEMAS[name], "x")


@pytest.mark.parametrize("name", CONTRACT_CLASSES)
@given(data=st.data())
@quick
def test_wrong_type_is_found_in_its_place(name: str, data: st.DataObject) -> None:
    document, spots = broken(name, data)
    assume(spots)
    spot = data.draw(st.sampled_from(spots))
    spot.holder[spot.key] = data.draw(st.sampled_from(WRONG[resolved(spot.schema)["type"]]))

    with pytest.raises(PayloadError) as caught:
        from_json(getattr(types, name), document, "x")

    assert (caught.value.path, caught.value.fault) == (spot.path, Fault.TYPE)


@pytest.mark.parametrize("name", [name for name in CONTRACT_CLASSES if has_bounds(SCHEMAS[name])])
@given(data=st.data())
@quick
def test_broken_bound_is_found_in_its_place(name: str, data: st.DataObject) -> None:
    document, spots = broken(name, data)
    wrong: list[tuple[Place, Any]] = []
    for spot in spots:
        schema = resolved(spot.schema)
        if "enum" in schema:
            wrong.append((spot, "NoSuchWord"))
        elif schema["type"] == "string" and ("maxLength" in schema or "maximum" in schema):
            wrong.append((spot, "x" * (schema.get("maxLength", schema.get("maximum")) + 1)))
        elif schema.get("format") == "date-time":
            wrong.append((spot, "yesterday"))
        elif schema["type"] == "integer":
            wrong += [(spot, schema.get("minimum", -(2**31)) - 1), (spot, 2**31)]
        elif schema["type"] == "number":
            wrong += [(spot, float("nan")), (spot, float("inf")), (spot, 10**400)]
    assume(wrong)
    spot, bad = data.draw(st.sampled_from(wrong))
    spot.holder[spot.key] = bad

    with pytest.raises(PayloadError) as caught:
        from_json(getattr(types, name), document, "x")

    assert (caught.value.path, caught.value.fault) == (spot.path, Fault.PROPERTY)


@pytest.mark.parametrize("name", CONTRACT_CLASSES)
@given(data=st.data())
@quick
def test_missing_field_is_named(name: str, data: st.DataObject) -> None:
    document, spots = broken(name, data)
    owners = [("x", document, SCHEMAS[name])]
    owners += [
        (spot.path, spot.holder[spot.key], resolved(spot.schema))
        for spot in spots
        if isinstance(spot.holder[spot.key], dict)
    ]
    path, owner, schema = data.draw(st.sampled_from(owners))
    gone = data.draw(st.sampled_from(schema["required"]))
    del owner[gone]

    with pytest.raises(PayloadError) as caught:
        from_json(getattr(types, name), document, "x")

    error = caught.value
    assert (error.path, error.reason) == (f"{path}.{gone}", "missing")
    assert error.fault is Fault.OCCURRENCE


@pytest.mark.parametrize("name", CONTRACT_CLASSES)
@given(data=st.data())
@quick
def test_unknown_fields_are_tolerated_everywhere(name: str, data: st.DataObject) -> None:
    cls = getattr(types, name)
    value = data.draw(strategy_for(cls))
    document = to_json(value)
    owners = [document]
    owners += [
        spot.holder[spot.key]
        for spot in places(document, SCHEMAS[name], "")
        if isinstance(spot.holder[spot.key], dict)
    ]
    for owner in owners:
        owner["field_of_a_later_revision"] = data.draw(json_values)

    assert from_json(cls, document) == value
