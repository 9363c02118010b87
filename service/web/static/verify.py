#!/usr/bin/env python3
"""Check the receipt of a draw: compute all of it again, with Python 3.8 or newer and nothing else.

    python3 verify.py receipt.json [--language fr] [--json]

It shares no line with the program that drew: it was written a second time, from docs/receipt.md and docs/draw.md, so
that a mistake would have to be made twice. It reads the receipt and asks nobody. Exit code 0: all holds; 1: something
doesn't; 2: nothing could be read. The signature of a round of drand takes more than Python brings: it tells how to
compare that. `--chain info.json` believes another chain than drand's quicknet, by what that chain's /info tells.
"""

from __future__ import annotations

import argparse
import calendar
import hashlib
import json
import re
import sys
import time
import unicodedata
from typing import Any, Iterator, NamedTuple, NoReturn

QUICKNET = {
    "name": "quicknet",
    "scheme": "bls-unchained-g1-rfc9380",
    "public_key": "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
    "genesis_seed": "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
    "genesis_time": 1692803367,
    "period": 3,
    "hash": "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
}
MIRRORS = ("api.drand.sh", "api2.drand.sh", "api3.drand.sh", "drand.cloudflare.com")
MINUTE, HOUR = 60, 3600
VERSIONS = {"tirage-receipt/1": 1, "tirage-receipt/2": 2, "tirage-receipt/3": 3}
MADE_OF = {  # the part of the receipt that a line of the sealed text tells
    **{"contest": "contest.slug", "post": "contest.post_url", "draw": "draw.number", "sealed": "seal.sealed_at"},
    **{"closes": "rules.closes_at", "commitment": "randomness.commitment", "beacon": "randomness", "log": "log"},
    **{"rules": "rules", "verdicts": "entries", "pool": "rules.pools"},
}
ODD = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError)
WORDS = {
    "shape": ("Everything is there, and nothing that isn't checked", "Tout y est, et rien qui ne soit vérifié"),
    "entries": ("Nobody is in who can't be", "Personne n’y est à tort"),
    "seal": (
        "The sealed list follows from the rules and verdicts",
        "La liste scellée suit des règles et des décisions",
    ),
    "randomness": ("The randomness is what was promised", "Le hasard est celui qui était promis"),
    "draw": ("Seeds, tickets, order and places follow", "Graines, tickets, ordre et rangs en découlent"),
    "holds": ("The receipt holds.", "Le procès-verbal est juste."),
    "fails": ("The receipt does NOT hold.", "Le procès-verbal n’est PAS juste."),
    "unread": ("this file can't be read", "ce fichier ne peut pas être lu"),
    "no_json": ("is no JSON that all programs read alike", "n’est pas du JSON que tous les programmes lisent de même"),
    "format": ("is no format known here", "n’est pas un format connu ici"),
    "keys": ("must hold exactly {}", "doit contenir exactement {}"),
    "kind": ("isn't what can stand here", "n’est pas ce qui peut figurer ici"),
    "differs": ("should be {}, is {}", "devrait être {}, est {}"),
    "broken": ("is incomplete or of another shape ({})", "est incomplet ou d’une autre forme ({})"),
    "name": ("{} names no entry", "{} ne désigne aucune participation"),
    "twice": ("an entry is named twice", "une participation est nommée deux fois"),
    "order": ("comments by number come first, then posts by name", "d’abord les commentaires, puis les publications"),
    "late": ("{} came after the deadline", "{} est arrivée après la clôture"),
    "unseen": ("{} was seen by nobody", "{} n’a été vue de personne"),
    "more": ("more is told of {} than a receipt tells", "il est dit de {} plus que ne dit un procès-verbal"),
    "against": ("reasons stand against {}, which is in", "des raisons s’opposent à {}, qui participe"),
    "unexplained": ("{} is left out without a reason", "{} est écartée sans raison"),
    "overruled": (
        "no moderator set the reasons against {} aside",
        "personne de la modération n’a écarté ces raisons pour {}",
    ),
    "person": ("who is named for {} stands for nobody", "qui est nommé pour {} ne représente personne"),
    "pools": ("are none that a contest can have", "ne sont pas ceux d’un concours possible"),
    "control": ("{} can't be one line", "{} ne tient pas sur une ligne"),
    "secret": ("is not the secret that was committed to", "n’est pas le secret annoncé"),
    "chain": ("is no chain that is known here", "n’est pas une chaîne connue ici"),
    "early": ("is too early", "est trop tôt"),
    "not_checked": ("Not checked here:", "Non vérifié ici :"),
    "signed": (
        "whether round {} of drand has the signature {}: compare with one of these, or run `tirage receipt verify`",
        "si le tour {} de drand porte la signature {} : comparez à l’une de ces pages, ou `tirage receipt verify`",
    ),
    "before": (
        "whether the digest {} was out before the draw: compare with what was published then",
        "si l’empreinte {} était publiée avant le tirage : comparez à ce qui l’était alors",
    ),
}


class Failure(NamedTuple):
    """A place in the receipt, what is wrong there by its name in WORDS, and what that sentence tells."""

    where: str
    word: str
    facts: tuple[object, ...] = ()


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def canonical(value: object) -> str:
    """JSON in the one spelling that is hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def seconds(text: str) -> int:
    """Unix seconds of a time like 2026-11-27T16:00:00Z."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9]Z", text):
        raise ValueError("no time")
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def spell(moment: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def is_comment(name: str) -> bool:
    return name.startswith("comment:")


def place_of(name: str) -> tuple[bool, int, str]:
    """Comments by number, then posts by name."""
    return (False, int(name[8:]), "") if is_comment(name) else (True, 0, name)


def eligible(receipt: Any) -> list[Any]:
    return [entry for entry in receipt["entries"] if entry["verdict"]["status"] == "eligible"]


def check_shape(receipt: Any, version: int, _: Any) -> Iterator[Failure]:
    random, contest, draw = receipt["randomness"], receipt["contest"], receipt["draw"]
    by_beacon = version == 3 and random["source"] == "drand"
    instead = version == 3 and not by_beacon and "instead_of" in random
    log = receipt["log"] if version == 3 else {"head": "", "lines": 0}
    shapes = [
        ("receipt", receipt, "contest draw entries format randomness rules seal" + " log" * (version == 3)),
        ("contest", contest, "post_url slug"),
        ("seal", receipt["seal"], "digest sealed_at text"),
        ("draw", draw, "drawn_at number pools" + " seed" * (version == 1)),
        ("log", log, "head lines"),
    ]
    if by_beacon:
        shapes.append(("randomness", random, "chain commitment out_at randomness round signature source"))
    else:
        shapes.append(("randomness", random, "commitment secret source" + " instead_of" * instead))
    if instead:
        shapes.append(("randomness.instead_of", random["instead_of"], "chain round"))
    for where, part, keys in shapes:
        if not isinstance(part, dict) or set(part) != set(keys.split()):
            yield Failure(where, "keys", (keys,))
    if not by_beacon and random["source"] != "commit-reveal":
        yield Failure("randomness.source", "kind")
    kinds: dict[str, tuple[object, type]] = {
        "contest.slug": (contest["slug"], str),
        "contest.post_url": (contest["post_url"], str),
        "entries": (receipt["entries"], list),
        "draw.number": (draw["number"], int),
        "log.lines": (log["lines"], int),
        "log.head": (log["head"], str),
    }
    for where, (value, kind) in kinds.items():
        if type(value) is not kind:
            yield Failure(where, "kind")


def check_entries(receipt: Any, version: int, _: Any) -> Iterator[Failure]:
    names = [entry["id"] for entry in receipt["entries"]]
    for name in names:
        is_post = version > 1 and len(name) <= 300 and re.fullmatch(r"(x|mastodon|bluesky):[!-~]+", name)
        if not is_post and not re.fullmatch(r"comment:(0|[1-9][0-9]{0,4000})", name):
            yield Failure("entries", "name", (name,))
            return
    if len(set(names)) != len(names):
        yield Failure("entries", "twice")
    if version > 1 and names != sorted(names, key=place_of):
        yield Failure("entries", "order")
    closes = seconds(receipt["rules"]["closes_at"])
    standing = {entry["id"] for entry in eligible(receipt) if "person" not in entry}
    for entry in receipt["entries"]:
        is_in = entry["verdict"]["status"] == "eligible"
        is_readmitted = entry.get("moderator", {}).get("action") == "readmit"
        words = check_time(entry, closes, is_readmitted) if is_in else []
        if version > 1:
            words += check_verdict(entry, standing, is_in=is_in, is_readmitted=is_readmitted)
        for word in words:
            yield Failure("entries", word, (entry["id"],))


def check_time(entry: Any, closes: int, is_readmitted: bool) -> list[str]:
    """Nobody is in whom nobody saw, or who was late, unless a moderator set just that aside."""
    codes = [reason["code"] for reason in entry["verdict"].get("overruled", [])] if is_readmitted else []
    if entry["submitted_at"] is None:
        return [] if any(code in codes for code in ("unchecked", "gone", "not_public")) else ["unseen"]
    return ["late"] if seconds(entry["submitted_at"]) > closes and "late" not in codes else []


def check_verdict(entry: Any, standing: set[str], *, is_in: bool, is_readmitted: bool) -> Iterator[str]:
    """Only what is known stands there, and who is named for an entry can stand for it."""
    verdict, name = entry["verdict"], entry["id"]
    known = {"id", "submitted_at", "person", "given_by", "moderator", "evidence", "verdict"}
    if set(entry) - known or set(verdict) - {"status", "reasons", "overruled"}:
        yield "more"
    if is_in and verdict["reasons"] != []:
        yield "against"
    if not is_in and not (isinstance(verdict["reasons"], list) and verdict["reasons"]):
        yield "unexplained"
    if "overruled" in verdict and not is_readmitted:
        yield "overruled"
    if "person" in entry and not (is_in and entry["person"] != name and entry["person"] in standing):
        yield "person"
    if "given_by" in entry and not (is_in and entry["given_by"] != name and is_comment(entry["given_by"])):
        yield "person"


def pools_of(receipt: Any, version: int) -> list[Any]:
    """Each pool with the names of those who take part in it, in the order of the sealed text."""
    rules, entries = receipt["rules"], eligible(receipt)
    if version == 1:
        names = sorted((entry["id"] for entry in entries), key=place_of)
        return [{**rules, "name": "comments", "title": "comments", "in": names}]
    comments = [entry["id"] for entry in entries if is_comment(entry["id"])]
    posts = [entry["id"] for entry in entries if not is_comment(entry["id"])]
    both = [entry["id"] for entry in entries if "given_by" not in entry]
    channels = {"comments": comments, "posts": posts, "both": both}
    return [
        {**pool, "title": f"{number} {pool['channel']}", "in": channels[pool["channel"]]}
        for number, pool in enumerate(rules["pools"], 1)
    ]


def check_pools(receipt: Any, version: int) -> Iterator[Failure]:
    rules = receipt["rules"]
    pools = rules["pools"] if version > 1 else [rules]
    fits = all(type(pool[key]) is int and pool[key] >= 0 for pool in pools for key in ("winners", "alternates"))
    if version > 1:
        names = [" ".join(pool["name"].split()) for pool in pools]
        texts = [*((name, 60) for name in names), *((" ".join(pool.get("prize", "").split()), 200) for pool in pools)]
        fits = fits and 1 <= len(pools) <= 20 and all(names) and len({name.casefold() for name in names}) == len(pools)
        fits = fits and all(
            len(text) <= most and re.sub("[\u200c\u200d]", "", text).isprintable() for text, most in texts
        )
        fits = fits and all(pool["winners"] >= 1 and pool["alternates"] <= 1000 for pool in pools)
        fits = fits and sum(pool["winners"] for pool in pools) <= 1000
        fits = fits and not any(set(pool) - {"name", "channel", "winners", "alternates", "prize"} for pool in pools)
        if type(rules["one_prize"]) is not bool:
            yield Failure("rules.one_prize", "kind")
    if not fits:
        yield Failure("rules.pools", "pools")


def sealed_lines(receipt: Any, version: int) -> list[str]:
    """The sealed text, line by line, as it follows from the rest of the receipt."""
    rules, random = receipt["rules"], receipt["randomness"]
    beacon = "none"
    if version == 3 and random["source"] == "drand":
        beacon = f"{random['chain']['hash']} {random['round']}"
    elif version == 3 and "instead_of" in random:
        beacon = f"{random['instead_of']['chain']} {random['instead_of']['round']}"
    lines = [
        f"tirage-seal/{version}",
        f"contest {receipt['contest']['slug']}",
        f"post {receipt['contest']['post_url']}",
    ]
    lines += [f"draw {receipt['draw']['number']}", f"sealed {spell(seconds(receipt['seal']['sealed_at']))}"]
    lines += [f"closes {spell(seconds(rules['closes_at']))}", f"commitment {random['commitment']}"]
    if version == 3:
        lines += [f"beacon {beacon}", f"log {receipt['log']['lines']} {receipt['log']['head']}"]
    lines += [f"rules {sha256(canonical(rules))}", f"verdicts {sha256(canonical(receipt['entries']))}"]
    for pool in pools_of(receipt, version):
        lines.append(f"pool {pool['title']} winners={pool['winners']} alternates={pool['alternates']}")
        lines += [f"entry {name}" for name in pool["in"]]
    return [*lines, ""]


def check_seal(receipt: Any, version: int, _: Any) -> Iterator[Failure]:
    yield from check_pools(receipt, version)
    text, digest = receipt["seal"]["text"], receipt["seal"]["digest"]
    if sha256(text) != digest:
        yield Failure("seal.digest", "differs", (sha256(text), digest))
    found, expected = text.split("\n"), sealed_lines(receipt, version)
    for line in expected:
        if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in line):
            yield Failure("seal.text", "control", (line,))
    for ours, theirs in zip(expected, found):
        if ours != theirs:
            where = MADE_OF.get(ours.split(" ")[0], "seal.text")
            yield Failure(where, "differs", (ours, theirs))
            if where in ("seal.text", "rules.pools"):
                return  # from here on lines may only be shifted
    if len(found) != len(expected):
        yield Failure("seal.text", "differs", (f"{len(expected)} lines", f"{len(found)} lines"))


def check_randomness(receipt: Any, version: int, chains: Any) -> Iterator[Failure]:
    random, draw = receipt["randomness"], receipt["draw"]
    sealed, drawn = seconds(receipt["seal"]["sealed_at"]), seconds(draw["drawn_at"])
    if drawn < sealed:
        yield Failure("draw.drawn_at", "early")
    by_beacon = random["source"] == "drand"
    if not by_beacon and sha256(random["secret"]) != random["commitment"]:
        yield Failure("randomness.secret", "secret")
    if not by_beacon and "instead_of" not in random:
        return
    promised = random if by_beacon else {**random["instead_of"], "chain": {"hash": random["instead_of"]["chain"]}}
    chain = next((known for known in chains if known["hash"] == promised["chain"]["hash"]), None)
    if chain is None or (by_beacon and canonical(chain) != canonical(promised["chain"])):
        yield Failure("randomness.chain" if by_beacon else "randomness.instead_of.chain", "chain")
        return
    first = max(-((chain["genesis_time"] - sealed - MINUTE) // chain["period"]) + 1, 1)  # to come out a minute later
    if type(promised["round"]) is not int or promised["round"] != first:
        yield Failure("randomness.round", "differs", (first, promised["round"]))
    out_at = chain["genesis_time"] + (first - 1) * chain["period"]
    if drawn < out_at + (0 if by_beacon else HOUR):
        yield Failure("draw.drawn_at", "early")
    if by_beacon:
        if not re.fullmatch("[0-9a-f]{96}", random["signature"]):
            yield Failure("randomness.signature", "kind")
        value = hashlib.sha256(bytes.fromhex(random["signature"])).hexdigest()
        for key, ours in (("randomness", value), ("out_at", spell(out_at))):
            if random[key] != ours:
                yield Failure(f"randomness.{key}", "differs", (ours, random[key]))


def draw_again(receipt: Any, version: int) -> Iterator[dict[str, Any]]:
    """What comes of each pool, as the receipt must tell it."""
    random = receipt["randomness"]
    value = random["randomness" if random["source"] == "drand" else "secret"]
    person_of = {entry["id"]: entry.get("person", entry["id"]) for entry in receipt["entries"]}
    one_prize = version > 1 and receipt["rules"]["one_prize"]
    won: set[str] = set()
    for number, pool in enumerate(pools_of(receipt, version), 1):
        parts = [f"tirage-seed/{min(version, 2)}", receipt["contest"]["slug"], receipt["seal"]["digest"], value]
        seed = sha256("".join(f"{part}\n" for part in (parts if version == 1 else [*parts, str(number)])))
        order = sorted((sha256(f"{seed}|{name}"), name) for name in pool["in"])
        places: dict[str, list[str]] = {"winners": [], "alternates": [], "passed_over": []}
        for _, name in order:
            if all(len(places[kind]) == pool[kind] for kind in ("winners", "alternates")):
                break
            kind = "winners" if len(places["winners"]) < pool["winners"] else "alternates"
            kind = "passed_over" if one_prize and person_of[name] in won else kind
            places[kind].append(name)
            if kind == "winners":
                won.add(person_of[name])
        left = pool["winners"] - len(places["winners"])
        ranking = [{"entry": name, "ticket": ticket} for ticket, name in order]
        yield {"name": pool["name"], "seed": seed, **places, "prizes_left": left, "ranking": ranking}


def check_draw(receipt: Any, version: int, _: Any) -> Iterator[Failure]:
    found, expected = receipt["draw"]["pools"], list(draw_again(receipt, version))
    if version == 1:
        del expected[0]["passed_over"]
        seed = expected[0].pop("seed")
        if receipt["draw"]["seed"] != seed:
            yield Failure("draw.seed", "differs", (seed, receipt["draw"]["seed"]))
    if len(found) != len(expected):
        yield Failure("draw.pools", "differs", (len(expected), len(found)))
    for number, (ours, theirs) in enumerate(zip(expected, found)):
        where, ranking, told = f"draw.pools[{number}]", ours.pop("ranking"), theirs["ranking"]
        if set(theirs) != {*ours, "ranking"}:
            yield Failure(where, "keys", (" ".join([*ours, "ranking"]),))
        for key, value in ours.items():
            if canonical(theirs[key]) != canonical(value):
                yield Failure(f"{where}.{key}", "differs", (value, theirs[key]))
        places = [place for place, pair in enumerate(zip(ranking, told)) if pair[0] != pair[1]]
        for place in places[:1]:
            yield Failure(f"{where}.ranking[{place}]", "differs", (ranking[place], told[place]))
        if len(told) != len(ranking):
            yield Failure(f"{where}.ranking", "differs", (len(ranking), len(told)))


STEPS = {"shape": check_shape, "entries": check_entries, "seal": check_seal, "randomness": check_randomness}
STEPS["draw"] = check_draw


def check(receipt: object, chains: Any = (QUICKNET,)) -> dict[str, list[Failure]]:
    """What is wrong in each step; nothing in any of them when the receipt holds. Takes anything, raises nothing."""
    form = receipt.get("format") if isinstance(receipt, dict) else None
    if not isinstance(form, str) or form not in VERSIONS:
        return {"shape": [Failure("format", "format")]}
    found: dict[str, list[Failure]] = {step: [] for step in STEPS}
    for step, failures in found.items():
        try:
            failures.extend(STEPS[step](receipt, VERSIONS[form], chains))
        except ODD as error:
            failures.append(Failure("receipt", "broken", (f"{type(error).__name__}: {error}",)))
    return found


def not_checked(receipt: Any, language: int) -> list[dict[str, Any]]:
    """What a receipt that holds can't show by itself, and what to compare."""
    random, digest = receipt["randomness"], receipt["seal"]["digest"]
    rest: list[dict[str, Any]] = [{"where": "seal.digest", "what": WORDS["before"][language].format(digest)}]
    if random["source"] == "drand":
        what = WORDS["signed"][language].format(random["round"], random["signature"])
        pages = [f"https://{mirror}/{random['chain']['hash']}/public/{random['round']}" for mirror in MIRRORS]
        rest.append({"where": "randomness.signature", "what": what, "compare": pages})
    return rest


def read(path: str) -> Any:
    """The JSON in a file. Raises OSError, and ValueError for what two programs may read differently."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len({name for name, _ in pairs}) != len(pairs):
            raise ValueError("a name stands twice")
        return dict(pairs)

    def refuse(constant: str) -> NoReturn:
        raise ValueError(constant)

    with open(path, "rb") as file:
        return json.loads(file.read().decode("utf-8"), object_pairs_hook=unique, parse_constant=refuse)


def read_chain(path: str) -> dict[str, Any]:
    """A chain from its /info, whose hash binds all of it."""
    told = read(path)
    chain = {"name": told["metadata"]["beaconID"], "scheme": told["schemeID"], "public_key": told["public_key"]}
    chain.update(genesis_seed=told["groupHash"], genesis_time=told["genesis_time"], period=told["period"])
    head = chain["period"].to_bytes(4, "big") + chain["genesis_time"].to_bytes(8, "big")
    key = bytes.fromhex(chain["public_key"]) + bytes.fromhex(chain["genesis_seed"])
    if hashlib.sha256(head + key + chain["name"].encode()).hexdigest() != told["hash"] or chain["period"] < 1:
        raise ValueError("its hash is another's")
    return {**chain, "hash": told["hash"]}


def sentence(failure: Failure, language: int) -> str:
    """What is wrong, in words: long values are cut, and nothing is printed that a terminal would obey."""
    facts = [
        fact if isinstance(fact, str) and re.fullmatch("[ -~]*", fact) else canonical(fact) for fact in failure.facts
    ]
    return WORDS[failure.word][language].format(*(fact if len(fact) < 150 else f"{fact[:150]}..." for fact in facts))


def tell(steps: dict[str, list[Failure]], rest: list[dict[str, Any]], language: int) -> None:
    for step, failures in steps.items():
        print(f"{'NO' if failures else 'ok'}  {WORDS[step][language]}.")
        for failure in failures:
            print(f"      {failure.where}: {sentence(failure, language)}")
    print(WORDS["fails" if any(steps.values()) else "holds"][language])
    for number, part in enumerate(rest):
        print(f"\n{WORDS['not_checked'][language]}\n" * (number == 0) + f"  - {part['what']}")
        for page in part.get("compare", ()):
            print(f"      {page}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="verify.py", description="Check the receipt of a draw.")
    parser.add_argument("file")
    parser.add_argument("--language", choices=("en", "fr"), default="en")
    parser.add_argument("--json", action="store_true", help="print one JSON value and nothing else")
    parser.add_argument("--chain", metavar="INFO", help="believe this chain too: a file with its /info")
    given = parser.parse_args()
    language = ("en", "fr").index(given.language)
    try:
        chains = [QUICKNET, read_chain(given.chain)] if given.chain else [QUICKNET]
    except (OSError, *ODD):
        parser.error("INFO must be a file with what a chain tells of itself under /info")
    try:
        receipt = read(given.file)
        steps = check(receipt, chains)
    except OSError:
        print(f"verify.py: {WORDS['unread'][language]}", file=sys.stderr)
        return 2
    except ODD:
        steps = {"shape": [Failure("receipt", "no_json")]}
    failures = [failure for found in steps.values() for failure in found]
    rest = [] if failures else not_checked(receipt, language)
    if given.json:
        told = [{"where": failure.where, "what": sentence(failure, language)} for failure in failures]
        print(json.dumps({"valid": not failures, "failures": told, "not_checked": rest}, indent=2))
    else:
        getattr(sys.stdout, "reconfigure", lambda **_: None)(errors="replace")  # a terminal may know no accents
        tell(steps, rest, language)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
