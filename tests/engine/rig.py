"""A kernel over a toy assembly: one message, one fact, one command; no OCPP version."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from attrs import field, frozen

from ocpp_iface.engine.backoff import BackOff
from ocpp_iface.engine.block import Admission
from ocpp_iface.engine.inputs import Command, FrameReceived, LinkClosed, LinkOpened, Tick
from ocpp_iface.engine.kernel import Kernel
from ocpp_iface.engine.link import LinkProfile
from ocpp_iface.engine.outbox import Delivery
from ocpp_iface.engine.outputs import SendFrame
from ocpp_iface.engine.registration import RegistrationState
from ocpp_iface.errors import PayloadError
from ocpp_iface.ports.clock import Now
from ocpp_iface.ports.store import TableDef
from ocpp_iface.ports.transport import CloseReason, LinkRequest
from ocpp_iface.storage import MemoryStore
from ocpp_iface.types.facts import SecurityFact
from ocpp_iface.wire.errors import UnknownAction

START = datetime(2026, 1, 1, tzinfo=UTC)


@frozen
class Ask:
    text: str


@frozen
class Do:
    """A command of the app."""

    what: str


@frozen
class Note:
    text: str


NOTES = TableDef("counter", str, Note)


class ToyCodec:
    subprotocol = "ocpp2.0.1"

    def action_of(self, message):
        return "Tell" if isinstance(message, SecurityFact) else "Ask"

    def encode_request(self, request):
        return self.action_of(request), json.dumps({"text": getattr(request, "text", "fact")})

    def encode_response(self, response):
        return json.dumps({"text": response.text})

    def decode_request(self, action, payload):
        if action != "Ask":
            raise UnknownAction(action)
        if not isinstance(payload.get("text"), str):
            raise PayloadError("text", "is missing")
        return Ask(payload["text"])

    def decode_response(self, _action, payload):
        if "text" not in payload:
            raise PayloadError("text", "is missing")
        return Ask(payload["text"])


class Plan:
    def profiles(self):
        return [LinkProfile(1, LinkRequest("ws://csms", "cp", ("ocpp2.0.1",)))]

    def attempts(self):
        return 3

    def backoff(self):
        return BackOff(10, 0, 2)

    def preferred_slot(self):
        return None

    def fallback_slot(self):
        return None


class Retry:
    tries, pause, timeout, limit = 3, 10.0, 30.0, 100

    def attempts(self, _fact):
        return self.tries

    def interval_s(self, _fact):
        return self.pause

    def message_timeout_s(self):
        return self.timeout

    def capacity(self):
        return self.limit


class Toy:
    """What stands on the engine here. `behave` maps a text to what the handler does."""

    subprotocols = ("ocpp2.0.1",)

    def __init__(self, kernel, behave, heard):
        self.kernel, self.behave, self.heard = kernel, behave, heard
        self.codec, self.plan, self.retry = ToyCodec(), Plan(), Retry()
        self.notes = kernel.store.table(NOTES)
        self.memory = dict(self.notes.items())
        self.commands = {Do: self.handle}
        self.routes = {Ask: self.handle}
        self.deliveries = {
            SecurityFact: Delivery(
                lambda fact: fact,
                lambda fact, _request, answer: self.handle(Ask(f"{answer.text} {fact.type}")),
                lambda fact: heard.append(("dropped", fact.type)),
            )
        }

    def handle(self, request):
        text = getattr(request, "text", None) or getattr(request, "what", "")
        return self.behave.get(text, lambda _toy: Ask("fine"))(self)

    def note(self, text):
        self.memory[text] = Note(text)
        self.notes.put(text, Note(text))

    def admit(self, _action, _state):
        return Admission.HANDLE

    def resume(self, cause):
        self.heard.append(("resumed", cause.value))

    def link_opened(self, slot, subprotocol):
        self.heard.append(("up", slot, subprotocol))

    def link_closed(self, reason, _detail, *, was_open):
        self.heard.append(("down", reason.value, was_open))

    def clock_stepped(self, by_s):
        self.heard.append(("clock", by_s))

    def settle(self):
        pass

    def holds_rows(self):
        return False


class Ids:
    def __init__(self):
        self.count = 0

    def unique_id(self):
        self.count += 1
        return f"m{self.count}"

    def uniform(self, _upper):
        return 0.0


@frozen
class Rig:
    behave: dict = field(factory=dict)
    heard: list = field(factory=list)
    store: MemoryStore = field(factory=MemoryStore)
    time: list = field(factory=lambda: [0.0])
    kernel: Kernel = field(init=False)

    @kernel.default
    def _build(self):
        return Kernel(
            store=self.store,
            entropy=Ids(),
            build=lambda kernel, _subprotocol, _cause: Toy(kernel, self.behave, self.heard),
        )

    def begin(self):
        outputs = self.kernel.begin(self.now())
        self.kernel.store.begin()
        self.kernel.connect()
        self.kernel.store.commit()
        return outputs

    def now(self):
        return Now(self.time[0], START + timedelta(seconds=self.time[0]))

    def step(self, *inputs):
        return list(self.kernel.step(inputs, self.now()))

    def online(self):
        self.begin()
        self.step(LinkOpened(self.kernel.link.number, "ocpp2.0.1"))
        self.kernel.registration.state = RegistrationState.ACCEPTED
        return self

    def frame(self, *parts):
        text = parts[0] if isinstance(parts[0], str | bytes) else json.dumps(parts[0])
        return self.sent(self.step(FrameReceived(self.kernel.link.number, text)))

    def command(self, what, token=1):
        return self.step(Command(Do(what), token))

    def wait(self, seconds):
        self.time[0] += seconds
        return self.step(Tick())

    def lose(self, reason=CloseReason.LOST):
        return self.step(LinkClosed(self.kernel.link.number, reason))

    def reconnect(self):
        self.lose()
        self.wait(60)
        self.step(LinkOpened(self.kernel.link.number, "ocpp2.0.1"))
        assert self.kernel.link.is_open

    @staticmethod
    def sent(outputs):
        return [json.loads(output.text) for output in outputs if isinstance(output, SendFrame)]

    @property
    def toy(self):
        return self.kernel._assembly


def fact(name: str) -> SecurityFact:
    return SecurityFact(name, START)
