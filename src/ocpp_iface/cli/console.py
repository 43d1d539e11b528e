"""The commands that `ocpp-iface run` takes from stdin."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Awaitable, Callable
from enum import StrEnum
from math import isfinite, nan
from typing import Any, Final, TypeVar

from attrs import define, field, frozen

from ocpp_iface.cli.charger import SimulatedCharger
from ocpp_iface.cli.printer import Printer
from ocpp_iface.devicemodel.custom import parse_address
from ocpp_iface.errors import OcppIfaceError
from ocpp_iface.handles import ConnectorHandle, EvseHandle
from ocpp_iface.service import OcppService
from ocpp_iface.types import (
    EVSE,
    ChangeAvailabilityRequest,
    Component,
    ComponentVariable,
    Fault,
    GetVariableRequest,
    IdToken,
    IdTokenType,
    OperationalStatusEnumType,
    RegistrationStatus,
    SecurityEvent,
    SetVariableRequest,
    Variable,
)

SOURCE: Final = "console"
_BACKGROUND_AFTER_S: Final = 1.0
"""A token may wait for the CSMS; the next line is not made to wait for that."""

Words = tuple[str, ...]


_Word = TypeVar("_Word", bound=StrEnum)


class Misuse(Exception):
    """The line is not understood; the text says why."""


@frozen
class Entry:
    """One command: how it is written, what it does."""

    usage: str
    help: str
    run: Callable[[Console, Words], Awaitable[Any]]

    @property
    def name(self) -> str:
        return self.usage.split()[0]


@define(eq=False)
class Console:
    """Carries out lines on one station."""

    service: OcppService
    charger: SimulatedCharger
    printer: Printer
    finished: bool = field(default=False, init=False)
    _behind: list[asyncio.Task[None]] = field(factory=list, init=False)

    async def execute(self, line: str) -> None:
        """Returns when it is done, or after a moment if it takes long: then it goes on by itself."""
        try:
            words = shlex.split(line, comments=True)
        except ValueError as error:
            self.printer.error("line", line, str(error))
            return
        if not words:
            return
        entry = COMMANDS.get(words[0])
        if entry is None:
            self.printer.error(words[0], line, "no such command; `help` lists them")
            return
        task = asyncio.get_running_loop().create_task(self._run(entry, line, tuple(words[1:])))
        wait_s = None if entry.name in ("wait", "quit") else _BACKGROUND_AFTER_S
        await asyncio.wait((task,), timeout=wait_s)
        if not task.done():
            self._behind.append(task)
            task.add_done_callback(self._behind.remove)

    async def finish(self) -> None:
        """What still runs is given up."""
        for task in tuple(self._behind):
            task.cancel()

    async def _run(self, entry: Entry, line: str, words: Words) -> None:
        try:
            result = await entry.run(self, words)
        except Misuse as error:
            usage = f"write it as: {entry.usage}"
            reason = f"{error}; {usage}" if str(error) else usage
            self.printer.error(entry.name, line, reason)
        except (OcppIfaceError, ValueError, TypeError) as error:
            self.printer.error(entry.name, line, str(error))
        else:
            self.printer.answer(entry.name, line, result)

    def evse(self, word: str) -> EvseHandle:
        return self.service.station.evse(_number(word))

    def connector(self, words: Words) -> ConnectorHandle:
        if not words:
            raise Misuse
        return self.evse(words[0]).connector(_number(words[1]) if len(words) > 1 else 1)


def _number(word: str) -> int:
    try:
        return int(word)
    except ValueError:
        raise Misuse(f"{word!r} is not a number") from None


def _decimal(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = nan
    if not (isfinite(value) and value >= 0):
        raise Misuse(f"{word!r} is not a number, 0 or more")
    return value


def _one_of(words: type[_Word], word: str) -> _Word:
    folded = {each.casefold(): each for each in words}
    found = folded.get(word.casefold())
    if found is None:
        raise Misuse(f"{word!r} is none of {', '.join(words)}")
    return found


def _address(word: str) -> ComponentVariable:
    """`TxCtrlr/EVConnectionTimeOut` or the 1.6 key `ConnectionTimeOut`."""
    if "/" not in word:
        return ComponentVariable(Component(""), Variable(word))
    address = parse_address(word)
    if address is None:
        raise Misuse(f"{word!r} is neither Component/Variable nor a 1.6 key")
    return address


async def _plug(console: Console, words: Words) -> None:
    connector = console.connector(words)
    console.charger.plug(connector.evse_id, connector.connector_id)
    await connector.plug_in()


async def _unplug(console: Console, words: Words) -> None:
    connector = console.connector(words)
    console.charger.plug(connector.evse_id, None)
    await connector.unplug()


async def _token(console: Console, words: Words) -> Any:
    if not 1 <= len(words) <= 3:
        raise Misuse
    kind = _one_of(IdTokenType, words[2]) if len(words) > 2 else IdTokenType.ISO14443
    token = IdToken(words[0], kind)
    place = console.evse(words[1]) if len(words) > 1 else console.service.station
    return await place.present_token(token)


async def _button(console: Console, words: Words) -> bool:
    return await console.evse(_only(words)).press_stop()


async def _meter(console: Console, words: Words) -> Any:
    if not 1 <= len(words) <= 2:
        raise Misuse
    evse = console.evse(words[0])
    if len(words) > 1:
        reading = console.charger.set_register(evse.evse_id, _decimal(words[1]))
        await evse.report_meter(reading)
    else:
        reading = console.charger.read_now(evse.evse_id)
    return {str(each.measurand): each.value for each in reading.samples}


async def _pause(console: Console, words: Words) -> None:
    console.charger.pause(console.evse(_only(words)).evse_id, True)


async def _resume(console: Console, words: Words) -> None:
    console.charger.pause(console.evse(_only(words)).evse_id, False)


async def _fault(console: Console, words: Words) -> str:
    if not 1 <= len(words) <= 3:
        raise Misuse
    code = words[2] if len(words) > 2 else "OtherError"
    fault = Fault(f"{SOURCE}-{code}", code)
    await console.connector(words[:2]).report_fault(fault)
    return fault.id


async def _clear(console: Console, words: Words) -> bool:
    if not 1 <= len(words) <= 3:
        raise Misuse
    code = words[2] if len(words) > 2 else "OtherError"
    return await console.connector(words[:2]).clear_fault(f"{SOURCE}-{code}")


async def _get(console: Console, words: Words) -> Any:
    if not words:
        raise Misuse
    requests = [GetVariableRequest(_address(word)) for word in words]
    results = await console.service.get_variables(requests)
    pairs = zip(words, results, strict=True)
    return {word: each.value if each.value is not None else each.status for word, each in pairs}


async def _set(console: Console, words: Words) -> Any:
    if len(words) != 2:
        raise Misuse
    request = SetVariableRequest(_address(words[0]), words[1])
    return (await console.service.set_variables([request], SOURCE))[0].status


async def _monitor(console: Console, words: Words) -> None:
    if not words:
        raise Misuse
    await console.service.monitor_variables([_address(word) for word in words])


async def _availability(console: Console, words: Words) -> Any:
    if not 1 <= len(words) <= 3:
        raise Misuse
    evse = None
    if len(words) > 1:
        connector = _number(words[2]) if len(words) > 2 else None
        evse = EVSE(_number(words[1]), connector_id=connector)
    status = _one_of(OperationalStatusEnumType, words[0])
    return await console.service.change_availability(ChangeAvailabilityRequest(status, evse=evse))


async def _security(console: Console, words: Words) -> None:
    if not words:
        raise Misuse
    info = " ".join(words[1:]) or None
    await console.service.security_event(SecurityEvent(words[0], info=info))


async def _stop(console: Console, _words: Words) -> bool:
    return await console.service.stop()


async def _restart(console: Console, _words: Words) -> bool:
    return await console.service.restart()


async def _wait(console: Console, words: Words) -> None:
    if _only(words) != "accepted":
        await asyncio.sleep(_decimal(words[0]))
        return
    responses = console.service.vars.boot_notification_response
    await responses.wait_for(lambda each: each.status is RegistrationStatus.Accepted)


async def _help(console: Console, _words: Words) -> None:
    console.printer.text(HELP)


async def _quit(console: Console, _words: Words) -> None:
    console.finished = True


def _only(words: Words) -> str:
    if len(words) != 1:
        raise Misuse
    return words[0]


_ENTRIES: Final = (
    Entry("plug EVSE [CONNECTOR]", "a car is plugged in", _plug),
    Entry("unplug EVSE [CONNECTOR]", "the car leaves", _unplug),
    Entry(
        "token ID [EVSE [TYPE]]", "somebody presents a card (TYPE: ISO14443, eMAID, ...)", _token
    ),
    Entry("button EVSE", "somebody presses the stop button", _button),
    Entry("meter EVSE [WH]", "read the meter; with WH, set its register first", _meter),
    Entry("pause EVSE", "the car stops to draw energy", _pause),
    Entry("resume EVSE", "the car draws energy again", _resume),
    Entry(
        "fault EVSE [CONNECTOR [CODE]]", "something breaks (OtherError, GroundFailure, ...)", _fault
    ),
    Entry("clear EVSE [CONNECTOR [CODE]]", "... and is repaired", _clear),
    Entry("get ADDRESS...", "variables, by Component/Variable or 1.6 key", _get),
    Entry("set ADDRESS VALUE", "set a variable", _set),
    Entry("monitor ADDRESS...", "publish event_data when one of these changes", _monitor),
    Entry("availability WORD [EVSE [CONNECTOR]]", "operative or inoperative", _availability),
    Entry("security TYPE [INFO]", "raise a security event", _security),
    Entry("stop", "disconnect and stop OCPP", _stop),
    Entry("restart", "take OCPP up again", _restart),
    Entry("wait SECONDS | accepted", "in scripts: before the next line (until booted)", _wait),
    Entry("help", "this list", _help),
    Entry("quit", "close the link and end", _quit),
)
COMMANDS: Final = {entry.name: entry for entry in _ENTRIES}
HELP: Final = "\n".join(f"  {entry.usage:<37} {entry.help}" for entry in _ENTRIES)
