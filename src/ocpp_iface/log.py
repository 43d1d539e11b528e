"""Logging with key-value pairs; one place that knows what must never be written.

ERROR: a bug of ours, or data lost. WARNING: degraded, but handled. INFO: the station's life-cycle.
DEBUG: one line per message, by name. Payloads are never logged (the journal has them).
"""

from __future__ import annotations

import logging

_SECRET = ("password", "authorization", "id_token", "idtag", "private_key", "secret")


class Log:
    """A logger per module: `log.warning("link lost", reason=reason)`."""

    __slots__ = ("_logger",)

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, event: str, **values: object) -> None:
        self._write(logging.DEBUG, event, values)

    def info(self, event: str, **values: object) -> None:
        self._write(logging.INFO, event, values)

    def warning(self, event: str, **values: object) -> None:
        self._write(logging.WARNING, event, values)

    def error(self, event: str, **values: object) -> None:
        self._write(logging.ERROR, event, values)

    def crash(self, event: str, error: BaseException, **values: object) -> None:
        """A bug: the traceback goes with it."""
        if self._logger.isEnabledFor(logging.ERROR):
            self._logger.error(_line(event, values), exc_info=error)

    def _write(self, level: int, event: str, values: dict[str, object]) -> None:
        if self._logger.isEnabledFor(level):
            self._logger.log(level, "%s", _line(event, values))


def _line(event: str, values: dict[str, object]) -> str:
    return event + "".join(f" {name}={_shown(name, value)}" for name, value in values.items())


def _shown(name: str, value: object) -> str:
    if any(word in name.lower() for word in _SECRET):
        return "***"
    try:
        text = str(value)
    except Exception:  # noqa: BLE001 - a value that cannot be shown must not break what is logged
        return f"<{type(value).__name__}>"
    if len(text) > 300:
        text = text[:297] + "..."
    if not text.isprintable():  # a peer's words must not look like lines of ours
        text = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
    return text
