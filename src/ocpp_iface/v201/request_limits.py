"""How large a request of the CSMS may be: ItemsPerMessage and BytesPerMessage."""

from __future__ import annotations

from ocpp_iface.engine.dispatcher import RpcProblem
from ocpp_iface.v201.sending import SUBPROTOCOL
from ocpp_iface.wire.codec import codec_for


def check_size(
    request: object, items: int, *, most_items: int, most_bytes: int, item_bytes: int
) -> None:
    """Raises RpcProblem (B06.FR.16, B06.FR.17, B08.FR.17, B08.FR.18).

    The size is that of the payload as this library would write it; it is only computed if so many
    elements of at most `item_bytes` each can be too large.
    """
    if items > most_items:
        raise RpcProblem("OccurrenceConstraintViolation", f"more than {most_items} elements")
    if items * item_bytes > most_bytes:
        payload = codec_for(SUBPROTOCOL).encode_request(request)[1]
        if len(payload.encode()) > most_bytes:
            raise RpcProblem("FormatViolation", f"more than {most_bytes} bytes")
