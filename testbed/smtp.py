"""A mail server on loopback, in a thread: it keeps what it is given, and refuses what a test wants refused."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Self

_OFFERS = ("localhost", "8BITMIME")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A mail as it came in: who it was said to be from and to, and all of it. `is_encrypted`: it came over TLS."""

    sender: str
    to: list[str]
    data: bytes
    is_encrypted: bool
    login: str

    @property
    def mail(self) -> EmailMessage:
        """What is in it."""
        read = message_from_bytes(self.data, policy=SMTP)
        assert isinstance(read, EmailMessage)
        return read


@dataclass
class MailServer:
    """`with MailServer() as server`: it listens on `server.port`, and `server.mails` is what it took.

    `answers` sets what it says to a command ("RCPT": "450 later"); an answer of "" is none at all, and it hangs.
    `starttls` and `tls` offer encryption. `logins` are the only ones that are let in.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    starttls: ssl.SSLContext | None = None
    tls: ssl.SSLContext | None = None
    logins: tuple[str, ...] = ()
    mails: list[Received] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._stop = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self._threads = [threading.Thread(target=self._listen, daemon=True)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    @property
    def port(self) -> int:
        """Where it listens, on 127.0.0.1."""
        return int(self._listener.getsockname()[1])

    def _listen(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = self._listener.accept()
                thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stream: socket.socket = stack.enter_context(connection)
            if self.tls:
                stream = stack.enter_context(self.tls.wrap_socket(connection, server_side=True))
            stack.enter_context(contextlib.closing(_Talk(self, stream, self._stop))).talk()


class _Talk:
    """One client's visit."""

    def __init__(self, server: MailServer, stream: socket.socket, stop: threading.Event) -> None:
        self._server, self._stream, self._stop = server, stream, stop
        self._lines = stream.makefile("rb")
        self._sender, self._to, self._login = "", list[str](), ""

    def talk(self) -> None:
        """Until the client has gone."""
        self._say("CONNECT", "220 localhost ready")
        while line := self._lines.readline():
            text = line.decode("utf-8", "replace").strip()
            command = text.partition(" ")[0].upper()
            act: Callable[[str], None] = getattr(self, f"_{command.lower()}", self._unknown)
            act(text)
            if command == "QUIT":
                return

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self._stream.close()

    def _say(self, command: str, usual: str) -> str:
        """What is said; hangs where a test wants no answer."""
        answer = self._server.answers.get(command, usual)
        if not answer:
            self._stop.wait()
        self._stream.sendall(f"{answer}\r\n".encode())
        return answer

    def _unknown(self, _text: str) -> None:
        self._say("", "502 not known here")

    def _ehlo(self, _text: str) -> None:
        is_plain = not isinstance(self._stream, ssl.SSLSocket)
        offers = [*_OFFERS, *(["STARTTLS"] if self._server.starttls and is_plain else [])]
        offers += ["AUTH PLAIN"] if self._server.logins else []
        lines = [f"250{' ' if offer == offers[-1] else '-'}{offer}" for offer in offers]
        self._say("EHLO", "\r\n".join(lines))

    def _starttls(self, _text: str) -> None:
        if self._say("STARTTLS", "220 go on").startswith("220") and self._server.starttls:
            self._stream = self._server.starttls.wrap_socket(self._stream, server_side=True)
            self._lines = self._stream.makefile("rb")

    def _auth(self, text: str) -> None:
        self._login = text.rpartition(" ")[2]
        is_known = self._login in self._server.logins
        self._say("AUTH", "235 welcome" if is_known else "535 5.7.8 not known")

    def _mail(self, text: str) -> None:
        self._sender, self._to = text, []
        self._say("MAIL", "250 ok")

    def _rcpt(self, text: str) -> None:
        if self._say("RCPT", "250 ok").startswith("250"):
            self._to.append(text.partition("<")[2].partition(">")[0])

    def _data(self, _text: str) -> None:
        if not self._say("DATA", "354 go on").startswith("354"):
            return
        lines = []
        while (line := self._lines.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if self._server.answers.get("END", "250").startswith("250"):
            self._keep(b"".join(lines))
        self._say("END", "250 kept")

    def _keep(self, data: bytes) -> None:
        is_encrypted = isinstance(self._stream, ssl.SSLSocket)
        sender = self._sender.partition("<")[2].partition(">")[0]
        received = Received(sender=sender, to=self._to, data=data, is_encrypted=is_encrypted, login=self._login)
        self._server.mails.append(received)

    def _rset(self, _text: str) -> None:
        self._say("RSET", "250 ok")

    def _quit(self, _text: str) -> None:
        self._say("QUIT", "221 goodbye")
