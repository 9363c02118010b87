"""The contest itself, step by step, as a moderator would see it."""

from __future__ import annotations

import shlex
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from demo import network, plugin, story
from demo.service import DemoFailed, Service
from testbed.wordpress import Site
from testbed.x import X

OPEN_SECONDS = 14  # from writing the post to the deadline: time for a first look at the posts on a slow machine
PATIENCE_SECONDS = 60

Json = dict[str, Any]

_COUNT = """
return (int) $wpdb->get_var($wpdb->prepare(
    "SELECT COUNT(*) FROM {$wpdb->comments} WHERE comment_post_ID = %d AND comment_content LIKE %s",
    $args['post'],
    $args['like']
));
"""


def say(text: str) -> None:
    """A line for who watches."""
    print(text, flush=True)


def run(site: Site, service: Service, x: X) -> Json:
    """From the post to the winner comment; what came of it."""
    plugin.connect(site, service)
    say("The plugin is installed: from now on the blog rings when something happens.")
    closes_at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=OPEN_SECONDS)
    post_id, ids = _write_post(site, closes_at)
    posts = _take_part_on_x(site, x, post_id, closes_at)
    contest_id = _open(site, service, post_id, closes_at, x=x, posts=posts)
    _review(site, service, contest_id, ids)
    _review_posts(service, contest_id)
    _seal_and_draw(service, contest_id)
    _announce(service, contest_id)
    _pass_on(service, contest_id)
    return _result(site, service, contest_id, post_id)


def _write_post(site: Site, closes_at: datetime) -> tuple[int, dict[str, int]]:
    post_id = site.create_post(story.TITLE, story.POST, date_gmt=closes_at - timedelta(days=4))
    accounts = {user.role: user.id for user in site.users.values()}
    rows = story.in_time(closes_at, accounts)
    ids = site.insert_comments(post_id, rows)
    reply = {
        "user_id": accounts["subscriber"],
        "parent": ids[0],
        "content": "Pareil !",
        "date_gmt": closes_at,
    }
    site.insert_comments(post_id, [reply])
    say(f"A contest post in French with {len(ids) + 1} comments: {site.base_url}/?p={post_id}")
    return post_id, {row.get("author", ""): comment_id for row, comment_id in zip(rows, ids, strict=True)}


def _take_part_on_x(site: Site, x: X, post_id: int, closes_at: datetime) -> network.Posts:
    posts = network.publish(x, f"{site.base_url}/?p={post_id}", closes_at)
    site.insert_comments(post_id, network.comments(posts, closes_at))
    say("Some readers posted on X (a stand-in for it) and left the addresses of their posts in comments.")
    return posts


def _open(site: Site, service: Service, post_id: int, closes_at: datetime, *, x: X, posts: network.Posts) -> int:
    local = closes_at.astimezone(ZoneInfo("Europe/Paris")).strftime("%Y-%m-%d %H:%M:%S")
    first, second = story.PRIZES
    command = ["contest", "open", f"{site.base_url}/?p={post_id}", "--closes", local, "--yes"]
    command += ["--pool", f"commentaires:comments:1:3:{first}", "--pool", f"messages:posts:1:3:{second}"]
    command += ["--link", f"{site.base_url}/?p={post_id}", "--hashtag", network.HASHTAG, "--text", network.TEXT]
    say(f"$ tirage {shlex.join(command)}")
    opened = service.json(*command)
    say(f"Contest {opened['id']} is open. A round of the public beacon will decide (a chain of the demo's own).")
    contest_id: int = opened["id"]
    _wait_for(service, contest_id, lambda told: told["last_read_at"] is not None, "the first reading")
    _wait_for(
        service,
        contest_id,
        lambda told: told["posts"]["sights"]["seen"] == network.SHOWN,
        "the first look at the posts",
    )
    say("The worker has read the comments and looked at the posts. Waiting for the deadline …")
    x.delete(posts.deleted)
    time.sleep(max(0.0, (closes_at - datetime.now(UTC)).total_seconds()))
    site.insert_comments(post_id, story.at_the_deadline(closes_at))
    _wait_for(service, contest_id, lambda told: told["phase"] == "review", "the review")
    say("The deadline has passed: everything was read again, and WordPress's own count matches.")
    return contest_id


def _review(site: Site, service: Service, contest_id: int, ids: dict[str, int]) -> None:
    site.php("wp_set_comment_status($args['id'], 'approve'); return 1;", id=ids["Timide"])
    say("The moderator approves a comment that was written in time …")
    edited = {"comment_ID": ids["Gaspard"], "comment_content": "Dune, et puis aussi sa suite !"}
    site.php("wp_update_comment($args['row']); return 1;", row=edited)
    cousin = ids["Cousine du libraire"]
    service.api(
        "POST",
        f"/contests/{contest_id}/entries/{cousin}/disqualify",
        reason="a déjà le livre et laisse sa place",
    )
    say("… and strikes one entry, with a reason. What stands now:")
    service.api("POST", f"/contests/{contest_id}/collect")
    for entry in service.json("contest", "entries", str(contest_id)):
        words = "; ".join(detail["words"] for detail in entry["details"])
        flags = f"  [{', '.join(entry['flags'])}]" if entry["flags"] else ""
        say(f"  {entry['verdict']['status']:<10}  {entry['author'][:32]:<32}  {words}{flags}")


def _review_posts(service: Service, contest_id: int) -> None:
    say("A post that was there is looked at twice before it counts as gone …")
    _wait_for(service, contest_id, _is_settled, "the last look at the posts", patience=PATIENCE_SECONDS * 2)
    [contested] = service.json("contest", "posts", str(contest_id), "--status", "undecided")
    say("… and one post's address was given by two people, which the moderator decides:")
    service.json("contest", "readmit", str(contest_id), contested["post"], "--reason", "le premier l'a écrit")
    for post in service.json("contest", "posts", str(contest_id)):
        words = "; ".join(detail["words"] for detail in post["details"])
        say(f"  {post['verdict']['status']:<10}  @{post['author'] or '?':<16}  {words}")


def _is_settled(told: Json) -> bool:
    """Whether nothing but the post that two people give is undecided."""
    return bool(told["posts"]["reasons"]["undecided"] == {"claimed_twice": 1})


def _seal_and_draw(service: Service, contest_id: int) -> None:
    sealed = service.json("contest", "seal", str(contest_id), "--yes")
    say(f"Sealed: SHA-256 of the list is {sealed['digest']}")
    say(f"Round {sealed['beacon']['round']} of the beacon decides, a minute from now; nobody knows it yet.")
    say(f"Meanwhile the contest's page tells both: {service.url}/contests/{_slug(service, contest_id)}")
    drawn = service.json("contest", "draw", str(contest_id))
    say(f"Drawn: {', '.join(winner['author'] for winner in drawn['winners'])}. The winner comment will be:")
    for line in service.cli("contest", "preview", str(contest_id)).splitlines():
        say(f"  | {line}")


def _slug(service: Service, contest_id: int) -> str:
    return str(service.json("contest", "show", str(contest_id))["slug"])


def _announce(service: Service, contest_id: int) -> None:
    for _ in range(3):
        posted = service.json("contest", "announce", str(contest_id), "--yes")
    say(f"Announced, and asked for twice more to show that it stands there once: {posted['comment_url']}")


def _pass_on(service: Service, contest_id: int) -> None:
    """A winner turns out not to be one: exactly the next gets the prize, and a reply says so."""
    winner = _holder(service, contest_id)
    say(f"{winner['author']} leaves the prize to somebody else …")
    service.json("contest", "disqualify-winner", str(contest_id), winner["entry"], "--reason", "laisse sa place")
    told = _wait_for(service, contest_id, _is_replied, "the reply")
    reply = told["draw"]["strikes"][0]["reply"]["comment_url"]
    say(f"… and {_holder(service, contest_id)['author']}, the next in the order of the draw, gets it: {reply}")


def _holder(service: Service, contest_id: int) -> Json:
    """Who holds the first prize."""
    holder: Json = service.json("contest", "prizes", str(contest_id))["draws"][0]["holders"][0]
    return holder


def _is_replied(told: Json) -> bool:
    return any(strike["reply"] and strike["reply"]["posted_at"] for strike in told["draw"]["strikes"])


def _result(site: Site, service: Service, contest_id: int, post_id: int) -> Json:
    told = service.json("contest", "show", str(contest_id))
    reasons: Counter[str] = Counter()
    entries = service.json("contest", "entries", str(contest_id))
    for entry in entries:
        if entry["verdict"]["status"] == "ineligible":
            reasons[entry["verdict"]["reasons"][0]] += 1
    receipt = service.folder / "receipt.json"
    service.cli("contest", "receipt", str(contest_id), "--output", str(receipt))
    verified = service.json("receipt", "verify", str(receipt))["valid"]
    say(f"Readers see on the post: {plugin.winners_shown_to_readers(site, post_id)}")
    say(f"The receipt {'holds' if verified else 'does NOT hold'}: `tirage receipt verify` re-computed all of it.")
    return {
        "comments": len(entries),
        "eligible": told["counts"]["eligible"],
        "ineligible": dict(sorted(reasons.items())),
        "winner": told["draw"]["winners"][0]["author"],
        "posts": {**told["posts"]["counts"], "reasons": told["posts"]["reasons"]["ineligible"]},
        "post_winner": told["draw"]["winners"][1]["author"],
        "winner_comments": _count_own_comments(site, post_id, told["proof_url"]),
        "replies": _count_own_comments(site, post_id, told["proof_url"].replace("/draws/1", "/promotions/1-1")),
        "drawn_by": told["draw"]["randomness"],
        "receipt_verified": verified,
        "doorbells_taken": plugin.doorbells_taken(site),
    }


def _count_own_comments(site: Site, post_id: int, address: str) -> int:
    """The comments with this address in them: ask WordPress's database itself."""
    counted = site.php(_COUNT, post=post_id, like=f"%{address}%")
    return int(counted)


def show_where_to_look(site: Site, service: Service) -> None:
    """Addresses and passwords to try by hand."""
    moderator = service.env["WORDPRESS_USER"]
    password = site.users[moderator].password
    told = service.json("contest", "list")[-1]
    say("")
    say(f"  the post with the winner comment   {told['post_url']}")
    say(f"  the public proof                   {told['proof_url']}")
    say(f"  WordPress's admin pages            {site.base_url}/wp-admin/  ({moderator} / {password})")
    say(f"  the API                            {service.url}/openapi.json  (Bearer {service.token})")


def _wait_for(
    service: Service, contest_id: int, is_true: Any, what: str, *, patience: float = PATIENCE_SECONDS
) -> Json:
    """The contest, once it is as told. Raises DemoFailed."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        told: Json = service.api("GET", f"/contests/{contest_id}")
        if is_true(told):
            return told
        time.sleep(0.3)
    raise DemoFailed(f"{what} didn't come: {told['phase']}, {told['problem']}")
