"""The keys that doorbells are checked with, made of the setting WEBHOOK_SECRETS."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Self

from service.settings import Settings
from wp_bridge.signature import PREFIX, key_of


@dataclass(frozen=True, slots=True)
class Doorkeys:
    """The keys made of WEBHOOK_SECRETS: for our plugin's signatures, for WP Webhooks', and for HookPress's address."""

    signing: tuple[bytes, ...] = ()
    shared: tuple[bytes, ...] = ()
    addresses: tuple[str, ...] = ()

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The keys. The settings have checked the secrets."""
        secrets = settings.webhook_secret_list
        return cls(
            signing=tuple(key_of(secret) for secret in secrets if secret.startswith(PREFIX)),
            shared=tuple(secret.encode() for secret in secrets),
            addresses=tuple(hookpress_key(secret) for secret in secrets),
        )


def hookpress_key(secret: str) -> str:
    """What stands for a secret in an address, which others may see: 32 hexadecimal digits that don't tell it."""
    return hmac.digest(secret.encode(), b"tirage hookpress address", hashlib.sha256).hex()[:32]
