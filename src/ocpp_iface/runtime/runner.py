"""Runs a kernel on asyncio: brings it the inputs, performs what it orders.

If a step raises (the store cannot be written) the station cannot go on. That is said loudly, the
links are closed, and whoever waits for an answer gets NotRunning.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrs import define

from ocpp_iface.engine.inputs import Command, FrameReceived, LinkClosed, LinkOpened, PortReplied
from ocpp_iface.engine.outputs import (
    AskPort,
    CloseLink,
    CommandDone,
    KeepAlive,
    OpenLink,
    Output,
    Publish,
    SendFrame,
)
from ocpp_iface.errors import NotRunning, PortRefused
from ocpp_iface.log import Log
from ocpp_iface.ports.clock import Clock
from ocpp_iface.ports.transport import CloseReason, LinkClose, LinkSink, Transport
from ocpp_iface.runtime.drivers import Driver, Fail, InlineDriver, Steps, ThreadDriver
from ocpp_iface.runtime.port_calls import PortCalls
from ocpp_iface.runtime.workers import settle

log = Log(__name__)

CLOSE_GRACE_S: Final = 3.0
_GOING_AWAY: Final = 1001

OnPublish = Callable[[str, object], None]
TransportFactory = Callable[[LinkSink], Transport]


@define(eq=False)
class _Sink:
    """Hears of one link."""

    _runner: Runner
    _link: int

    def opened(self, subprotocol: str, /) -> None:
        self._runner._driver.feed(LinkOpened(self._link, subprotocol))

    def frame(self, data: str | bytes, /) -> None:
        self._runner._driver.take(FrameReceived(self._link, data))

    def full(self) -> bool:
        return self._runner._driver.full()

    def closed(self, close: LinkClose, /) -> None:
        self._runner._link_closed(self._link, close)


class Runner:
    """One kernel on one event loop, from `start` to `close`; used once.

    `threaded`: steps in a thread of their own (for a store on a file). `on_publish(name, value)`
    and `on_fatal(error)` are called on the loop and must not raise.
    """

    def __init__(
        self,
        kernel: Steps,
        transport_factory: TransportFactory,
        hardware: object,
        clock: Clock,
        *,
        threaded: bool,
        on_publish: OnPublish,
        on_fatal: Fail | None = None,
        close_grace_s: float = CLOSE_GRACE_S,
    ) -> None:
        """`close_grace_s`: how long `close` waits for hardware calls, and for the CSMS."""
        self._transport_factory = transport_factory
        self._on_publish = on_publish
        self._on_fatal = on_fatal
        self._grace_s = close_grace_s
        self._loop = asyncio.get_running_loop()
        self._calls = PortCalls(hardware, self._replied)
        self._links: dict[int, Transport] = {}
        self._no_links: asyncio.Future[None] | None = None
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._tokens = 0
        self._open = False
        """Commands are taken and links may be opened."""
        self._begun = False
        make = ThreadDriver if threaded else InlineDriver
        self._driver: Driver = make(kernel, clock, self._perform, self._fail)
        self._performers: Mapping[type, Callable[[Any], None]] = {
            OpenLink: self._open_link,
            CloseLink: self._close_link,
            KeepAlive: self._keep_alive,
            SendFrame: self._send_frame,
            AskPort: self._ask_port,
            Publish: self._publish,
            CommandDone: self._command_done,
        }

    @property
    def running(self) -> bool:
        return self._open

    async def start(self) -> None:
        """Load the store and begin. Raises what that raises; the store is closed then."""
        self._begun = self._open = True
        try:
            await self._driver.begin()
        except BaseException:  # also cancelled, when links and hardware were at work already
            self._begun = False
            await self._end("the service did not start")
            raise

    def command(self, request: object) -> asyncio.Future[Any]:
        """Give the kernel a command or report; the future has its result or error.

        Cancelling the future takes nothing back.
        """
        done: asyncio.Future[Any] = self._loop.create_future()
        if not self._open:
            done.set_exception(NotRunning("the service is not open"))
            return done
        self._tokens += 1
        self._waiting[self._tokens] = done
        self._driver.feed(Command(request, self._tokens))
        return done

    async def close(self) -> None:
        """Close the link and the store. Nothing is lost: what was not sent is in the store."""
        if not self._begun:
            return
        self._begun = False
        await self._end("the service was closed")

    async def _end(self, reason: str) -> None:
        self._open = False
        try:
            # After a failed step too: no order may be carried out later, among those of a new start.
            await self._calls.finish(self._grace_s)
            await self._close_links()
        finally:
            await self._driver.end()
            self._abandon(reason)

    # -- outputs -----------------------------------------------------------------------------

    def _perform(self, outputs: Sequence[Output]) -> None:
        for output in outputs:
            try:
                self._performers[type(output)](output)
            except Exception as error:  # noqa: BLE001 - one failure must not lose what follows
                log.crash("output failed", error, output=type(output).__name__)

    def _open_link(self, order: OpenLink) -> None:
        if not self._open:
            return
        try:
            link = self._links[order.link] = self._transport_factory(_Sink(self, order.link))
            link.open(order.request)
        except Exception as error:  # noqa: BLE001 - the kernel has to hear of the end of each link
            log.crash("link cannot be opened", error)
            self._links.pop(order.link, None)
            detail = type(error).__name__
            self._driver.feed(LinkClosed(order.link, CloseReason.CONFIGURATION, detail))

    def _close_link(self, order: CloseLink) -> None:
        link = self._links.get(order.link)
        if link is not None:
            link.close(order.code, order.reason)

    def _keep_alive(self, order: KeepAlive) -> None:
        link = self._links.get(order.link)
        if link is not None:
            link.keep_alive(order.ping_interval_s, order.pong_timeout_s)

    def _send_frame(self, order: SendFrame) -> None:
        link = self._links.get(order.link)
        if link is not None:
            link.send(order.text)

    def _ask_port(self, order: AskPort) -> None:
        if self._open:
            self._calls.ask(order)
        else:
            refusal = PortRefused("the service was closed")
            self._replied(PortReplied(order.token, error=refusal))

    def _publish(self, order: Publish) -> None:
        self._on_publish(order.name, order.value)

    def _command_done(self, order: CommandDone) -> None:
        done = self._waiting.pop(order.token, None)
        if done is not None:
            settle(done, order.result, order.error)

    # -- what comes in -----------------------------------------------------------------------

    def _replied(self, reply: PortReplied) -> None:
        self._driver.feed(reply)

    def _link_closed(self, link: int, close: LinkClose) -> None:
        if self._links.pop(link, None) is None:
            return
        self._driver.feed(LinkClosed(link, close.reason, close.detail, close.code))
        if self._no_links is not None and not self._links:
            settle(self._no_links)

    # -- the end -----------------------------------------------------------------------------

    def _fail(self, error: BaseException) -> None:
        log.crash("the station stopped: a step failed", error)
        self._open = False
        for link in tuple(self._links.values()):
            link.close(_GOING_AWAY, "internal error")
        self._abandon("the service stopped because of an internal error")
        if self._on_fatal is not None:
            self._on_fatal(error)

    async def _close_links(self) -> None:
        for link in tuple(self._links.values()):
            link.close(_GOING_AWAY, "the station goes away")
        if not self._links:
            return
        self._no_links = self._loop.create_future()
        await asyncio.wait((self._no_links,), timeout=self._grace_s)
        for number in tuple(self._links):  # those that never said that they are closed
            self._link_closed(number, LinkClose(CloseReason.LOCAL, detail="gave no sign"))

    def _abandon(self, reason: str) -> None:
        waiting, self._waiting = self._waiting, {}
        for done in waiting.values():
            settle(done, None, NotRunning(reason))
