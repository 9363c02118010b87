"""What publish.x.com answers: a post as a piece of HTML for other people's pages, with t.co for every link."""

import html
import re

from testbed.standin import Answer, Asked
from testbed.x.world import Entity, Post, World

_POST = re.compile(r"https?://(?:(?:www|mobile)\.)?(?:x|twitter)\.com/(?:\w+|i/web)/status(?:es)?/([0-9]{1,19})")
_REF = "ref_src=twsrc%5Etfw"
LONGEST_SHOWN = 280

GONE = Answer(404, {"errors": [{"message": "Sorry, that page does not exist", "code": 34}]})
OUTAGE = Answer(
    403,
    {"errors": [{"message": "Your current API plan does not include access to this endpoint", "code": 467}]},
)


def hidden(asked: Asked) -> Answer:
    """A protected or suspended account."""
    error = "Sorry, you are not authorized to see this status."
    return Answer(403, {"error": error, "request": f"/oembed?url={asked.first('url')}"})


def answer(world: World, asked: Asked) -> Answer:
    """The answer to GET /oembed?url=…"""
    match = _POST.match(asked.first("url"))
    post = world.posts.get(match[1]) if match else None
    if post is None or post.is_deleted:
        return GONE
    if not post.is_visible:
        return hidden(asked)
    reposted = post.references.get("retweeted")
    return Answer(body=_rich(world.posts[reposted] if reposted else post))


def _rich(post: Post) -> dict[str, object]:
    return {
        "url": f"https://twitter.com/{post.author.handle}/status/{post.id}",
        "author_name": post.author.name,
        "author_url": f"https://twitter.com/{post.author.handle}",
        "html": _html(post),
        "width": 550,
        "height": None,
        "type": "rich",
        "cache_age": "3153600000",
        "provider_name": "Twitter",
        "provider_url": "https://twitter.com",
        "version": "1.0",
    }


def _html(post: Post) -> str:
    day = f"{post.posted_at:%B} {post.posted_at.day}, {post.posted_at.year}"
    link = f"https://twitter.com/{post.author.handle}/status/{post.id}?{_REF}"
    return (
        '<blockquote class="twitter-tweet" data-dnt="true">'
        f'<p lang="en" dir="ltr">{_text(post)}</p>'
        f"&mdash; {html.escape(post.author.name)} (@{post.author.handle}) "
        f'<a href="{link}">{day}</a></blockquote>\n\n'
    )


def _text(post: Post) -> str:
    shown, last = "", 0
    for entity in post.entities:
        if entity.end > LONGEST_SHOWN and len(post.text) > LONGEST_SHOWN:
            break
        shown += post.text[last : entity.start] + _anchor(entity, post.text[entity.start : entity.end])
        last = entity.end
    rest = post.text[last:]
    if len(post.text) > LONGEST_SHOWN:
        rest = post.text[last : max(last, LONGEST_SHOWN - 6)] + "…"
    return (shown + rest).replace("\n", "<br>")


def _anchor(entity: Entity, text: str) -> str:
    if entity.kind == "tag":
        return f'<a href="https://twitter.com/hashtag/{entity.value}?src=hash&amp;{_REF}">{text}</a>'
    if entity.kind == "handle":
        return f'<a href="https://twitter.com/{entity.value}?{_REF}">{text}</a>'
    shown = entity.value if entity.kind == "media" else entity.short
    return f'<a href="{entity.short}">{shown}</a>'
