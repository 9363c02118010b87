"""Speaking XML-RPC through python-wordpress-xmlrpc, on connections of our own.

The library (2.3, of 2014) brings the methods and their arguments. Its way of making objects of the answers
isn't used: it looks for `collections.Iterable`, gone since Python 3.10, and forgets a comment's parent and
type. So every call asks for the raw answer (`results_class=None`), and neither the library nor `collections`
has to be patched.
"""

from __future__ import annotations

import re
from typing import Any, Protocol
from xml.parsers.expat import ExpatError
from xmlrpc.client import Fault, ResponseError, ServerProxy
from xmlrpc.client import Transport as XmlRpcTransport

from wordpress_xmlrpc import Client
from wordpress_xmlrpc.exceptions import UnsupportedXmlrpcMethodError

from wp_bridge.addresses import host_of
from wp_bridge.errors import BlogUnreachable, NotABlog
from wp_bridge.transport import Answer, Transport, raise_for_trouble, what_came

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,10}));")
_ANY_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);|#[0-9]{1,10};|#[xX][0-9a-fA-F]{1,8};)")
_END = "</methodResponse>"


class Method(Protocol):
    """A method of the library, such as `wordpress_xmlrpc.methods.posts.GetPost`."""

    method_name: str
    results_class: type | None


class NoXml(BlogUnreachable):
    """The blog answered, but not as XML-RPC does."""


class XmlRpcClient:
    """One blog's XML-RPC with one user's credentials."""

    def __init__(self, transport: Transport, address: str, *, user: str, password: str) -> None:
        """Ask the server for its methods. Raises NotABlog where it is switched off."""
        self.host = host_of(address)
        self._pipe = _Pipe(transport, address)
        try:
            self._client = Client(address, user, password, transport=self._pipe)
        except (NoXml, Fault, ResponseError, TypeError):
            raise NotABlog(
                f"{self.host} answers with something else where XML-RPC should be: "
                "look for a plugin or a host that blocks xmlrpc.php."
            ) from None

    def read(self, method: Method) -> Any:
        """Call a method that changes nothing; repeated while that may help. Raises Fault as well."""
        return self._call(method, is_read=True)

    def write(self, method: Method) -> Any:
        """Call a method once. Raises Fault as well."""
        return self._call(method, is_read=False)

    def read_many(self, methods: list[Method]) -> list[Any]:
        """Several reading calls in one request; an answer is a value, or a Fault."""
        if not methods:
            return []
        calls = [{"methodName": method.method_name, "params": list(self._arguments(method))} for method in methods]
        self._pipe.is_read = True
        answers = self._guarded(lambda: self._server.system.multicall(calls))
        if not isinstance(answers, list) or len(answers) != len(methods):
            raise self.odd()
        return [self._one_of_many(answer) for answer in answers]

    def odd(self) -> BlogUnreachable:
        """An answer of a shape that no WordPress gives."""
        return BlogUnreachable(f"{self.host} answered with data of an unknown shape: look for a faulty plugin.")

    @property
    def _server(self) -> ServerProxy:
        server: ServerProxy = self._client.server
        return server

    def _arguments(self, method: Any) -> Any:
        return method.get_args(self._client)

    def _call(self, method: Method, *, is_read: bool) -> Any:
        method.results_class = None
        self._pipe.is_read = is_read
        # Not Client.call(): it makes one and the same error of every 403, be it a password or a duplicate.
        send = getattr(self._server, method.method_name)
        return self._guarded(lambda: send(*self._arguments(method)))

    def _guarded(self, send: Any) -> Any:
        try:
            return send()
        except (UnsupportedXmlrpcMethodError, ResponseError, TypeError, ValueError, OverflowError):
            raise self.odd() from None

    def _one_of_many(self, answer: Any) -> Any:
        if isinstance(answer, list) and len(answer) == 1:
            return answer[0]
        if isinstance(answer, dict) and "faultCode" in answer:
            return Fault(int(answer["faultCode"]), str(answer.get("faultString")))
        raise self.odd()


class _Pipe(XmlRpcTransport):
    """xmlrpc.client's way to the server, over our `Transport` and its limits."""

    def __init__(self, transport: Transport, address: str) -> None:
        super().__init__()
        self.is_read = True
        self._transport = transport
        self._address = address  # the standard library hands on host and path only, and loses https

    def request(self, host: Any, handler: str, request_body: Any, verbose: bool = False) -> Any:
        answer = self._transport.post(
            self._address, bytes(request_body), content_type="text/xml; charset=utf-8", is_read=self.is_read
        )
        _check(answer)
        parser, unmarshaller = self.getparser()
        try:
            parser.feed(tidy(answer.body).encode())
            parser.close()
            return unmarshaller.close()
        except (ExpatError, ValueError, LookupError, RecursionError):
            raise NoXml(what_came(answer)) from None


def _check(answer: Answer) -> None:
    host = host_of(answer.url)
    if answer.status == 405:
        raise NotABlog(f"{host} has XML-RPC switched off: have it switched on, or use the REST API.")
    if _END.encode() in answer.body:
        return
    raise_for_trouble(answer)
    if answer.status in (401, 403, 404, 410):
        raise NoXml(f"{host} blocks xmlrpc.php (status {answer.status}): have it let through, or use the REST API.")
    raise NoXml(what_came(answer))


def tidy(body: bytes) -> str:
    """The one XML document in an answer, without what XML forbids.

    WordPress stores control characters and sends them as they are, and plugins print around the answer:
    either would make a whole page of comments unreadable.
    """
    text = body.decode("utf-8", "replace")
    begin = max(0, text.find("<?xml"))
    end = text.rfind(_END)
    text = text[begin : end + len(_END)] if end >= 0 else text[begin:]
    text = _NOT_XML.sub("", text)
    return _REFERENCE.sub(_allowed, _ANY_REFERENCE.sub("&amp;", text))


def _allowed(match: re.Match[str]) -> str:
    code = int(match.group(1), 16) if match.group(1) else int(match.group(2))
    is_character = code <= 0x10FFFF and not _NOT_XML.match(chr(code))
    return match.group() if is_character else ""
