"""Posts added by hand: a preview of what each line becomes, and tables as other tools export them."""

from __future__ import annotations

import pytest

from service.domain.errors import BadInput, Conflict
from service.storage import log
from service.usecases import seal
from service.usecases.add_posts import add_posts, read_table


def address(world, number):
    return f"https://x.com/i/web/status/{world.network.key(number)}"


def added(world, *lines, **given):
    told = add_posts(world.services, 1, lines, reason="from the other tool", actor="ada", **given)
    return [line.became.value for line in told]


def test_each_line_tells_what_it_becomes_and_the_preview_adds_nothing(world):
    world.network.add(1)
    world.network.add(2)
    world.open_pools()
    added(world, address(world, 2))
    lines = [address(world, 1), f"<{address(world, 1)}>,", "nonsense", address(world, 2)]
    expected = ["added", "repeated", "no_address", "known"]
    assert added(world, *lines, dry_run=True) == expected
    assert list(world.posts()) == ["002"]
    assert added(world, *lines) == expected
    assert list(world.posts()) == ["002", "001"]
    world.run()
    assert world.verdicts() == {"001": ("eligible", []), "002": ("eligible", [])}


def test_a_post_that_a_comment_gave_counts_without_it_from_now_on_and_that_is_told(world):
    world.blog.add(posts=world.network.add(1), account_id=1)
    world.open_pools()
    world.run()
    assert world.verdicts() == {"001": ("ineligible", ["unclaimed"])}
    assert added(world, address(world, 1)) == ["counts_now"]
    assert world.verdicts() == {"001": ("eligible", [])}
    assert added(world, address(world, 1)) == ["known"]


def test_lines_are_shown_without_signs_that_steer_a_terminal_and_by_their_numbers(world):
    world.open_pools()
    told = add_posts(world.services, 1, ["", "\x1b[2Jx"], reason="r", actor="ada", dry_run=True)
    assert [(line.number, line.text) for line in told] == [(2, "[2Jx")]


def test_the_log_keeps_how_many_and_why(world):
    world.open_pools()
    added(world, address(world, 1), "nonsense")
    with world.services.store.read() as tx:
        line = log.lines(tx, 1)[-1]
    assert (line.action, line.reason, line.details) == (
        "add_posts",
        "from the other tool",
        {"posts": 1, "count_now": 0},
    )


def test_a_contest_of_commenters_takes_no_posts(world):
    world.open()
    with pytest.raises(BadInput, match="No pool of this contest takes posts"):
        added(world, address(world, 1))


def test_a_sealed_contest_takes_no_more_posts(world):
    world.open_pools()
    world.pass_deadline()
    world.run()
    seal.seal(world.services, 1, actor="ada", leave_out=True)
    with pytest.raises(Conflict):
        added(world, address(world, 1))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a,b\nc,d\n", ["a b", "c d"]),
        ('date;"url; quoted"\n\n1;2\n', ["date url; quoted", "", "1 2"]),
        ('a,"open\nb,c\n', ['a "open', "b c"]),
        ("a\tb\r\n", ["a b"]),
        ("", []),
    ],
)
def test_tables_with_any_separator_are_read(text, rows):
    assert read_table(text) == rows


@pytest.mark.parametrize("text", ["\x00", '"' + "x" * 200_000])
def test_what_is_no_table_is_refused(text):
    with pytest.raises(BadInput, match="export it as CSV"):
        read_table(text)


def test_too_many_lines_are_refused(world):
    world.open_pools()
    with pytest.raises(BadInput, match="split the file"):
        added(world, *["x"] * 20_001)
