"""A blog with the plugin, rung to a real service: what happens to comments, by every way that WordPress has."""

from __future__ import annotations

import re
import time
import xmlrpc.client
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from service.domain.eligibility import Code, Status
from testbed.site import Site
from tests.conftest import PLUGIN
from tests.e2e.conftest import Tirage
from tests.e2e.moderating import Moderator

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Visitor:
    """Comments on a post of the blog, and what the moderator does to them."""

    site: Site
    post_id: int

    def by_form(self, name: str, text: str = "") -> int:
        """As a guest on the post's page; the new comment's id."""
        fields = {
            "comment": text or f"I take part, says {name}",
            "author": name,
            "email": f"{name.lower()}@example.org",
            "url": "",
            "comment_post_ID": str(self.post_id),
            "comment_parent": "0",
        }
        answer = requests.post(f"{self.site.base_url}/wp-comments-post.php", fields, allow_redirects=False, timeout=30)
        assert answer.status_code == 302, answer.text
        found = re.search(r"#comment-(\d+)|unapproved=(\d+)", answer.headers["Location"])
        assert found, answer.headers["Location"]
        return int(found[1] or found[2])

    def by_rest(self, login: str, text: str) -> int:
        """As a reader with an account."""
        wish = {"post": self.post_id, "content": text}
        return int(self.rest("POST", "comments", login=login, json=wish)["id"])

    def by_xmlrpc(self, login: str, text: str) -> int:
        """As a reader with an account, by the old API."""
        server = xmlrpc.client.ServerProxy(f"{self.site.base_url}/xmlrpc.php")
        user = self.site.users[login]
        number: Any = server.wp.newComment(0, login, user.app_password, self.post_id, {"content": text})
        return int(number)

    def change(self, comment_id: int, **fields: Any) -> None:
        """What the moderator does to a comment."""
        self.rest("POST", f"comments/{comment_id}", json=fields)

    def bin(self, comment_id: int, *, for_good: bool = False) -> None:
        """Put a comment into the bin, or delete it."""
        self.rest("DELETE", f"comments/{comment_id}", params={"force": "true"} if for_good else {})

    def erase(self, email: str) -> None:
        """As the tool under Tools → Erase personal data does it, page by page."""
        self.site.php(_ERASE, email=email)

    def rest(self, method: str, route: str, *, login: str = "moderateur", **given: Any) -> Any:
        """A request to WordPress's REST API that must succeed."""
        auth = (login, self.site.users[login].app_password)
        url = f"{self.site.base_url}/wp-json/wp/v2/{route}"
        answer = requests.request(method, url, auth=auth, timeout=30, **given)
        assert answer.ok, answer.text
        return answer.json()

    def all_at_once(self, guests: list[int]) -> dict[int, Status | Code]:
        """One of each change, to six comments by Guest0, Guest1, … ; what each must come to."""
        held, emptied, spam, binned, deleted, _ = guests
        self.change(held, status="hold")
        self.change(emptied, content="<b> </b>")
        self.change(spam, status="spam")
        self.bin(binned)
        self.bin(deleted, for_good=True)
        self.erase("guest5@example.org")
        wanted = (Status.UNDECIDED, Code.EMPTY, Code.SPAM, Code.TRASH, Code.DELETED, Code.ERASED)
        return dict(zip(guests, wanted, strict=True))


_ERASE = """
foreach (apply_filters('wp_privacy_personal_data_erasers', []) as $eraser) {
    $page = 1;
    do {
        $done = call_user_func($eraser['callback'], $args['email'], $page++);
    } while (!is_wp_error($done) && !$done['done']);
}
do_action('wp_privacy_personal_data_erased', 1);
"""


def connect(site: Site, service_url: str) -> None:
    """Install the plugin and give it the service's address and the secret."""
    site.install_plugin(PLUGIN)
    code = "update_option('tirage_service_url', $args['url']); update_option('tirage_secrets', [$args['secret']]);"
    site.php(code, url=service_url, secret=SECRET)


def wait_for_verdict(tirage: Tirage, contest: str, comment_id: int, wanted: Status | Code, seconds: float) -> None:
    """Wait until the entry has the status, or that reason among its own."""
    began = time.monotonic()
    verdict = None
    while time.monotonic() - began < seconds:
        entry = tirage.entry(contest, comment_id)
        verdict = entry.verdict if entry else None
        if verdict and (verdict.status is wanted or wanted in [reason.code for reason in verdict.reasons]):
            return
        time.sleep(0.05)
    raise AssertionError(f"comment {comment_id} is {verdict} after {seconds} s, not {wanted}")


def enter(tirage: Tirage, contest: str, visitor: Visitor, *, seconds: float) -> None:
    """Comments come by each way, and one of them twice; each has its verdict within so many seconds."""

    def expect(comment_id: int, wanted: Status | Code) -> None:
        wait_for_verdict(tirage, contest, comment_id, wanted, seconds)

    expect(visitor.by_form("Bob"), Status.ELIGIBLE)
    expect(visitor.by_rest("reader", "By REST"), Status.ELIGIBLE)
    expect(visitor.by_xmlrpc("reader2", "By XML-RPC"), Status.ELIGIBLE)
    expect(visitor.by_form("Bob", "Once more"), Code.DUPLICATE)
    zoe = visitor.by_form("Zoe")
    expect(zoe, Status.ELIGIBLE)
    visitor.erase("zoe@example.org")
    expect(zoe, Code.ERASED)


def moderate(tirage: Tirage, contest: str, comment_id: int, moderator: Moderator, *, seconds: float) -> None:
    """Everything that can be done to a comment; each time its verdict follows within so many seconds."""
    steps: list[tuple[Callable[[], None], Status | Code]] = [
        (lambda: moderator.hold(comment_id), Status.UNDECIDED),
        (lambda: moderator.approve(comment_id), Status.ELIGIBLE),
        (lambda: moderator.edit(comment_id, "<b> </b>"), Code.EMPTY),
        (lambda: moderator.edit(comment_id, "Words again"), Status.ELIGIBLE),
        (lambda: moderator.spam(comment_id), Code.SPAM),
        (lambda: moderator.unspam(comment_id), Status.ELIGIBLE),
        (lambda: moderator.bin(comment_id), Code.TRASH),
        (lambda: moderator.restore(comment_id), Status.ELIGIBLE),
        (lambda: moderator.bin(comment_id), Code.TRASH),
        (lambda: moderator.delete(comment_id), Code.DELETED),
    ]
    for act, wanted in steps:
        act()
        wait_for_verdict(tirage, contest, comment_id, wanted, seconds)
