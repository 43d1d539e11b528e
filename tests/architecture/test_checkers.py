"""Each check of `checkers` fails on what breaks its rule, and is content with what does not."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

import checkers

Check = Callable[[str], list[str]]

LONG_FUNCTION = "def work():\n" + "    x = 1\n" * 60
CROWD = "class Crowd:\n" + "".join(f"    def m{n}(self): ...\n" for n in range(26))
PRIVATE_CROWD = "class Crowd:\n" + "".join(f"    def _m{n}(self): ...\n" for n in range(40))

SET_OF_SELF = """
class A:
    def __init__(self):
        self.a = set()
    def go(self):
        for x in self.a: pass
"""

BAD: list[tuple[Check, str]] = [
    (checkers.too_long, "x = 1\n" * 501),
    (checkers.long_functions, LONG_FUNCTION),
    (checkers.long_functions, "async " + LONG_FUNCTION),
    (checkers.crowded_classes, CROWD),
    (checkers.impure_imports, "import asyncio"),
    (checkers.impure_imports, "from time import monotonic"),
    (checkers.impure_imports, "import os.path"),
    (checkers.impure_imports, "def late():\n    import random\n"),
    (checkers.clock_reads, "at = datetime.now(UTC)"),
    (checkers.clock_reads, "at = datetime.utcnow()"),
    (checkers.clock_reads, "day = date.today()"),
    (checkers.module_state, "_seen = []\ndef note(x):\n    _seen.append(x)\n"),
    (checkers.module_state, "_CACHE = {}\ndef note(x):\n    _CACHE[x] = 1\n"),
    (checkers.module_state, "count = 0\ndef note():\n    global count\n    count += 1\n"),
    (checkers.iterated_sets, "for x in {1, 2}:\n    print(x)\n"),
    (checkers.iterated_sets, "names = set()\nfor name in names:\n    print(name)\n"),
    (checkers.iterated_sets, "seen: set[int] = make()\nprint([x for x in seen])\n"),
    (checkers.iterated_sets, "print(list(frozenset(words)))"),
    (checkers.iterated_sets, SET_OF_SELF),
    (checkers.ocpp_imports, "from ocpp.v16 import call"),
    (checkers.ocpp_imports, "import ocpp"),
    (checkers.version_words, 'if version == "ocpp1.6":\n    pass\n'),
    (checkers.version_words, "from ocpp_iface.v201 import blocks"),
    (checkers.version_words, "is_v16 = True"),
    (checkers.version_words, "x = ctx.v201"),
]  # fmt: skip

GOOD: list[tuple[Check, str]] = [
    (checkers.too_long, "x = 1\n" * 499),
    (checkers.long_functions, "def work():\n" + "    x = 1\n" * 59),
    (checkers.crowded_classes, PRIVATE_CROWD),
    (checkers.impure_imports, "from datetime import datetime\nfrom ocpp_iface.timers import x"),
    (checkers.clock_reads, "at = clock.now\nat = self.now()"),
    (checkers.module_state, "TABLE = {1: 2}\ndef look(x):\n    return TABLE[x]\n"),
    (checkers.module_state, "x = []\ndef work():\n    x = []\n    x.append(1)\n"),
    (checkers.iterated_sets, "WORDS = frozenset(y)\nif x in WORDS: pass\n"),
    (
        checkers.iterated_sets,
        "names = set()\nprint(sorted(x for x in names), any(x for x in names))",
    ),
    (checkers.iterated_sets, "for x in [1, 2]: pass\nfor key in {1: 2}: pass\n"),
    (checkers.ocpp_imports, "from ocpp_iface import types"),
    (checkers.version_words, '"""Only 1.6 does that; see v201."""\nx = 1\n"""As in 1.6."""\n'),
    (checkers.version_words, 'x = "11.65"\nv1600 = 2\n'),
]


@pytest.mark.parametrize(("check", "source"), BAD, ids=lambda x: getattr(x, "__name__", None))
def test_a_broken_rule_is_found(check: Check, source: str) -> None:
    assert check(source)


@pytest.mark.parametrize(("check", "source"), GOOD, ids=lambda x: getattr(x, "__name__", None))
def test_what_keeps_the_rule_is_left_alone(check: Check, source: str) -> None:
    assert check(source) == []
