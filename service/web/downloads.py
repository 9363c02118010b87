"""A draw's files as they are stored: long ones go out piece by piece, and nobody gets again what they have."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator

from flask import Response, request

PIECE = 1 << 16
SECONDS = 31_536_000  # what is sealed or drawn never changes
_GZIP = 16 + zlib.MAX_WBITS


def download(read: Callable[[], str], content_type: str, *, tag: str) -> Response:
    """A file of text. `tag` names what is in it for ever; `read` is called only for who doesn't have it yet."""
    response = Response(content_type=content_type)
    response.headers["Cache-Control"] = f"public, max-age={SECONDS}, immutable"
    response.headers["Vary"] = "Accept-Encoding"
    response.set_etag(tag, weak=True)  # weak: packed or not, it is the same
    if request.if_none_match.contains_weak(tag):
        response.status_code = 304
        return response
    text = read()
    if request.accept_encodings["gzip"] > 0:
        response.headers["Content-Encoding"] = "gzip"
        response.response = _packed(text)
    else:
        if text.isascii():
            response.headers["Content-Length"] = str(len(text))
        response.response = _pieces(text)
    return response


def _pieces(text: str) -> Iterator[bytes]:
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE].encode()


def _packed(text: str) -> Iterator[bytes]:
    """As gzip, on its lowest level: hexadecimal digits hardly get smaller by more work."""
    packer = zlib.compressobj(1, zlib.DEFLATED, _GZIP)
    for piece in _pieces(text):
        yield packer.compress(piece)
    yield packer.flush()
