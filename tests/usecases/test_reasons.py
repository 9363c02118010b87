"""A moderator's reason is published: it takes no address of anybody, in whatever spelling."""

from __future__ import annotations

import pytest

from service.domain.errors import BadInput
from service.usecases.review import check_reason


@pytest.mark.parametrize(
    "address",
    [
        "bob@example.org",
        "bob @ example.org",
        "bob @example.org",
        "bob@ example.org",
        "bob＠example.org",
        "bob ﹫ example.org",
        "192.0.2.1",
        "１９２.０.２.１",
        "2001:db8::1",
        "2001:DB8:0:0:0:0:0:1",
        "2001:db8::",
        "::1",
        "::ffff:192.0.2.1",
        "fe80::1%eth0",
        "[2001:db8::1]",
        "2001:db8::/32",
    ],
)
@pytest.mark.parametrize("sentence", ["{}", "wrote from {}.", "IP:{}", "the same ({}): twice", "{}, again"])
def test_an_address_is_refused(address, sentence):
    with pytest.raises(BadInput, match="leave e-mail and IP addresses out"):
        check_reason(sentence.format(address))


@pytest.mark.parametrize(
    "reason",
    [
        "came at 17:00:05",
        "entre 16:59:58 et 17:00:05.",
        "notre serveur était en panne : 12 minutes",
        "1:2:3:4:5",
        "C++ std::vector isn't a book",
        "fermé :: trop tard",
        "see comment 12, version 1.2.3",
        "@",
    ],
)
def test_times_and_words_are_no_addresses(reason):
    assert check_reason(reason) == reason


def test_a_reason_is_one_line_in_one_spelling():
    assert check_reason("  ﬁn\u00a0du \n jeu ") == "fin du jeu"
