"""What every blog promises about comments, on WordPress 6.1 and 6.8, with our plugin, over REST and XML-RPC."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

import wp_bridge
from testbed.site import Site
from tests.wp_bridge.conftest import Connect
from wp_bridge import Blog, Comment, CommentKind, CommentStatus

NOW = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)

# What strangers may call themselves and write: all of it must come back as it was stored.
HOSTILE = [
    "<script>alert('x')</script>",
    "Zoé & Léa <b>gras</b> &amp; &eacute; &#8217; &#x1F389; & &nope;",
    "\u202f« oui » …",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\U0001f3fd \U0001d4b3 \U0001f1eb\U0001f1f7",
    "\u202etxt.exe \u0301\u0301 \ufeff",
    "]]> <!-- --> </methodResponse> <?xml",
    "tab\there \\ back\\slash 'q' \"q\" %s {} ${x}",
]


def all_comments(blog: Blog, post_id: int) -> dict[int, Comment]:
    return {comment.id: comment for page in blog.comments(post_id) for comment in page}


def test_a_comment_has_all_its_values(blog: Blog, site: Site, post_id: int) -> None:
    moment = datetime(2026, 11, 20, 17, 30, 59, tzinfo=UTC)
    [first] = site.insert_comments(
        post_id,
        [
            {"author": "Zoé", "email": "zoe@mail.example", "url": "https://zoe.example", "ip": "192.0.2.7",
             "date_gmt": moment, "content": "Moi !"},
        ],
    )  # fmt: skip
    [reply] = site.insert_comments(
        post_id,
        [{"user_id": site.users["reader"].id, "content": "Et moi", "parent": first, "date_gmt": moment}],
    )
    comments = all_comments(blog, post_id)
    assert comments[first] == Comment(
        id=first,
        post_id=post_id,
        parent_id=0,
        author_id=0,
        author_name="Zoé",
        author_email="zoe@mail.example",
        author_url="https://zoe.example",
        author_ip="192.0.2.7",
        submitted_at=moment,
        status=CommentStatus.APPROVED,
        kind=CommentKind.COMMENT,
        content="Moi !",
    )
    assert (comments[reply].parent_id, comments[reply].author_id) == (first, site.users["reader"].id)


@pytest.mark.parametrize(
    ("stored", "status"),
    [("1", "approved"), ("0", "held"), ("spam", "spam"), ("trash", "trash"), ("post-trashed", "trash")],
)
def test_every_status_is_read(blog: Blog, site: Site, post_id: int, stored: str, status: str) -> None:
    [number] = site.insert_comments(post_id, [{"content": "Moi", "approved": stored}])
    assert all_comments(blog, post_id)[number].status == status


@pytest.mark.parametrize(
    ("stored", "kind"),
    [("comment", "comment"), ("", "comment"), ("pingback", "pingback"), ("trackback", "trackback"),
     ("review", "other")],
)  # fmt: skip
def test_every_kind_is_read(blog: Blog, site: Site, post_id: int, stored: str, kind: str) -> None:
    [number] = site.insert_comments(post_id, [{"content": "Moi", "type": stored}])
    if stored == "":
        site.php(
            "$wpdb->update($wpdb->comments, ['comment_type' => ''], ['comment_ID' => $args['id']]);",
            id=number,
        )
    assert all_comments(blog, post_id)[number].kind == kind


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_as_it_is(blog: Blog, site: Site, post_id: int, text: str) -> None:
    [number] = site.insert_comments(post_id, [{"author": text, "content": text}])
    comment = all_comments(blog, post_id)[number]
    assert (comment.content, comment.author_name) == (text, text)


def test_characters_that_are_no_text_are_left_out(blog: Blog, site: Site, post_id: int) -> None:
    [bad, good] = site.insert_comments(
        post_id, [{"content": "a\x00b\x01c\x0bd\x1f\ufffe\x7f e\r\nf\rg"}, {"content": "after"}]
    )
    comments = all_comments(blog, post_id)
    assert comments[bad].content == "abcd\x7f e\nf\ng"
    assert comments[good].content == "after"


def test_the_hour_that_comes_twice_is_told_apart(blog: Blog, site: Site, post_id: int) -> None:
    moments = [datetime(2026, 10, 25, hour, 15, tzinfo=UTC) for hour in (0, 1)]  # both are 02:15 in Paris
    numbers = site.insert_comments(post_id, [{"content": str(m), "date_gmt": m} for m in moments])
    comments = all_comments(blog, post_id)
    assert [comments[number].submitted_at for number in numbers] == moments


@pytest.mark.parametrize(
    ("gmt", "local", "moment"),
    [
        ("0000-00-00 00:00:00", "2026-07-01 14:00:00", datetime(2026, 7, 1, 12, 0, tzinfo=UTC)),
        ("0000-00-00 00:00:00", "0000-00-00 00:00:00", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_an_imported_comment_without_a_gmt_date_is_read(
    blog: Blog, site: Site, post_id: int, gmt: str, local: str, moment: datetime
) -> None:
    [number] = site.insert_comments(post_id, [{"content": "old"}])
    site.php(
        "$wpdb->update($wpdb->comments, ['comment_date_gmt' => $args['gmt'], 'comment_date' => $args['local']],"
        " ['comment_ID' => $args['id']]);",
        gmt=gmt,
        local=local,
        id=number,
    )
    assert all_comments(blog, post_id)[number].submitted_at == moment


def test_wordpresss_own_count_is_told(blog: Blog, site: Site, post_id: int) -> None:
    states = ["1", "1", "1", "0", "0", "spam", "trash", "trash", "post-trashed"]
    site.insert_comments(post_id, [{"content": f"{n}", "approved": state} for n, state in enumerate(states)])
    counts = blog.count_comments(post_id)
    assert (counts.approved, counts.held, counts.spam) == (3, 2, 1)
    assert counts.trash == (3 if blog.api == "rest" else None)


def test_a_post_without_comments_has_none(blog: Blog, post_id: int) -> None:
    assert list(blog.comments(post_id)) == []
    assert blog.count_comments(post_id).total == 0


def test_named_comments_are_read(blog: Blog, site: Site, post_id: int, new_post: Callable[..., int]) -> None:
    numbers = site.insert_comments(post_id, [{"content": f"{n}"} for n in range(120)])
    elsewhere = site.insert_comments(new_post(), [{"content": "elsewhere"}])
    found = blog.comments_by_id(post_id, [*numbers, *elsewhere, 99_999_999])
    assert sorted(comment.id for comment in found) == numbers
    assert blog.comments_by_id(post_id, []) == []


def test_a_comment_is_posted_and_read_back(blog: Blog, post_id: int) -> None:
    comment = blog.add_comment(post_id, 'Bravo \U0001f389 ! <a href="https://draw.example/1">La preuve</a>')
    assert comment == blog.comments_by_id(post_id, [comment.id])[0]
    assert (comment.author_id, comment.status) == (blog.me.id, CommentStatus.APPROVED)
    assert comment.content.startswith("Bravo \U0001f389 !")


def test_a_reply_is_posted_under_its_comment(blog: Blog, post_id: int) -> None:
    first = blog.add_comment(post_id, "Bravo !")
    assert blog.add_comment(post_id, "Le prix a été envoyé.", parent_id=first.id).parent_id == first.id


@pytest.mark.parametrize("text", ["a\x00b\x01\ud83d", "a\r\nb"])
def test_what_is_no_text_is_not_sent(blog: Blog, post_id: int, text: str) -> None:
    assert blog.add_comment(post_id, text).content in ("ab", "a\nb")


def test_the_own_comment_is_found_in_any_status(blog: Blog, site: Site, post_id: int) -> None:
    link = "https://draw.example/proof/7"
    site.insert_comments(post_id, [{"author": "Imposteur", "content": f"J'ai gagné {link}"}])
    assert blog.find_own_comment(post_id, link) is None
    own = blog.add_comment(post_id, f'<a href="{link}">La preuve</a>')
    assert blog.find_own_comment(post_id, link) == own
    site.php("wp_trash_comment($args['id']);", id=own.id)
    binned = blog.find_own_comment(post_id, link)
    assert binned is not None
    assert (binned.id, binned.status) == (own.id, CommentStatus.TRASH)


def test_the_oldest_of_several_own_comments_is_found(blog: Blog, post_id: int) -> None:
    first = blog.add_comment(post_id, "Un https://draw.example/8")
    blog.add_comment(post_id, "Deux https://draw.example/8")
    assert blog.find_own_comment(post_id, "https://draw.example/8") == first
    assert blog.find_own_comment(post_id, "https://draw.example") is not None
    assert blog.find_own_comment(post_id, "https://draw.exampl") is None


def test_a_blog_that_closes_old_posts_says_so(blog: Blog, site: Site, new_post: Callable[..., int]) -> None:
    post_id = new_post(date_gmt=datetime(2026, 1, 1, tzinfo=UTC))
    site.close_comments_after(14)
    try:
        with pytest.raises(wp_bridge.CommentsClosed, match="Settings → Discussion"):
            blog.add_comment(post_id, "Bravo")
    finally:
        site.close_comments_after(0)


def test_the_same_words_twice_are_a_duplicate(blog: Blog, post_id: int) -> None:
    blog.add_comment(post_id, "Bravo Zoé !")
    with pytest.raises(wp_bridge.DuplicateComment):
        blog.add_comment(post_id, "Bravo Zoé !")


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_comment_is_refused(blog: Blog, post_id: int, text: str) -> None:
    with pytest.raises(wp_bridge.CommentRefused, match="empty"):
        blog.add_comment(post_id, text)


def test_a_comment_that_is_too_long_is_refused(blog: Blog, post_id: int) -> None:
    with pytest.raises(wp_bridge.CommentRefused):
        blog.add_comment(post_id, "x" * 65_526)


def test_a_post_behind_a_password_is_read_and_answered(blog: Blog, site: Site, new_post: Callable[..., int]) -> None:
    post_id = new_post(password="geheim")
    [number] = site.insert_comments(post_id, [{"content": "Moi"}])
    assert number in all_comments(blog, post_id)
    assert blog.add_comment(post_id, "Bravo").post_id == post_id


def test_the_comments_of_a_post_in_the_bin_are_read(blog: Blog, site: Site, post_id: int) -> None:
    [number] = site.insert_comments(post_id, [{"content": "Moi"}])
    site.php("wp_trash_post($args['id']);", id=post_id)
    assert blog.post(post_id).status == "trash"
    assert all_comments(blog, post_id)[number].status == CommentStatus.TRASH
    with pytest.raises(wp_bridge.CommentRefused):
        blog.add_comment(post_id, "Bravo")


def test_an_editor_s_note_is_no_comment(blog: Blog, site: Site, post_id: int) -> None:
    """The plugin's own route leaves it out, the core routes tell what it is."""
    [number] = site.insert_comments(post_id, [{"content": "Look at this again", "type": "note"}])
    found = all_comments(blog, post_id)
    assert number not in found or found[number].kind == "note"
    assert blog.count_comments(post_id).total == len(found)


def test_both_apis_give_the_same(connect: Connect, site: Site, post_id: int) -> None:
    states = ["1", "0", "spam", "trash", "post-trashed"]
    kinds = ["comment", "pingback", "review"]
    each = list(itertools.product(HOSTILE, states, kinds))
    site.insert_comments(
        post_id,
        [
            {
                "author": text,
                "content": f"{text}\x01\r\n",
                "approved": state,
                "type": kind,
                "ip": "2001:db8::1",
                "date_gmt": NOW + timedelta(seconds=number),  # XML-RPC has no order among those of one second
            }
            for number, (text, state, kind) in enumerate(each)
        ],
    )
    rest, xmlrpc = connect(site, api="rest"), connect(site, api="xmlrpc")
    assert all_comments(rest, post_id) == all_comments(xmlrpc, post_id)
    assert len(all_comments(rest, post_id)) == len(each)
    assert rest.post(post_id) == xmlrpc.post(post_id)
    assert (rest.site, rest.me) == (xmlrpc.site, xmlrpc.me)
