"""A moderator at work on comments, by each of the three ways that WordPress has: its admin pages, REST, XML-RPC."""

from __future__ import annotations

import html
import re
import xmlrpc.client
from typing import Any, Protocol

import requests

from testbed.site import Site

LOGIN = "moderateur"


class Moderator(Protocol):
    """What can be done to a comment that stands on a post."""

    def approve(self, comment_id: int) -> None: ...
    def hold(self, comment_id: int) -> None: ...
    def edit(self, comment_id: int, content: str) -> None: ...
    def spam(self, comment_id: int) -> None: ...
    def unspam(self, comment_id: int) -> None: ...
    def bin(self, comment_id: int) -> None: ...
    def restore(self, comment_id: int) -> None: ...
    def delete(self, comment_id: int) -> None:
        """For good, from the bin."""


class ByRest:
    """With an Application Password, as an app does it."""

    def __init__(self, site: Site) -> None:
        self._url = f"{site.base_url}/wp-json/wp/v2/comments"
        self._auth = (LOGIN, site.users[LOGIN].app_password)

    def approve(self, comment_id: int) -> None:
        self._ask("POST", comment_id, json={"status": "approved"})

    def hold(self, comment_id: int) -> None:
        self._ask("POST", comment_id, json={"status": "hold"})

    def edit(self, comment_id: int, content: str) -> None:
        self._ask("POST", comment_id, json={"content": content})

    def spam(self, comment_id: int) -> None:
        self._ask("POST", comment_id, json={"status": "spam"})

    def unspam(self, comment_id: int) -> None:
        self._ask("POST", comment_id, json={"status": "unspam"})

    def bin(self, comment_id: int) -> None:
        self._ask("DELETE", comment_id)

    def restore(self, comment_id: int) -> None:
        self._ask("POST", comment_id, json={"status": "untrash"})

    def delete(self, comment_id: int) -> None:
        self._ask("DELETE", comment_id, params={"force": "true"})

    def _ask(self, method: str, comment_id: int, **given: Any) -> None:
        answer = requests.request(method, f"{self._url}/{comment_id}", auth=self._auth, timeout=30, **given)
        assert answer.ok, answer.text


class ByXmlRpc:
    """By the old API, which has no word for taking something out of the spam or the bin but a new status."""

    def __init__(self, site: Site) -> None:
        self._wp: Any = xmlrpc.client.ServerProxy(f"{site.base_url}/xmlrpc.php").wp
        self._login = (0, LOGIN, site.users[LOGIN].app_password)

    def approve(self, comment_id: int) -> None:
        self._edit(comment_id, status="approve")

    def hold(self, comment_id: int) -> None:
        self._edit(comment_id, status="hold")

    def edit(self, comment_id: int, content: str) -> None:
        self._edit(comment_id, content=content)

    def spam(self, comment_id: int) -> None:
        self._edit(comment_id, status="spam")

    def unspam(self, comment_id: int) -> None:
        self._edit(comment_id, status="approve")

    def bin(self, comment_id: int) -> None:
        assert self._wp.deleteComment(*self._login, comment_id)

    def restore(self, comment_id: int) -> None:
        self._edit(comment_id, status="approve")

    def delete(self, comment_id: int) -> None:
        assert self._wp.deleteComment(*self._login, comment_id)

    def _edit(self, comment_id: int, **fields: str) -> None:
        assert self._wp.editComment(*self._login, comment_id, fields)


class ByPages:
    """In a browser, by the links under each comment and the form behind "Edit"."""

    def __init__(self, site: Site) -> None:
        self._admin = f"{site.base_url}/wp-admin"
        self._session = requests.Session()
        form = {"log": LOGIN, "pwd": site.users[LOGIN].password, "testcookie": "1"}
        self._session.get(f"{site.base_url}/wp-login.php", timeout=30)
        assert self._session.post(f"{site.base_url}/wp-login.php", form, timeout=30).ok

    def approve(self, comment_id: int) -> None:
        self._follow("approvecomment", comment_id, seen_in="moderated")

    def hold(self, comment_id: int) -> None:
        self._follow("unapprovecomment", comment_id, seen_in="approved")

    def edit(self, comment_id: int, content: str) -> None:
        page = self._get(f"comment.php?action=editcomment&c={comment_id}")
        form = {"action": "editedcomment", "comment_ID": comment_id, "c": comment_id, "content": content}
        form |= {name: _value(page, name) for name in ("_wpnonce", "comment_post_ID", "newcomment_author")}
        form |= {"newcomment_author_email": _value(page, "newcomment_author_email"), "comment_status": "1"}
        assert self._session.post(f"{self._admin}/comment.php", form, timeout=30).ok

    def spam(self, comment_id: int) -> None:
        self._follow("spamcomment", comment_id, seen_in="approved")

    def unspam(self, comment_id: int) -> None:
        self._follow("unspamcomment", comment_id, seen_in="spam")

    def bin(self, comment_id: int) -> None:
        self._follow("trashcomment", comment_id, seen_in="approved")

    def restore(self, comment_id: int) -> None:
        self._follow("untrashcomment", comment_id, seen_in="trash")

    def delete(self, comment_id: int) -> None:
        self._follow("deletecomment", comment_id, seen_in="trash")

    def _follow(self, action: str, comment_id: int, *, seen_in: str) -> None:
        """The link of that action, which carries the page's own nonce."""
        page = html.unescape(self._get(f"edit-comments.php?comment_status={seen_in}"))
        links = re.findall(r"comment\.php\?[^'\" ]+", page)
        wanted = {f"c={comment_id}", f"action={action}"}
        self._get(next(link for link in links if wanted <= set(link.partition("?")[2].split("&"))))

    def _get(self, path: str) -> str:
        answer = self._session.get(f"{self._admin}/{path}", timeout=30)
        assert answer.ok, answer.text
        return answer.text


def _value(page: str, name: str) -> str:
    """What stands in a field of a form."""
    field = re.search(rf"<input[^>]*\bname=['\"]{name}['\"][^>]*>", page)
    assert field, name
    found = re.search(r"\bvalue=['\"]([^'\"]*)", field[0])
    return html.unescape(found[1]) if found else ""


WAYS: dict[str, type[ByRest] | type[ByXmlRpc] | type[ByPages]] = {"rest": ByRest, "xmlrpc": ByXmlRpc, "pages": ByPages}
