"""Every setting, typed and checked when it is read: from the environment, `.env`, or one file each in SECRETS_DIR."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from service.domain.beacon import QUICKNET, Chain, read_chain
from service.domain.contest import Randomness
from service.domain.errors import BadInput
from service.mail import read_sender
from service.networks.origins import read_origins
from service.usecases.services import Timing
from wp_bridge.signature import PREFIX, key_of

SHORTEST_SECRET = 16


class Api(StrEnum):
    """Which of WordPress's APIs to use."""

    AUTO = "auto"
    REST = "rest"
    XMLRPC = "xmlrpc"


class Settings(BaseSettings):
    """The settings by their names in the environment, in lower case. README.md has them in a table."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", hide_input_in_errors=True)

    wordpress_url: str = ""
    wordpress_user: str = ""
    wordpress_password: SecretStr = SecretStr("")
    wordpress_api: Api = Api.AUTO
    wordpress_timeout_seconds: float = Field(30.0, gt=0, le=300)
    database_url: str = "sqlite:///var/tirage.sqlite3"
    public_url: AnyHttpUrl = AnyHttpUrl("http://127.0.0.1:8000")
    secret_key: SecretStr = SecretStr("")
    webhook_secrets: SecretStr = SecretStr("")
    x_bearer_token: SecretStr = SecretStr("")
    x_user_token: SecretStr = SecretStr("")
    x_user_id: str = Field("", pattern=r"^[0-9]{0,19}$")
    mastodon_tokens: SecretStr = SecretStr("")
    mastodon_share_server: str = "mastodon.social"
    bluesky_handle: str = ""
    bluesky_app_password: SecretStr = SecretStr("")
    network_origins: str = ""
    randomness: Literal["auto", "drand", "commit-reveal"] = "auto"
    drand_info: str = ""
    smtp_host: str = ""
    smtp_port: int = Field(587, ge=1, le=65_535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    mail_from: str = ""
    personal_data_days: int = Field(90, ge=1, le=3_650)
    search_seconds: float = Field(900.0, ge=1, le=86_400)
    bind: str = "127.0.0.1:8000"
    web_threads: int = Field(8, ge=1, le=256)
    log_level: str = "info"
    poll_seconds: float = Field(60.0, ge=1, le=86_400)
    slow_poll_seconds: float = Field(600.0, ge=1, le=86_400)
    lease_seconds: float = Field(60.0, ge=1, le=3_600)
    settle_seconds: float = Field(90.0, ge=1, le=3_600)

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.lower() not in ("debug", "info", "warning", "error"):
            raise ValueError("must be debug, info, warning or error")
        return value.lower()

    @field_validator("public_url")
    @classmethod
    def _plain_address(cls, value: AnyHttpUrl) -> AnyHttpUrl:
        if value.query is not None or value.fragment is not None or value.username or value.password:
            raise ValueError("must be an address without ?, # and login: the proof links are made from it")
        return value

    @field_validator("webhook_secrets")
    @classmethod
    def _good_secrets(cls, value: SecretStr) -> SecretStr:
        for secret in _split(value):
            if secret.startswith(PREFIX):
                key_of(secret)
            elif len(secret) < SHORTEST_SECRET:
                raise ValueError(f"must be secrets of at least {SHORTEST_SECRET} characters, separated by blanks")
        return value

    @field_validator("mastodon_tokens")
    @classmethod
    def _named_tokens(cls, value: SecretStr) -> SecretStr:
        if not all(part.partition("=")[0] and part.partition("=")[2] for part in _split(value)):
            raise ValueError("must be server=token, separated by blanks")
        return value

    @field_validator("network_origins")
    @classmethod
    def _good_origins(cls, value: str) -> str:
        read_origins(value)
        return value

    @field_validator("mail_from")
    @classmethod
    def _good_sender(cls, value: str) -> str:
        if value:
            try:
                read_sender(value)
            except ValueError:
                raise ValueError("must be an e-mail address, or a name and one: Name <name@blog.example>") from None
        return value

    @field_validator("drand_info")
    @classmethod
    def _good_chain(cls, value: str) -> str:
        if value:
            read_chain(value)
        return value

    @model_validator(mode="after")
    def _keys_are_whole(self) -> Self:
        has_user, has_app = (bool(key.get_secret_value()) for key in (self.x_user_token, self.x_bearer_token))
        if has_user and not self.x_user_id:
            raise ValueError("X_USER_TOKEN needs X_USER_ID, the number of its account")
        if self.x_user_id and not (has_user or has_app):
            raise ValueError("X_USER_ID needs X_BEARER_TOKEN or X_USER_TOKEN")
        if bool(self.smtp_host) != bool(self.mail_from):
            raise ValueError("SMTP_HOST and MAIL_FROM go together")
        if bool(self.bluesky_handle) != bool(self.bluesky_app_password.get_secret_value()):
            raise ValueError("BLUESKY_HANDLE and BLUESKY_APP_PASSWORD go together")
        return self

    @model_validator(mode="after")
    def _times_fit(self) -> Self:
        timeout = self.wordpress_timeout_seconds
        if self.lease_seconds <= timeout:
            raise ValueError("LEASE_SECONDS must be more than WORDPRESS_TIMEOUT_SECONDS")
        if self.settle_seconds < 2 * timeout:
            raise ValueError("SETTLE_SECONDS must be at least twice WORDPRESS_TIMEOUT_SECONDS")
        return self

    @property
    def timing(self) -> Timing:
        """The waiting times of the use cases."""
        return Timing(
            poll=self.poll_seconds,
            slow_poll=max(self.slow_poll_seconds, self.poll_seconds),
            lease=self.lease_seconds,
            settle=self.settle_seconds,
            search=self.search_seconds,
        )

    @property
    def chain(self) -> Chain:
        """The beacon's chain: drand's quicknet, unless another one is given for a trial."""
        return read_chain(self.drand_info) if self.drand_info else QUICKNET

    @property
    def usual_randomness(self) -> Randomness | None:
        """That of new contests; None: the beacon where it can be reached."""
        return None if self.randomness == "auto" else Randomness(self.randomness)

    @property
    def webhook_secret_list(self) -> list[str]:
        """The secrets, one by one."""
        return _split(self.webhook_secrets)

    @property
    def mastodon_token_map(self) -> dict[str, str]:
        """The tokens by server."""
        pairs = (part.partition("=") for part in _split(self.mastodon_tokens))
        return {server.lower(): token for server, _, token in pairs}

    @property
    def names_a_blog(self) -> bool:
        """Whether any of the settings says which blog to connect to."""
        return bool(self.wordpress_url or self.wordpress_user or self.wordpress_password.get_secret_value())

    def require_blog(self) -> None:
        """Raises BadInput that names every setting missing for the connection to the blog."""
        wanted = {
            "WORDPRESS_URL": self.wordpress_url,
            "WORDPRESS_USER": self.wordpress_user,
            "WORDPRESS_PASSWORD": self.wordpress_password.get_secret_value(),
        }
        missing = [name for name, value in wanted.items() if not value]
        if missing:
            raise BadInput(
                f"Set {', '.join(missing)} in the environment or in .env; README.md tells how to connect a blog.",
                code="settings_missing",
            )


def read_settings(**given: Any) -> Settings:
    """The settings. Raises BadInput that names each wrong one and never shows a value."""
    folder = Path(os.environ.get("SECRETS_DIR", "/run/secrets"))
    try:
        return Settings(**given, _secrets_dir=folder if folder.is_dir() else None)
    except ValidationError as error:
        wrong = [
            ": ".join([*map(_name, item["loc"]), item["msg"].removeprefix("Value error, ")]) for item in error.errors()
        ]
        raise BadInput("These settings are wrong: " + "; ".join(wrong) + ".", code="settings_wrong") from None
    except (OSError, UnicodeDecodeError, SettingsError):
        raise BadInput(
            f"The settings can't be read: .env and the files in {folder} must be readable UTF-8 text.",
            code="settings_wrong",
        ) from None


def _split(secrets: SecretStr) -> list[str]:
    return secrets.get_secret_value().replace(",", " ").split()


def _name(part: int | str) -> str:
    return str(part).upper()
