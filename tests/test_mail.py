"""Mails are handed to a mail server on loopback: whole, encrypted, to one person, and what isn't taken says why."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.app import make_mailer
from service.domain.mailbox import read_mailbox
from service.mail import SmtpMailer, read_sender
from service.settings import Settings
from service.usecases.ports import MailProblem, NoMailer
from testbed.smtp import MailServer
from tests.networks.sockets import certificate

NOW = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)
TEXT = "Bonjour Zoé,\n\nvous avez gagné 🎉\n.\n..\nhttps://tirage.example/claims/" + "x" * 100 + "\n"
HOSTILE = [
    "",
    " ",
    "a",
    "a@b",
    "a@b.example, c@d.example",
    "a@b.example;c@d.example",
    "a@b.example\nBcc: c@d.example",
    "a@b.example\r\nRCPT TO:<c@d.example>",
    "<a@b.example>",
    "Ada <a@b.example>",
    '"a b"@b.example',
    "a@[127.0.0.1]",
    "a@b..example",
    "a@-b.example",
    ".a@b.example",
    "a@b@c.example",
    "a@b.example\x00",
    "é@b.example",
    "a@é.example",
    "a" * 65 + "@b.example",
    "a@" + "b." * 130 + "example",
]


def mailer(port, **given):
    values = {"host": "127.0.0.1", "security": "none", "silence": 2.0, "clock": lambda: NOW}
    sender = read_sender("Le blog é <tirage@blog.example>")
    return SmtpMailer(port=port, sender=sender, **{**values, **given})


def problem(server, **given):
    with pytest.raises(MailProblem) as caught:
        mailer(server.port, **given).send("ada@example.org", "Hello", "Hello")
    assert "ada@example.org" not in caught.value.message
    assert caught.value.message.count("\n") == 0
    return caught.value


def test_a_mail_arrives_as_it_was_written():
    with MailServer() as server:
        mailer(server.port).send("ada@example.org", "Vous avez gagné : le livre", TEXT)
    [received] = server.mails
    mail = received.mail
    assert (received.sender, received.to) == ("tirage@blog.example", ["ada@example.org"])
    assert mail.get_content().replace("\r\n", "\n") == TEXT
    assert mail["Subject"] == "Vous avez gagné : le livre"
    assert str(mail["From"]) == "Le blog é <tirage@blog.example>"
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@blog.example>")
    assert mail.get_content_type() == "text/plain"
    assert received.data.isascii()
    assert max(map(len, received.data.split(b"\r\n"))) <= 78


def test_nothing_that_is_put_in_becomes_a_header_of_its_own():
    with MailServer() as server:
        mailer(server.port).send("ada@example.org", "Hello\r\nBcc: eve@example.org\r\n\r\nhi", "Bcc: eve@example.org")
    [received] = server.mails
    assert received.mail["Bcc"] is None
    assert received.to == ["ada@example.org"]
    assert received.mail["Subject"] == "Hello Bcc: eve@example.org hi"


@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_that_a_mail_can_not_go_to_is_refused_before_anybody_is_asked(address):
    with pytest.raises(MailProblem) as caught:
        mailer(9).send(address, "Hello", "Hello")
    assert caught.value.permanent


@pytest.mark.parametrize(
    "address", ["a@b.example", "  Ada.Lovelace+tag@x-y.example ", "o'neil_{x}@b.co", "1@1.example"]
)
def test_usual_addresses_are_taken(address):
    assert read_mailbox(address) == address.strip()


@given(st.text(max_size=80))
def test_no_address_that_is_taken_can_end_a_line_or_name_a_second_person(text):
    try:
        address = read_mailbox(text)
    except ValueError:
        return
    assert address.isascii()
    assert address.isprintable()
    assert address.count("@") == 1
    assert not set(address) & set(' ,;:<>"()[]\\')


def test_a_login_goes_over_an_encrypted_connection_alone(tmp_path, monkeypatch):
    context, trusted = certificate("localhost", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    login = base64.b64encode(b"\0ada\0secret").decode()
    for way in ("starttls", "tls"):
        offered: dict[str, Any] = {way: context, "logins": (login,)}
        with MailServer(**offered) as server:
            sender = mailer(server.port, host="localhost", security=way, user="ada", password="secret")
            sender.send("ada@example.org", "Hello", "Hello")
        [received] = server.mails
        assert received.is_encrypted
        assert received.login == login


@pytest.mark.parametrize("way", ["starttls", "tls"])
def test_a_certificate_of_somebody_else_ends_it(way, tmp_path):
    context, _ = certificate("localhost", tmp_path)
    offered: dict[str, Any] = {way: context}
    with MailServer(**offered) as server:
        assert "certificate" in problem(server, host="localhost", security=way).message
    assert server.mails == []


def test_without_the_encryption_that_is_wanted_nothing_is_sent():
    with MailServer() as server:
        assert "SMTP_SECURITY" in problem(server, security="starttls").message
        assert "SMTP_SECURITY" in problem(server, security="tls").message
    assert server.mails == []


@pytest.mark.parametrize(
    ("answers", "says", "permanent"),
    [
        ({"RCPT": "550 5.1.1 <ada@example.org>: no such\tmailbox"}, "takes no mail for this address (550", True),
        ({"RCPT": "550 5.1.1 User unknown in relay recipient table"}, "for this address (550", True),
        ({"RCPT": "550 <ada@example.org> isn't known"}, "for this address (550", True),
        ({"RCPT": "554 5.7.1 <ada@example.org>: Relay access denied"}, "look at SMTP_USER and MAIL_FROM (554", False),
        ({"RCPT": "550 5.7.26 not authenticated"}, "look at SMTP_USER and MAIL_FROM (550", False),
        ({"RCPT": "550 relay not permitted"}, "look at SMTP_USER and MAIL_FROM (550", False),
        ({"RCPT": "553 not in my list of allowed rcpthosts (#5.7.1)"}, "look at SMTP_USER and MAIL_FROM", False),
        ({"RCPT": "450 4.2.0 greylisted"}, "greylisted", False),
        ({"MAIL": "550 5.7.1 not yours"}, "MAIL_FROM", False),
        ({"END": "554 5.7.1 spam"}, "spam", True),
        ({"END": "451 4.3.0 disk full"}, "disk full", False),
        ({"DATA": "554 no valid recipients"}, "no valid", True),
        ({"CONNECT": "554 go away"}, "go away", False),
        ({"CONNECT": "SSH-2.0-OpenSSH"}, "127.0.0.1", False),
        ({"EHLO": "500 what"}, "127.0.0.1", False),
    ],
)
def test_what_the_server_refuses_is_told_in_a_sentence(answers, says, permanent):
    with MailServer(answers=answers) as server:
        caught = problem(server)
    assert says in caught.message
    assert caught.permanent is permanent
    assert server.mails == []


def test_an_address_that_speaks_of_relaying_is_the_addressees_all_the_same():
    with (
        MailServer(answers={"RCPT": "550 <ada@relay.example> isn't known"}) as server,
        pytest.raises(MailProblem) as caught,
    ):
        mailer(server.port).send("ada@relay.example", "Hello", "Hello")
    assert caught.value.permanent


def test_a_login_that_is_refused_names_the_settings():
    with MailServer(logins=("other",)) as server:
        caught = problem(server, user="ada", password="s3cret-word")
    assert "SMTP_PASSWORD" in caught.message
    assert "s3cret-word" not in caught.message
    assert not caught.permanent


@pytest.mark.parametrize("command", ["CONNECT", "EHLO", "RCPT", "END"])
def test_a_server_that_hangs_is_left(command):
    with MailServer(answers={command: ""}) as server:
        assert not problem(server, silence=0.1).permanent


def test_a_mail_has_an_end_however_much_silence_is_borne():
    with MailServer(answers={"EHLO": ""}) as server:
        assert not problem(server, silence=30, whole=0.1).permanent


def test_a_goodbye_that_fails_does_not_unsend_the_mail():
    with MailServer(answers={"QUIT": ""}) as server:
        mailer(server.port, silence=0.1).send("ada@example.org", "Hello", "Hello")
    assert len(server.mails) == 1


def test_nobody_there_is_told():
    with MailServer() as server:
        port = server.port
    with pytest.raises(MailProblem, match="doesn't answer"):
        mailer(port).send("ada@example.org", "Hello", "Hello")


def test_the_settings_make_the_mailer():
    assert isinstance(make_mailer(Settings(_env_file=None)), NoMailer)
    with pytest.raises(MailProblem, match="SMTP_HOST"):
        NoMailer().send("ada@example.org", "Hello", "Hello")
    made = make_mailer(Settings(_env_file=None, smtp_host="mail.example", mail_from="Blog <a@blog.example>"))
    assert isinstance(made, SmtpMailer)
    assert (made.port, made.security, made.sender.name) == (587, "starttls", "Blog")


@pytest.mark.parametrize("sender", ["blog", "a@b.example, c@d.example", "é@b.example"])
def test_a_sender_that_can_not_be_is_refused_with_the_settings(sender):
    with pytest.raises(ValueError, match="must be an e-mail address"):
        Settings(_env_file=None, smtp_host="mail.example", mail_from=sender)


def test_the_password_stands_in_no_representation():
    assert "hidden" not in repr(mailer(9, password="hidden"))
