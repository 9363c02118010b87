"""The demo's X: a stand-in for what can't be reached from everywhere, and the posts of those who take part with one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from testbed.x import X

HASHTAG = "JardinDesHeures"
SHOWN = 6  # of the seven posts; one account is protected
TEXT = "Je tente ma chance : deux exemplaires du Jardin des heures lentes à gagner !"


@dataclass(frozen=True)
class Posts:
    """Addresses of posts by who wrote them."""

    zoe: str
    marius: str
    colette: str
    without: str
    deleted: str
    protected: str
    shared: str


def publish(x: X, link: str, closes_at: datetime) -> Posts:
    """What readers posted in the days before the deadline: good ones, and every case that the moderator meets."""
    at = closes_at - timedelta(days=2)
    posts = Posts(
        zoe=x.post("zoe_lit", f"{TEXT} {link}?utm_source=x #{HASHTAG}", posted_at=at),
        marius=x.post("marius13", f"Un roman contre un tweet ? Me voilà. {link}", posted_at=at + timedelta(hours=3)),
        colette=x.post("colette_b", f"#{HASHTAG} 🌿 je participe", posted_at=at + timedelta(hours=5)),
        without=x.post("tete_en_l_air", "Je participe au concours !", posted_at=at + timedelta(hours=6)),
        deleted=x.post("vite_efface", f"{TEXT} {link}", posted_at=at + timedelta(hours=7)),
        protected=x.post("cadenas", f"{TEXT} {link}", posted_at=at + timedelta(hours=8)),
        shared=x.post("tres_copie", f"{TEXT} {link}", posted_at=at + timedelta(hours=9)),
    )
    x.protect("cadenas")
    return posts


def comments(posts: Posts, closes_at: datetime) -> list[dict[str, Any]]:
    """The comments that give the posts' addresses. Zoé commented before; two people give the same post."""
    given = [
        ("Zoé", "lecteur2@example.org", f"Mon tweet : {posts.zoe}?s=20"),
        (
            "Marius",
            "marius@example.org",
            f"Voilà : {posts.marius.replace('x.com', 'twitter.com')} Bonne chance à tous.",
        ),
        ("@colette_b", "colette@example.org", f'<a href="{posts.colette}">mon message</a>'),
        ("Tête en l'air", "tete@example.org", posts.without),
        ("Vite effacé", "vite@example.org", f"{posts.deleted}/photo/1"),
        ("Cadenas", "cadenas@example.org", posts.protected),
        ("Très copié", "copie@example.org", posts.shared),
        ("Copieur", "copieur@example.org", f"C'est le mien : {posts.shared}"),
    ]
    start = closes_at - timedelta(days=1)
    return [
        {
            "author": name,
            "email": email,
            "ip": f"203.0.113.{place + 1}",
            "content": text,
            "date_gmt": start + timedelta(minutes=10 * place),
        }
        for place, (name, email, text) in enumerate(given)
    ]
