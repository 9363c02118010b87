"""What has to be read again later but not by everybody: encrypted with a key made of SECRET_KEY."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from service.domain.errors import Conflict

SHORTEST_KEY = 16


class Vault:
    """Encrypts and decrypts texts (Fernet: AES-128-CBC and HMAC-SHA256)."""

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key

    def lock(self, text: str) -> str:
        """The text encrypted, in printable ASCII. Raises Conflict without a SECRET_KEY."""
        return self._fernet().encrypt(text.encode()).decode()

    def unlock(self, locked: str) -> str:
        """The text. Raises Conflict when SECRET_KEY isn't the one it was encrypted with."""
        try:
            return self._fernet().decrypt(locked.encode()).decode()
        except InvalidToken:
            raise Conflict(
                "SECRET_KEY was changed since this was stored: set the former one and restart. A blog can also be "
                "connected again in WordPress under Settings → Tirage.",
                code="secret_key_changed",
            ) from None

    def _fernet(self) -> Fernet:
        if len(self._secret_key) < SHORTEST_KEY:
            raise Conflict(
                "Set SECRET_KEY in the service's settings, to at least 16 characters: the blog's password and what "
                "winners tell are stored encrypted with it.",
                code="secret_key_missing",
            )
        derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"tirage vault 1")
        return Fernet(base64.urlsafe_b64encode(derive.derive(self._secret_key.encode())))
