"""Signed requests, as the Standard Webhooks scheme has them: what the Tirage plugin sends is signed so.

Source, for symmetric signatures:
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets as random
from collections.abc import Iterable
from typing import Protocol

PREFIX = "whsec_"
TOLERANCE_SECONDS = 300
_SHORTEST_KEY, _LONGEST_KEY = 24, 64  # bytes, as the scheme says
_MOST_SIGNATURES = 16
_ID = re.compile(r"[!-~]{1,100}", re.ASCII)
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)


class Headers(Protocol):
    """A request's headers, whose names are found in any case."""

    def get(self, key: str, default: str, /) -> str: ...


class SignatureError(Exception):
    """A signed request that isn't taken; `code` is a stable word for programs."""

    code = "signature"


class MalformedSignature(SignatureError):
    """A header is missing or isn't what the scheme says."""

    code = "signature_malformed"


class TimestampRefused(SignatureError):
    """Signed too long ago, or in the future: an old request sent again, or a clock that is wrong."""

    code = "timestamp_refused"


class WrongSignature(SignatureError):
    """Signed with another secret, or changed on its way."""

    code = "signature_wrong"


def make_secret() -> str:
    """A new secret: 32 random bytes."""
    return PREFIX + base64.b64encode(random.token_bytes(32)).decode()


def key_of(secret: str) -> bytes:
    """The HMAC's key. Raises ValueError for what is no secret of this scheme."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not whsec_ and base64") from None
    if not secret.startswith(PREFIX) or not _SHORTEST_KEY <= len(key) <= _LONGEST_KEY:
        raise ValueError(f"not whsec_ and the base64 of {_SHORTEST_KEY} to {_LONGEST_KEY} bytes")
    return key


def sign(key: bytes, *, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature as it stands in the header."""
    content = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def verify(keys: Iterable[bytes], headers: Headers, body: bytes, *, now: float) -> str:
    """The id of a request signed with one of the keys; `now` is in seconds since 1970.

    Raises MalformedSignature, TimestampRefused, WrongSignature.
    """
    message_id = _header(headers, "webhook-id", _ID)
    timestamp = int(_header(headers, "webhook-timestamp", _TIMESTAMP))
    given = _signatures(headers.get("webhook-signature", ""))
    if abs(now - timestamp) > TOLERANCE_SECONDS:
        raise TimestampRefused(
            f"The timestamp is {abs(now - timestamp):.0f} s off: set both machines' clocks, and send no old requests."
        )
    for key in keys:
        expected = sign(key, message_id=message_id, timestamp=timestamp, body=body).encode()
        if any(hmac.compare_digest(expected, signature) for signature in given):
            return message_id
    raise WrongSignature("Signed with a secret that isn't known here: use the same on both sides.")


def _header(headers: Headers, name: str, pattern: re.Pattern[str]) -> str:
    value = headers.get(name, "")
    if not pattern.fullmatch(value):
        raise MalformedSignature(f"The header {name} is missing or malformed.")
    return value


def _signatures(value: str) -> list[bytes]:
    """Those of version 1 in the header; other versions are for others."""
    parts = value.split(" ") if len(value) < 4_096 and value.isascii() else []
    found = [part.encode() for part in parts[:_MOST_SIGNATURES] if part.startswith("v1,")]
    if not found:
        raise MalformedSignature("The header webhook-signature is missing or malformed.")
    return found
