"""The port `Mailer` over SMTP: one plain mail to one person, and a sentence where it wasn't taken."""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses, make_msgid
from typing import Literal

from service.domain.mailbox import read_mailbox
from service.usecases.plain_text import clean_text
from service.usecases.ports import Clock, MailProblem

SILENCE_SECONDS = 15.0  # between two signs of life of the mail server
WHOLE_SECONDS = 60.0  # for one mail, however busily the server drips
LONGEST_ANSWER = 160
_ENHANCED = re.compile(r"(?<![\d.])5\.(\d{1,3})\.\d{1,3}(?!\.?\d)")
Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who mails come from: `Name <address>` or the address alone."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What stands after the @."""
        return self.address.rpartition("@")[2]


def read_sender(text: str) -> Sender:
    """MAIL_FROM as it is set. Raises ValueError."""
    found = getaddresses([text])
    if len(found) != 1:
        raise ValueError("it must be one address")
    name, address = found[0]
    return Sender(name=clean_text(name), address=read_mailbox(address))


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpMailer:
    """Hands mails to one mail server, each over a connection of its own."""

    host: str
    port: int
    security: Security
    sender: Sender
    clock: Clock
    user: str = ""
    password: str = field(default="", repr=False)
    silence: float = SILENCE_SECONDS
    whole: float = WHOLE_SECONDS

    def send(self, to: str, subject: str, text: str) -> None:
        """Send a mail. Raises MailProblem, permanent where the address is wrong or the server wants none of it."""
        mail = self._compose(to, subject, text)
        try:
            with self._connect() as server:
                if self.user:
                    server.login(self.user, self.password)
                server.send_message(mail, self.sender.address, [to.strip(" ")])
        except (
            OSError,
            ValueError,
        ) as error:  # smtplib's errors are OSErrors, and a login may hold what SMTP can't say
            raise self._problem(error, to) from None

    def _compose(self, to: str, subject: str, text: str) -> EmailMessage:
        """The mail, whose headers hold one line each whatever is put in. Raises MailProblem."""
        try:
            address = read_mailbox(to)
        except ValueError as error:
            raise MailProblem(f"The address in the comment can't be used: {error}.", permanent=True) from None
        mail = EmailMessage(policy=SMTP)
        try:
            mail["From"] = Address(display_name=self.sender.name, addr_spec=self.sender.address)
            mail["To"] = Address(addr_spec=address)
            mail["Subject"] = clean_text(subject, longest=200)
        except (MessageError, ValueError):
            raise MailProblem("The mail's headers can't be written for this address.", permanent=True) from None
        mail["Date"] = format_datetime(self.clock())
        mail["Message-ID"] = make_msgid(domain=self.sender.domain)
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
        mail.set_content(text, cte="quoted-printable")
        return mail

    @contextlib.contextmanager
    def _connect(self) -> Iterator[smtplib.SMTP]:
        """A connection, encrypted as the settings say. A goodbye that fails doesn't unsend the mail."""
        name = self.sender.domain  # what we say we are: asking the machine for its name can take a minute
        context = ssl.create_default_context()
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, local_hostname=name, timeout=self.silence, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, local_hostname=name, timeout=self.silence)
        timer = threading.Timer(self.whole, _hang_up, [server])
        timer.daemon = True
        timer.start()
        try:
            if self.security == "starttls":
                server.starttls(context=context)
            yield server
            with contextlib.suppress(OSError):
                server.quit()
        finally:
            timer.cancel()
            server.close()

    def _problem(self, error: OSError | ValueError, to: str) -> MailProblem:
        where = f"{self.host}:{self.port}"
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            code, answer = next(iter(error.recipients.values()))
            if _is_about_us(answer, to):
                what = f"{where} takes no mail from here for others: look at SMTP_USER and MAIL_FROM"
                return _refused(what, code, answer, to, permanent=False)
            return _refused(f"{where} takes no mail for this address", code, answer, to, permanent=_is_final(code))
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return MailProblem(f"{where} refuses the login: look at SMTP_USER and SMTP_PASSWORD.")
        if isinstance(error, smtplib.SMTPSenderRefused):
            return MailProblem(f"{where} takes no mail from MAIL_FROM ({error.smtp_code}): look at that setting.")
        if isinstance(error, smtplib.SMTPResponseException):
            is_final = isinstance(error, smtplib.SMTPDataError) and _is_final(error.smtp_code)
            return _refused(f"{where} refuses the mail", error.smtp_code, error.smtp_error, to, permanent=is_final)
        if isinstance(error, ssl.SSLCertVerificationError):  # which is a ValueError too
            return MailProblem(f"{where} shows a certificate that isn't valid for it: look at SMTP_HOST.")
        if isinstance(error, smtplib.SMTPNotSupportedError | ValueError):
            return MailProblem(f"{where} can't do what the settings ask for: look at SMTP_SECURITY and SMTP_USER.")
        if isinstance(error, ssl.SSLError):
            return MailProblem(f"{where} speaks another kind of encryption: look at SMTP_SECURITY and SMTP_PORT.")
        return MailProblem(f"{where} doesn't answer as a mail server does, or not in time.")


def _is_final(code: int) -> bool:
    """Whether an answer stays the same when asked again (RFC 5321, 4.2.1); greylisting answers with 4xx."""
    return 500 <= code < 600


def _is_about_us(answer: bytes | str, to: str) -> bool:
    """Whether a recipient is refused since the server doesn't trust us: then each would be, and settings can mend it.

    RFC 3463, 3.8: codes X.7.X are about security and policy. Some servers give no such code, but speak of relaying;
    beside another code that word means nothing ("5.1.1 User unknown in relay recipient table").
    """
    words = _words(answer, to)
    code = _ENHANCED.search(words)
    return code[1] == "7" if code else "relay" in words.lower()


def _refused(what: str, code: int, answer: bytes | str, to: str, *, permanent: bool) -> MailProblem:
    """With the server's words, which may hold the address: it stands beside them anyway, and is left out."""
    shown = clean_text(_words(answer, to), longest=LONGEST_ANSWER).rstrip(".")
    return MailProblem(f"{what} ({code}{' ' if shown else ''}{shown}).", permanent=permanent)


def _words(answer: bytes | str, to: str) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return words.replace(to.strip(" "), "…")


def _hang_up(server: smtplib.SMTP) -> None:
    """End the connection under whoever reads from it."""
    connection = server.sock
    if connection is not None:
        with contextlib.suppress(OSError):
            # Not SSLSocket.shutdown: it takes the TLS state away under the thread that reads.
            socket.socket.shutdown(connection, socket.SHUT_RDWR)
