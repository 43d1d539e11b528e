"""Functions that check a payload and build its object, generated from its shape.

Each record becomes one function in which every check of the schema stands as an inline test, so
that a valid payload costs little more than reading its keys. Nothing tracks where it is: the path
to a fault is put together on the way out, by whoever handed the part down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, NoReturn

from ocpp_iface.errors import Fault
from ocpp_iface.wire.datetimes import is_datetime
from ocpp_iface.wire.shapes import Field, Leaf, Many, Record
from ocpp_iface.wire.source import Source

Decode = Callable[[Any], Any]

_NOUNS: Final = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
}


class BadPart(Exception):
    """A fault inside a payload; `path` grows towards the root."""

    def __init__(self, path: str, reason: str, fault: Fault) -> None:
        self.path, self.reason, self.fault = path, reason, fault
        super().__init__(reason)


def build_decoder(shape: Record, *, lenient: bool = False) -> Decode:
    """`lenient` lets unknown words of an enumeration pass, as plain `str`."""
    source = Source(_HELPERS)
    source.bind("odd_word", _kept_word if lenient else _refused_word)
    return source.compile(_Writer(source).record(shape))


class _Writer:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._names: dict[int, str] = {}

    def record(self, shape: Record) -> str:
        """The name of the function for this record; written once."""
        name = self._names.get(id(shape))
        if name is None:
            name = self._names[id(shape)] = self._source.fresh(f"decode_{shape.name}")
            lines = [f"def {name}(o):", *_indented(self._body(shape))]
            self._source.add(lines)
        return name

    def _body(self, shape: Record) -> list[str]:
        lines = ["if type(o) is not dict: raise not_object(o)", "get = o.get"]
        if shape.closed:
            lines.append(f"n = {sum(field.required for field in shape.fields)}")
        variables = []
        for index, field in enumerate(shape.fields):
            variables.append(f"v{index}")
            lines += self._field(field, variables[-1], closed=shape.closed)
        if shape.closed:
            known = self._source.constant("K", frozenset(field.wire for field in shape.fields))
            lines.append(f"if len(o) != n: raise unexpected(o, {known})")
        return lines + self._result(shape, variables)

    def _result(self, shape: Record, variables: list[str]) -> list[str]:
        if shape.held_by is None:
            return ["return o"]
        made = self._source.constant("C", shape.held_by)
        placed = [v for v, f in zip(variables, shape.fields, strict=True) if f.attribute]
        homeless = [v for v, f in zip(variables, shape.fields, strict=True) if not f.attribute]
        call = f"{made}({', '.join(placed)})"
        if not homeless:
            return [f"return {call}"]
        return [
            f"r = {call}",
            f"if {homeless[0]} is not None: r.custom_data = {homeless[0]}",
            "return r",
        ]

    def _field(self, field: Field, var: str, *, closed: bool) -> list[str]:
        key = repr(field.wire)
        lines = [f"{var} = get({key})"]
        if isinstance(field.shape, Leaf) and field.shape.kind == "any":
            if closed:
                lines.append(f"if {var} is not None or {key} in o: n += 1")
            return lines
        checks = self._value(field, var)
        if field.required:
            return lines + checks
        if closed:
            checks = ["n += 1", *checks]
            lines.append(f"if {var} is not None:")
        else:
            lines.append(f"if {var} is not None or {key} in o:")
        return lines + _indented(checks)

    def _value(self, field: Field, var: str) -> list[str]:
        shape, key = field.shape, repr(field.wire)
        if isinstance(shape, Leaf):
            return self._leaf(shape, var, f"bad(o, {key}, ", key)
        if isinstance(shape, Record):
            return [
                f"try: {var} = {self.record(shape)}({var})",
                f"except BadPart as e: raise inside(e, o, {key})",
            ]
        return self._many(shape, var, key)

    def _many(self, shape: Many, var: str, key: str) -> list[str]:
        lines = [f"if type({var}) is not list: raise bad(o, {key}, 'a list')"]
        if shape.min_items:
            reason = f"fewer than {shape.min_items} items"
            lines.append(f"if len({var}) < {shape.min_items}: raise few({key}, {reason!r})")
        if shape.max_items is not None:
            reason = f"more than {shape.max_items} items"
            lines.append(f"if len({var}) > {shape.max_items}: raise few({key}, {reason!r})")
        if isinstance(shape.item, Record):
            return [
                *lines,
                "out = []",
                "try:",
                f"    for x in {var}: out.append({self.record(shape.item)}(x))",
                f"except BadPart as e: raise within(e, {key}, len(out))",
                f"{var} = out",
            ]
        where = f"at({key}, out)"
        checks = self._leaf(shape.item, "x", f"bad_item({where}, ", where)
        return [
            *lines,
            "out = []",
            f"for x in {var}:",
            *_indented([*checks, "out.append(x)"]),
            f"{var} = out",
        ]

    def _leaf(self, shape: Leaf, var: str, bad: str, where: str) -> list[str]:
        """`bad` opens the call that reports a wrong type, `where` is the path as an expression."""
        wrong = f"{bad}{_NOUNS[shape.kind]!r})" if shape.kind != "any" else ""
        match shape.kind:
            case "string" if shape.words is not None:
                words = self._source.constant("W", shape.words)
                return [
                    f"try: {var} = {words}[{var}]",
                    "except (KeyError, TypeError):",
                    f"    if type({var}) is not str: raise {wrong}",
                    f"    {var} = odd_word({var}, {where})",
                ]
            case "string":
                return [f"if type({var}) is not str: raise {wrong}", *_text(shape, var, where)]
            case "integer" if shape.whole_floats:
                return [
                    f"if type({var}) is not int:",
                    f"    if type({var}) is not float or {var} % 1: raise {wrong}",
                    f"    {var} = int({var})",
                    *_bounds(shape, var, where),
                ]
            case "integer":
                return [f"if type({var}) is not int: raise {wrong}", *_bounds(shape, var, where)]
            case "number":
                test = f"if type({var}) is not float and type({var}) is not int: raise {wrong}"
                return [test, *_bounds(shape, var, where)]
            case "boolean":
                return [f"if {var} is not True and {var} is not False: raise {wrong}"]
            case _:
                return []


def _text(shape: Leaf, var: str, where: str) -> list[str]:
    lines = []
    if shape.max_length is not None:
        lines.append(
            f"if len({var}) > {shape.max_length}: "
            f"raise odd({where}, 'longer than {shape.max_length}')"
        )
    if shape.date_time:
        lines.append(f"if not is_datetime({var}): raise odd({where}, 'not a date-time')")
    return lines


def _bounds(shape: Leaf, var: str, where: str) -> list[str]:
    lines = []
    if shape.minimum is not None:
        lines.append(f"if {var} < {shape.minimum}: raise odd({where}, 'below {shape.minimum}')")
    if shape.maximum is not None:
        lines.append(f"if {var} > {shape.maximum}: raise odd({where}, 'above {shape.maximum}')")
    return lines


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _not_object(_value: Any) -> BadPart:
    return BadPart("", "expected an object", Fault.TYPE)


def _bad(owner: Mapping[str, Any], key: str, noun: str) -> BadPart:
    if key not in owner:
        return BadPart(key, "missing", Fault.OCCURRENCE)
    return BadPart(key, f"expected {noun}", Fault.TYPE)


def _bad_item(where: str, noun: str) -> BadPart:
    return BadPart(where, f"expected {noun}", Fault.TYPE)


def _odd(where: str, reason: str) -> BadPart:
    return BadPart(where, reason, Fault.PROPERTY)


def _few(where: str, reason: str) -> BadPart:
    return BadPart(where, reason, Fault.OCCURRENCE)


def _at(key: str, done: list[Any]) -> str:
    return f"{key}[{len(done)}]"


def _inside(bad: BadPart, owner: Mapping[str, Any], key: str) -> BadPart:
    if key not in owner:
        return BadPart(key, "missing", Fault.OCCURRENCE)
    return _under(bad, key)


def _within(bad: BadPart, key: str, index: int) -> BadPart:
    return _under(bad, f"{key}[{index}]")


def _under(bad: BadPart, prefix: str) -> BadPart:
    path = f"{prefix}.{bad.path}" if bad.path else prefix
    return BadPart(path, bad.reason, bad.fault)


def _unexpected(owner: Mapping[str, Any], known: frozenset[str]) -> BadPart:
    for key, value in owner.items():
        if key not in known:
            return BadPart(key[:100], "unknown field", Fault.FORMAT)
        if value is None:
            return BadPart(key, "null is no value", Fault.TYPE)
    raise AssertionError("a closed record with no fault was refused")


def _refused_word(_word: str, where: str) -> NoReturn:
    raise BadPart(where, "not a word of the enumeration", Fault.PROPERTY)


def _kept_word(word: str, _where: str) -> str:
    return word


_HELPERS: Final[Mapping[str, Any]] = {
    "BadPart": BadPart,
    "not_object": _not_object,
    "bad": _bad,
    "bad_item": _bad_item,
    "odd": _odd,
    "few": _few,
    "at": _at,
    "inside": _inside,
    "within": _within,
    "unexpected": _unexpected,
    "is_datetime": is_datetime,
}
