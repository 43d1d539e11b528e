"""Which values a repr may not show: those of variables and keys that hold a secret."""

from __future__ import annotations

from typing import Any

import attrs

from ocpp_iface.types.address import ComponentVariable

HIDDEN = "<hidden>"

_SECRETS = frozenset(
    {"authorizationkey", "networkconnectionprofiles", "simpin", "vpnkey", "masterpassgroupid"}
)
"""Names of variables and 1.6 keys that hold a secret, folded, beside all that say `password`."""


def is_secret_name(name: str) -> bool:
    """Whether the value of the variable or 1.6 key called `name` is to be kept out of any log."""
    folded = name.casefold()
    return folded in _SECRETS or "password" in folded or "secret" in folded


def is_secret(address: ComponentVariable) -> bool:
    """Whether the value at `address` is to be kept out of any log."""
    return is_secret_name(address.variable.name)


def repr_without(value: Any, hidden: str) -> str:
    """The usual attrs repr of `value`, with the field `hidden` (unless it is None) blotted out."""
    shown = []
    for each in attrs.fields(type(value)):
        content = getattr(value, each.name)
        blot = each.name == hidden and content is not None
        shown.append(f"{each.name}={HIDDEN if blot else repr(content)}")
    return f"{type(value).__name__}({', '.join(shown)})"


def repr_guarding(value: Any, hidden: str, secret: bool) -> str:
    """`repr_without` the field `hidden` if it is a secret, else all of it."""
    return repr_without(value, hidden if secret else "")
