from __future__ import annotations

import traceback

from ocpp_iface.wire.source import Source


def test_functions_see_helpers_constants_and_each_other() -> None:
    source = Source({"twice": lambda value: 2 * value})
    name = source.fresh("work")
    offset = source.constant("K", 5)
    source.bind("more", 1)
    source.add([f"def inner(x): return twice(x) + {offset}"])
    source.add([f"def {name}(x): return inner(x) + more"])

    assert source.compile(name)(10) == 26


def test_names_never_repeat() -> None:
    source = Source({})

    assert source.fresh("a") != source.fresh("a")
    assert source.constant("a", 1) != source.constant("a", 1)


def test_a_traceback_shows_the_generated_line() -> None:
    source = Source({})
    source.add(["def broken(x):", "    return x.no_such_attribute"])
    broken = source.compile("broken")

    try:
        broken(1)
    except AttributeError:
        shown = traceback.format_exc()

    assert "return x.no_such_attribute" in shown
