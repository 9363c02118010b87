"""Origins that stand in for the networks' hosts: for tests, for the demo, or for a gateway of one's own."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from service.networks.web_addresses import is_public_name


def read_origins(text: str) -> dict[str, str]:
    """ "publish.x.com=http://127.0.0.1:8123 t.co=https://gateway.example" as a mapping; "" is an empty one.

    Plain http goes no further than this machine, since keys travel with the requests. Raises ValueError with a
    sentence that tells what is wrong.
    """
    origins: dict[str, str] = {}
    for pair in text.split():
        host, equals, origin = pair.partition("=")
        if not equals or not is_public_name(host):
            raise ValueError("must be host=origin, separated by blanks, such as publish.x.com=http://127.0.0.1:8123")
        if host in origins:
            raise ValueError(f"names {host} twice")
        origins[host] = _origin(host, origin)
    return origins


def _origin(host: str, text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"has no origin for {host} that can be read") from None
    rest = text.removeprefix(f"{parts.scheme}://{parts.netloc}").removesuffix("/")
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or rest:
        raise ValueError(f"must give {host} an origin: http or https, a host, a port, and nothing more")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ValueError(f"must give {host} an https origin, or one on this machine")
    name = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{name}" + (f":{port}" if port is not None else "")


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
