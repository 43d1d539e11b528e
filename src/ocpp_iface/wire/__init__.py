"""OCPP-J on the wire: frames, typed payloads and their codecs, one file set for each version.

`frame` and `errors` know the envelope only; `codec` turns payloads into the dataclasses of
`wire.v16` and `wire.v201` and back.
"""
