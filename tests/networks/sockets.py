"""Servers that answer with bytes of a test's own, plain or with TLS."""

from __future__ import annotations

import contextlib
import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Talk = Callable[[socket.socket, bytes, threading.Event], None]  # the connection, the request's head, "end now"


@contextlib.contextmanager
def serve(talk: Talk, *, tls: ssl.SSLContext | None = None) -> Iterator[tuple[str, int]]:
    """Speak with everybody who connects, one after the other; gives the address to connect to."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.02)
        thread = threading.Thread(target=_serve, args=(listener, talk, tls, stop))
        thread.start()
        try:
            yield listener.getsockname()
        finally:
            stop.set()
            thread.join()


def _serve(listener: socket.socket, talk: Talk, tls: ssl.SSLContext | None, stop: threading.Event) -> None:
    while not stop.is_set():
        with contextlib.suppress(OSError):
            connection = listener.accept()[0]
            connection.settimeout(5)
            with connection if tls is None else tls.wrap_socket(connection, server_side=True) as stream:
                talk(stream, _head(stream), stop)


def _head(stream: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head and (more := stream.recv(4096)):
        head += more
    return head


def drip(start: bytes) -> Talk:
    """Begins like this and goes on with a byte now and then, without an end."""

    def talk(stream: socket.socket, _head: bytes, stop: threading.Event) -> None:
        stream.sendall(start)
        while not stop.wait(0.02):
            stream.sendall(b"x")

    return talk


def say(answer: bytes, heard: list[bytes] | None = None) -> Talk:
    """The same answer to everybody; what was asked goes into `heard`."""

    def talk(stream: socket.socket, head: bytes, _stop: threading.Event) -> None:
        if heard is not None:
            heard.append(head)
        stream.sendall(answer)

    return talk


def ok(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A whole answer that ends the connection."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + body


def certificate(name: str, folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS settings with a certificate for that name, and the file that makes it trusted."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), now - day, now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    trusted, both = folder / "trusted.pem", folder / "server.pem"
    trusted.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both.write_bytes(encoded + trusted.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, trusted
