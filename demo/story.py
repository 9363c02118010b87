"""The contest of the demo: a French post, and comments that hold every case a moderator meets."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

TITLE = "Gagnez deux exemplaires du « Jardin des heures lentes »"
POST = """<p>Pour fêter les trois ans du blog, l'éditeur m'a confié deux exemplaires du
<em>Jardin des heures lentes</em>. Le premier ira à quelqu'un qui laisse un commentaire sous ce billet&nbsp;:
racontez-moi le livre qui vous a fait rater votre arrêt de bus. Le second ira à quelqu'un qui en parle sur X, avec le
lien de ce billet ou #JardinDesHeures&nbsp;: laissez alors l'adresse de votre message dans un commentaire.</p>
<p>Un seul commentaire par personne, jusqu'à la date limite. Bonne chance à toutes et à tous&nbsp;!</p>
<!-- wp:tirage/contest /-->"""

PRIZES = ("le premier exemplaire", "le second exemplaire")

READERS = [
    ("Apolline", "Un polar islandais. Terminus, neige, et pas un taxi."),
    ("Bastien R.", "Je participe ! La Horde du Contrevent, lu debout pendant deux heures."),
    ("Zoé", "« L'Écume des jours » m'a coûté un entretien d'embauche 😅"),
    ("Jean-Loup O'Brien", "Tout Simenon. Je rate mon arrêt une fois par semaine."),
    ("Ines & Karim", "On lit à deux, on rate l'arrêt à deux."),
    ("名無し", "Un recueil de haïkus, pourtant très courts !"),
    ("Fleur de Lys", "Les Trois Mousquetaires, chapitre de la bastille Saint-Gervais."),
    ("<script>alert('gagné')</script>", "Un livre de sécurité informatique, évidemment."),
    ("Marguerite D.", "La Vie mode d'emploi : j'ai fait le tour complet de la ligne 12."),
    ("http://pas-un-lien.example", "Un roman sur les pseudos bizarres."),
    ("Tonton Léon", "Le Comte de Monte-Cristo. Trois fois la même semaine."),
    ("Soizic", "Un guide des algues bretonnes. Oui, vraiment."),
    ("Aïcha", "Persepolis, et j'ai pleuré jusqu'au dépôt."),
    ("Gaspard", "Dune. J'ai cru que le bus traversait le désert."),
    ("Noé 🐙", "Vingt mille lieues sous les mers."),
    ("Clémence", "Orgueil et préjugés, pour la neuvième fois."),
]


def in_time(closes_at: datetime, accounts: dict[str, int]) -> list[dict[str, Any]]:
    """The comments that stand there before the deadline; `accounts` are ids by role."""
    start = closes_at - timedelta(days=3)
    rows = [_reader(place, name, text, start) for place, (name, text) in enumerate(READERS)]
    return [*rows, *_special_cases(start, accounts)]


def _reader(place: int, name: str, text: str, start: datetime) -> dict[str, Any]:
    return {
        "author": name,
        "email": f"lecteur{place}@example.org",
        "ip": f"192.0.2.{place + 10}",
        "content": text,
        "date_gmt": start + timedelta(hours=2 * place),
    }


def _special_cases(start: datetime, accounts: dict[str, int]) -> list[dict[str, Any]]:
    day = timedelta(days=1)
    return [
        {
            **_guest("Zoé B.", "LECTEUR2+concours@Example.org", "Je retente ma chance !"),
            "date_gmt": start + day,
        },
        {"user_id": accounts["author"], "content": "Quelles belles réponses !", "date_gmt": start + day},
        {
            "user_id": accounts["editor"],
            "content": "Moi aussi j'aimerais bien…",
            "date_gmt": start + 1.1 * day,
        },
        {
            **_guest("Curieux", "curieux@example.org", "Trackback"),
            "type": "pingback",
            "date_gmt": start + day,
        },
        {**_guest("Un autre blog", "", "Vu chez eux"), "type": "trackback", "date_gmt": start + day},
        {
            **_guest("Casino", "spam@example.net", "Gagnez gros ici"),
            "approved": "spam",
            "date_gmt": start + day,
        },
        {**_guest("Fâché", "fache@example.org", "Nul."), "approved": "trash", "date_gmt": start + day},
        {
            **_guest("Timide", "timide@example.org", "Première fois…"),
            "approved": "0",
            "date_gmt": start + 2 * day,
        },
        {**_guest("Lente", "lente@example.org", "En attente."), "approved": "0", "date_gmt": start + 2 * day},
        {**_guest("Muet", "muet@example.org", "<p>&nbsp;</p>"), "date_gmt": start + 2.2 * day},
        {
            **_guest("Voisin", "voisin@example.org", "Même réseau !"),
            "ip": "192.0.2.10",
            "date_gmt": start + 2.3 * day,
        },
        {
            **_guest("Cousine du libraire", "cousine@example.org", "Je l'ai déjà lu."),
            "date_gmt": start + 2.4 * day,
        },
    ]


def _guest(name: str, email: str, text: str) -> dict[str, Any]:
    return {"author": name, "email": email, "content": text, "ip": f"198.51.100.{sum(map(ord, email or name)) % 250}"}


def at_the_deadline(closes_at: datetime) -> list[dict[str, Any]]:
    """The closing second counts, the next one doesn't."""
    return [
        {**_guest("Pile à l'heure", "pile@example.org", "Ouf !"), "date_gmt": closes_at},
        {
            **_guest("Une seconde", "seconde@example.org", "Zut."),
            "date_gmt": closes_at + timedelta(seconds=1),
        },
        {
            **_guest("Retardataire", "tard@example.org", "Trop tard ?"),
            "date_gmt": closes_at + timedelta(seconds=2),
        },
    ]
