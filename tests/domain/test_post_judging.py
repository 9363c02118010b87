"""Which posts are in: time, message, who gave the address, who posted; and what stays undecided."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.domain.contest import Phase, Rules
from service.domain.eligibility import Action, Code, Override, Status, judge
from service.domain.errors import BadInput
from service.domain.links import fold_link, misses
from service.domain.pools import Channel, Pool, PoolEntry, takes_part
from service.domain.post_judging import judge_posts
from service.domain.posts import Message, PostKind, Sight
from service.domain.same_person import people_of
from tests.factories import CLOSES_AT, make_contest, make_entry, make_evidence, make_found

LINK = "https://blog.example/deux-livres/"
MESSAGE = Message(links=(LINK,), hashtags=("DeuxLivres",), mentions=("@LeBlog",))


def verdicts(posts, comments=(), **contest):
    """The status and reasons of each post."""
    given = make_contest(**{"message": Message(links=(LINK,)), **contest})
    told = judge_posts(given, list(posts), list(comments), judge(given, list(comments)))
    return [(verdict.status, [reason.code for reason in verdict.reasons]) for verdict in told]


def verdict(post, comments=(), **contest):
    """The status and reasons of the only post."""
    return verdicts([post], comments, **contest)[0]


def claimed(number=1, **given):
    """A post that no search found."""
    return make_found(number, is_found=False, **given)


IN: tuple[Status, list[Code]] = (Status.ELIGIBLE, [])


def out(*codes):
    """Ineligible for these reasons."""
    return (Status.INELIGIBLE, list(codes))


def open_(*codes):
    """Undecided for these reasons."""
    return (Status.UNDECIDED, list(codes))


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, IN), (1, out(Code.LATE)), (-5 * 86_400, out(Code.EARLY))],
)
def test_a_post_is_in_time_by_its_network_s_clock(seconds, expected):
    post = make_found(evidence={"posted_at": CLOSES_AT + timedelta(seconds=seconds)})
    assert verdict(post, starts_at=CLOSES_AT - timedelta(days=4)) == expected


@pytest.mark.parametrize(
    ("sight", "expected"),
    [
        (Sight.GONE, out(Code.GONE)),
        (Sight.HIDDEN, out(Code.NOT_PUBLIC)),
        (Sight.UNSEEN, open_(Code.UNCHECKED)),
        (Sight.UNCLEAR, open_(Code.UNCHECKED)),
    ],
)
def test_only_a_network_s_own_word_puts_a_post_out(sight, expected):
    assert verdict(make_found(sight=sight)) == expected


def test_a_look_before_the_deadline_is_enough_only_while_the_contest_is_open():
    post = make_found(looked_at=CLOSES_AT - timedelta(minutes=1))
    assert verdict(post, phase=Phase.OPEN) == IN
    assert verdict(post) == open_(Code.UNCHECKED)


@pytest.mark.parametrize(
    ("carries", "needs_all", "expected"),
    [
        ({"links": (LINK,)}, False, ()),
        ({"links": (), "hashtags": ("deuxlivres",)}, False, ()),
        ({"links": (), "mentions": ("leblog",)}, False, ()),
        ({"links": ("https://other.example/",)}, False, ("link", "hashtag", "mention")),
        ({"links": (LINK,)}, True, ("hashtag", "mention")),
        ({"links": (LINK,), "hashtags": ("deuxlivres",), "mentions": ("leblog",)}, True, ()),
    ],
)
def test_one_part_of_the_message_is_enough_unless_all_are_needed(carries, needs_all, expected):
    assert misses(MESSAGE, make_evidence(**carries), needs_all=needs_all) == expected


@pytest.mark.parametrize(
    "url",
    [
        "http://www.Blog.Example/deux-livres",
        "https://blog.example/deux-livres/?utm_source=x&utm_medium=social#comments",
        "https://blog.example:443//deux-livres/?s=20&fbclid=1",
        "https://blog.example./deux-livres/amp/",
    ],
)
def test_a_decorated_link_is_the_link(url):
    assert fold_link(url) == fold_link(LINK) == "blog.example/deux-livres"


@pytest.mark.parametrize(
    "url",
    [
        "https://blog.example/deux-livres-2/",
        "https://blog.example.evil.example/deux-livres/",
        "https://evil.example/?https://blog.example/deux-livres/",
        "https://blog.example/?p=7",
        "ftp://blog.example/deux-livres/",
        "https://[blog.example/deux-livres/",
        "https://blog.example:99999/deux-livres/",
        "blog.example/deux-livres",
    ],
)
def test_another_link_is_another(url):
    assert fold_link(url) != fold_link(LINK)


def test_two_pages_that_differ_by_their_query_are_two():
    assert fold_link("https://b.example/?p=7&a=1") == fold_link("https://b.example/?a=1&p=7&utm_term=x")
    assert fold_link("https://b.example/?p=7") != fold_link("https://b.example/?p=8")


@pytest.mark.parametrize("hidden", [{"links": ("https://bit.ly/abc",)}, {"links": (), "is_partial": True}])
def test_a_link_that_can_t_be_read_is_undecided(hidden):
    assert verdict(make_found(evidence=hidden)) == open_(Code.UNREAD_LINKS)


def test_a_post_without_the_message_is_out():
    assert verdict(make_found(evidence={"links": ()})) == out(Code.OFF_MESSAGE)


def test_a_repost_counts_only_where_the_rules_say_so():
    post = make_found(evidence={"kind": PostKind.REPOST})
    assert verdict(post) == out(Code.REPOST)
    assert verdict(post, rules=Rules(reposts_count=True)) == IN


@pytest.mark.parametrize(
    ("contest", "code"),
    [
        ({"message": Message(links=(LINK,), mentions=("@Poster1",))}, Code.STAFF),
        ({"rules": Rules(excluded=("@POSTER1",))}, Code.EXCLUDED),
        ({"rules": Rules(excluded=("Poster 1",))}, Code.EXCLUDED),
    ],
)
def test_the_organiser_and_who_is_listed_may_not_win(contest, code):
    assert verdict(make_found(), **contest) == out(code)


def test_the_earliest_post_of_an_author_counts_also_without_a_search():
    early, late = (make_found(number, evidence={"author_id": "7", "author_handle": "ana"}) for number in (1, 2))
    assert verdicts([late, early]) == [out(Code.DUPLICATE), IN]


def test_posts_on_two_networks_given_by_one_commenter_are_one_person_s():
    comment = make_entry(posts=("x:1990000000000000001", "x:1990000000000000002"))
    assert verdicts([claimed(1), claimed(2)], [comment]) == [IN, out(Code.DUPLICATE)]


def test_an_address_counts_by_the_comment_that_gives_it():
    post = claimed()
    [reference] = post.references
    late = make_entry(posts=(reference,), submitted_at=CLOSES_AT + timedelta(seconds=9))
    assert verdict(post, [make_entry(posts=(reference,))]) == IN
    assert verdict(post, [late]) == out(Code.LATE)
    readmitted = make_entry(
        posts=(reference,),
        submitted_at=CLOSES_AT + timedelta(seconds=9),
        override=Override(Action.READMIT, "our server was down", (Code.LATE,)),
    )
    assert verdict(post, [readmitted]) == IN
    assert verdict(post) == out(Code.UNCLAIMED)
    assert verdict(make_found(), [late]) == IN


def test_a_second_claim_is_undecided_even_where_a_search_found_the_post():
    [reference] = make_found().references
    comments = [make_entry(number, posts=(reference,)) for number in (1, 2)]
    assert verdict(make_found(), comments) == open_(Code.CLAIMED_TWICE)


def test_a_readmission_sets_what_stood_then_aside_and_nothing_newer():
    override = Override(Action.READMIT, "I saw it", (Code.UNCHECKED,))
    assert verdict(make_found(sight=Sight.UNSEEN, evidence=None, override=override)) == (Status.ELIGIBLE, [])
    assert verdict(make_found(sight=Sight.GONE, override=override)) == out(Code.GONE)


@pytest.mark.parametrize(
    "comment",
    [{"handles": ("x:poster1",)}, {"posts": ("x:1990000000000000001",)}],
)
def test_a_commenter_who_is_the_poster_is_one_person(comment):
    contest = make_contest(message=Message(links=(LINK,)))
    comments, posts = [make_entry(5, **comment), make_entry(6)], [make_found(1), make_found(2)]
    told = judge(contest, comments)
    people = people_of(posts, judge_posts(contest, posts, comments, told), comments, told, contest)
    assert people == [
        PoolEntry("comment:5", "comment:5"),
        PoolEntry("comment:6", "comment:6"),
        PoolEntry("x:1990000000000000001", "comment:5"),
        PoolEntry("x:1990000000000000002", "x:1990000000000000002"),
    ]


def test_in_a_pool_for_both_a_comment_stands_for_the_posts_that_it_gives():
    people = [("comment:5", ""), ("x:1", "comment:5"), ("x:2", "")]
    assert takes_part(Channel.COMMENTS, people) == ["comment:5"]
    assert takes_part(Channel.POSTS, people) == ["x:1", "x:2"]
    assert takes_part(Channel.BOTH, people) == ["comment:5", "x:2"]


def people(comments, posts):
    """Who stands for whom, by entry, with the comment that gives a post."""
    contest = make_contest(message=Message(links=(LINK,)))
    told = judge(contest, comments)
    found = people_of(posts, judge_posts(contest, posts, comments, told), comments, told, contest)
    return {entry.entry: (entry.person, entry.given_by) for entry in found}


def test_what_a_stranger_writes_puts_no_found_post_out():
    """Whatever mallory claims: the posts stay in, in a pool for both as well, and stay different people's."""
    posts = [make_found(number) for number in (1, 2, 3)]
    mallory = make_entry(5, posts=tuple(post.entry for post in posts), handles=("x:poster1",))
    assert verdicts(posts, [mallory]) == [IN] * 3
    told = people([mallory], posts)
    assert {person for person, _ in told.values()} == set(told)
    assert not any(giver for _, giver in told.values())


def test_a_post_that_only_its_author_s_comment_brought_is_that_comment_s():
    told = people([make_entry(5, posts=(claimed().entry,))], [claimed()])
    assert told[claimed().entry] == ("comment:5", "comment:5")


@pytest.mark.parametrize("sight", [Sight.GONE, Sight.HIDDEN])
def test_a_no_from_before_the_deadline_is_asked_again_after_it(sight):
    post = make_found(sight=sight, looked_at=CLOSES_AT - timedelta(hours=1))
    assert verdict(post) == open_(Code.UNCHECKED)
    assert verdict(make_found(evidence={"links": ()}, looked_at=CLOSES_AT)) == open_(Code.UNCHECKED)


def test_who_is_struck_is_not_back_by_deleting_the_post():
    struck = Override(Action.DISQUALIFY, "an account of the publisher's")
    first = make_found(1, evidence={"author_id": "7", "author_handle": "ana"}, override=struck, sight=Sight.GONE)
    second = make_found(2, evidence={"author_id": "7", "author_handle": "ana"})
    assert verdicts([first, second])[1] == out(Code.DUPLICATE)


def test_a_fraction_of_the_closing_second_is_in_time():
    assert verdict(make_found(evidence={"posted_at": CLOSES_AT + timedelta(seconds=0.9)})) == IN


def test_all_that_speaks_against_a_post_can_be_set_aside_at_once():
    comments = [make_entry(number, posts=("x:1990000000000000001",)) for number in (1, 2)]
    reasons = verdict(make_found(evidence={"links": ()}), comments)[1]
    assert reasons == [Code.OFF_MESSAGE, Code.CLAIMED_TWICE]
    override = Override(Action.READMIT, "I saw it", tuple(reasons))
    assert verdict(make_found(evidence={"links": ()}, override=override), comments)[0] is Status.ELIGIBLE


def test_a_path_is_the_same_however_it_is_encoded():
    assert fold_link("https://b.example/caf%c3%a9/") == fold_link("https://b.example/café") == "b.example/caf%C3%A9"


@pytest.mark.parametrize(
    "message",
    [
        {"links": ("blog.example/x",)},
        {"links": ("javascript:alert(1)",)},
        {"hashtags": ("#",)},
        {"hashtags": ("two words",)},
        {"hashtags": ("x" * 200,)},
        {"mentions": ("@",)},
        {"mentions": ("a\x1b[2J",)},
        {"text": "x" * 5_000},
    ],
)
def test_a_message_that_nobody_can_carry_is_refused(message):
    with pytest.raises(BadInput):
        Message(**message)


def test_a_pool_s_texts_are_one_clean_line():
    assert Pool(name=" Le  livre ", prize="\tun\nlivre").prize == "un livre"
