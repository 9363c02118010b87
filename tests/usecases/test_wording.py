"""The winner comment: friendly words, and names that are text whatever they are made of."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from time import perf_counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from service.domain.announcement import AnnouncementFacts, WinnerFacts
from service.domain.errors import BadTemplate
from service.usecases.comment_template import LONGEST_TEMPLATE
from service.usecases.filling import MOST_BYTES
from service.usecases.plain_text import clean_text, encode_text
from service.usecases.wording import check_template, default_template, write_comment
from testbed.site import Site

PROOF = "https://tirage.example/c/the-de-noel/draws/1"
URL = "{{ proof_url }}\n"
IN_STRONG = URL + "<strong>{{ winners[0].name }}</strong>"
HOSTILE = [
    "<script>alert(1)</script>",
    "</strong><img src=x onerror=alert(1)>",
    "<!--more-->",
    "&lt;b&gt;gras&lt;/b&gt; &amp; &#60;i&#62;",
    "http://evil.example/?a=1&b=2",
    "www.evil.example",
    "ftp.evil.example",
    "moi@evil.example",
    "javascript:alert(1)",
    "//evil.example",
    "[gallery] [caption]x[/caption]",
    "@admin #tag",
    ":) ;-) :lol: 8O 8-)",
    "8O",
    "9x9 12x34 3X4",
    "Fan de Wordpress",
    "Wordpress",
    "\"Jo\" 'Ann' O'Brien -- it's... (c) (tm) '99",
    "{{ proof_url }} {% raw %}",
    "\\0 $1 %s %(detail)s \\\\",
    "Zoé 🎉 👩‍🚀 1️⃣ 𝒳",
    "\u0338a\u0338\u0338",
    "Ada\u202eevil\u2066\u200b\u00ad\ufeff",
    "a\r\n\r\nb\u2028c\x00\x07",
    "مرحبا بالعالم",
    "नमस्ते",
    "長い名前",
]


class Page(HTMLParser):
    """What a reader's browser makes of a comment: its text, its tags, the text in the first <strong>."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text, self.strong = "", ""
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self._is_in_strong = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))
        self._is_in_strong = self._is_in_strong or tag == "strong"

    def handle_endtag(self, tag: str) -> None:
        self._is_in_strong = self._is_in_strong and tag != "strong"

    def handle_data(self, data: str) -> None:
        self.text += data
        self.strong += data if self._is_in_strong else ""


def make_facts(
    *names: str, entries: int = 27, prizes_left: int = 0, title: str = "Un thé de Noël"
) -> AnnouncementFacts:
    return AnnouncementFacts(
        title=title,
        winners=tuple(WinnerFacts(name=name, comment_id=place + 1) for place, name in enumerate(names)),
        entries=entries,
        prizes_left=prizes_left,
        proof_url=PROOF,
    )


def write(template: str | None, *names: str, language: str = "fr", **facts: object) -> str:
    return write_comment(template, make_facts(*names, **facts), language=language)  # type: ignore[arg-type]


# The default templates


@pytest.mark.parametrize(
    ("language", "words"),
    [("fr", "parmi les 27 participations retenues"), ("en", "from 27 eligible entries"), ("de", "Congratulations!")],
)
def test_the_comment_is_in_the_blogs_language(language, words):
    comment = write(None, "Zoé", language=language)
    assert words in comment
    assert "<strong>Zoé</strong>" in comment
    assert "Un thé de Noël" in comment


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("entries", "winners"), [(0, 0), (3, 0), (1, 1), (9, 1), (2, 2), (5, 5)])
@pytest.mark.parametrize("prizes_left", [0, 1, 3])
@pytest.mark.parametrize("title", ["", "Un thé"])
def test_every_outcome_ends_with_the_proof_on_a_line_of_its_own(language, entries, winners, prizes_left, title):
    given = {"entries": entries, "prizes_left": prizes_left, "title": title}
    comment = write(None, *["Ada"] * winners, language=language, **given)
    assert comment.split("\n")[-1] == PROOF
    assert comment.count(PROOF) == 1
    assert comment.count("<strong>Ada</strong>") == winners
    assert "\n\n\n" not in comment
    assert not re.search(r"[{}]|[ \t]\n|«\W*»|“”", comment)


@pytest.mark.parametrize(
    ("names", "entries", "prizes_left", "french", "english"),
    [
        (1, 1, 1, "moins de participations que de lots\xa0: il reste un lot.", "than prizes: one prize is left."),
        (2, 2, 4, "moins de participations que de lots\xa0: il reste 4 lots.", "than prizes: 4 prizes are left."),
        (1, 2, 1, "\n\nIl reste un lot.", "\n\nOne prize is left."),
        (1, 9, 4, "\n\nIl reste 4 lots.", "\n\n4 prizes are left."),
    ],
)
def test_prizes_that_nobody_holds_are_told_and_why_where_there_were_too_few_entries(
    names, entries, prizes_left, french, english
):
    given = {"entries": entries, "prizes_left": prizes_left}
    comments = [unescape(write(None, *["Ada"] * names, language=language, **given)) for language in ("fr", "en")]
    for comment, words, cause in zip(comments, (french, english), ("moins de", "fewer"), strict=True):
        assert words in comment
        assert (cause in comment) == (entries <= names)


def test_where_everybody_holds_a_prize_none_is_left():
    assert "reste" not in write(None, "Ada")


def test_a_draw_without_winners_says_so():
    comment = unescape(write(None, entries=0, prizes_left=1))
    assert "terminé. Aucune participation n’a pu être retenue\xa0: cette fois, personne ne gagne.\nLe lot" in comment
    comment = write(None, entries=0, prizes_left=1, language="en")
    assert "is over. No entry was eligible, so this time nobody wins.\nThe prize stays with us." in comment


def test_a_draw_whose_winners_are_all_disqualified_does_not_say_that_nobody_was_eligible():
    comment = write(None, entries=1, prizes_left=1)
    assert "est terminé. Cette fois, personne n’a de lot.\nLe lot n’est donc pas attribué." in comment
    assert "retenue" not in comment
    comment = write(None, entries=2, prizes_left=2, language="en")
    assert "is over. This time nobody holds a prize.\nThe 2 prizes stay with us." in comment
    assert "eligible" not in comment


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_default_template_is_a_good_template(language):
    check_template(default_template(language), language=language)


def test_a_thousand_winners_fit_with_shorter_names():
    comment = write(None, *["Marie-Élise 🎉 de la Tour d'Auvergne (Quimper) !"] * 1_000)
    assert len(comment.encode()) <= MOST_BYTES
    assert comment.count("Marie&#45;Élise") == 1_000


# Names


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u202e", "\u3164", "\u0301", "\x00"])
def test_a_name_without_anything_to_see_gets_a_word(name):
    assert Page(write(IN_STRONG, name)).strong == "Anonyme"
    assert Page(write(IN_STRONG, name, language="en")).strong == "Anonymous"


@settings(deadline=None)
@given(name=st.text(max_size=150) | st.lists(st.sampled_from(HOSTILE), max_size=4).map("".join))
@example(name="www.a.b http://a.b a@b.c")
def test_whatever_the_name_it_is_text(name):
    comment = write(IN_STRONG, name)
    page = Page(comment)
    assert page.strong == clean_text(name) or page.strong == "Anonyme"
    assert page.tags == [("strong", [])]
    raw = re.sub(r"&#\d+;", "", _inside(comment))
    assert all(char == " " or unicodedata.category(char)[0] in "LMN" for char in raw)
    assert max(comment) <= "\uffff"


def _inside(comment: str) -> str:
    match = re.search(r"<strong>(.*)</strong>", comment, re.DOTALL)
    assert match
    return match[1]


@given(text=st.text())
def test_a_cleaned_text_is_one_short_composed_line(text):
    cleaned = clean_text(text)
    assert len(cleaned) <= 100
    assert cleaned == " ".join(cleaned.split())
    assert unicodedata.is_normalized("NFC", cleaned)
    assert clean_text(cleaned) == cleaned
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Co", "Zl", "Zp"} for char in cleaned)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("  Ada \n\t Lovelace ", "Ada Lovelace"),
        ("Ada\u202e\u2066\u200b\u200d\u00ad Lovelace", "Ada Lovelace"),
        ("e\u0301", "é"),
        ("👩\u200d🚀 et ❤\ufe0f\u200d🔥", "👩\u200d🚀 et ❤\ufe0f\u200d🔥"),
        ("a\u200db\ufe0f", "ab"),
        ("a\ud800\ue000\ufffeb", "ab"),
        ("x" * 101, "x" * 99 + "…"),
        ("x" * 100, "x" * 100),
    ],
)
def test_names_are_cleaned_for_the_eye(name, shown):
    assert clean_text(name) == shown


@pytest.mark.parametrize(
    ("text", "encoded"),
    [
        ("Zoé Müller 42", "Zoé Müller 42"),
        ("a.b:c@d/e", "a&#46;b&#58;c&#64;d&#47;e"),
        ("8O 9x9", "&#56;O &#57;x9"),
        ("Wordpress", "&#87;ordpress"),
        ("🎉𝒳", "&#127881;&#119987;"),
        ("\u0338a\u0338", "&#824;a\u0338"),
    ],
)
def test_all_but_letters_and_digits_become_numbers(text, encoded):
    assert encode_text(text) == encoded


def test_the_title_is_text_too():
    comment = write(URL + "<em>{{ title }}</em>", title="<b>Thé</b> & www.evil.example")
    assert Page(comment).tags == [("em", [])]
    assert "<b>Thé</b> & www.evil.example" in Page(comment).text


@pytest.mark.parametrize(
    "filters", ["upper", "lower", "title", "capitalize", "trim", "e", "escape|upper", "default('x')"]
)
def test_filters_on_names_change_nothing(filters):
    assert Page(write(URL + "<b>{{ winners[0].name|" + filters + " }}</b>", "<i>Ada")).text.endswith("<i>Ada")


@pytest.mark.parametrize("expression", ["winners[0].name|upper|first", "title|lower|last", "winners|join|first"])
def test_a_name_that_is_taken_apart_is_refused(expression):
    with pytest.raises(BadTemplate, match="apart"):
        write(URL + "{{ " + expression + " }}", "Ada")


@pytest.mark.parametrize(
    "html",
    [
        "<a href='{{ winners[0].name }}'>x</a>",
        "<a href='https://x.example/{{ title }}'>x</a>",
        "<p title='{{ winners[0].name }}'>x</p>",
        "<img alt='{{ winners[0].name }}'>",
        "<b {{ winners[0].name }}>x</b>",
        "<!-- {{ winners[0].name }} -->",
        "<script>{{ winners[0].name }}</script>",
        "<style>{{ title }}</style>",
    ],
)
def test_a_name_inside_a_tag_is_refused(html):
    with pytest.raises(BadTemplate, match="inside an HTML tag"):
        write(URL + html, "Ada")


def test_signs_of_a_token_in_a_template_are_refused():
    with pytest.raises(BadTemplate, match="apart"):
        write(URL + "\U000f1a10\U000f1a00\U000f1a11", "Ada")


# Templates of moderators


def test_a_template_gets_its_variables():
    template = """Bravo {% for winner in winners -%}
        {{ loop.index }}. {{ winner.name }} (n° {{ winner.comment_id }}){% if not loop.last %}, {% endif %}
    {%- endfor %} !
    {{ entries }} / {{ prizes_left }} / {{ title }} : {{ winners|map(attribute="name")|join(", ") }} :
    {{ proof_url }}"""
    text = " ".join(Page(write(template, "Ada", "Bob", prizes_left=2)).text.split())
    assert text == f"Bravo 1. Ada (n° 1), 2. Bob (n° 2) ! 27 / 2 / Un thé de Noël : Ada, Bob : {PROOF}"


def test_html_that_a_comment_may_have_stays_and_the_rest_goes():
    html = write(
        URL + '<p><a href="https://a.example/?b=1" onclick="x" title="t">a</a><script>x</script></p><h1>b</h1>🎉'
    )
    assert html == f'{PROOF}\n<p><a href="https://a.example/?b=1">a</a></p>b&#127881;'
    assert write(URL + '<a href="javascript:alert(1)">a</a>') == f"{PROOF}\n<a>a</a>"


@pytest.mark.parametrize(
    "template",
    [
        "",
        "Bravo !",
        "<a href='{{ proof_url }}'>la preuve</a>",
        "{{ proof_url }}x",
        "{{ proof_url }}/2",
        "{{ proof_url }}{{ winners[0].name }}",
        "x{{ proof_url }}",
        "{{ proof_url|upper }}",
        "{# {{ proof_url }} #}",
    ],
)
def test_without_the_link_to_the_proof_as_text_a_template_is_refused(template):
    with pytest.raises(BadTemplate, match="proof_url"):
        write(template, "Ada")


@pytest.mark.parametrize("template", ["Preuve : {{ proof_url }}.", "({{ proof_url }})", "<p>{{ proof_url }}</p>"])
def test_the_link_may_stand_in_a_sentence(template):
    assert PROOF in write(template)


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("{{ proof_url", 1),
        ("a\n{{ winer }}", 2),
        ("a\nb\n{% for w in winners %}{{ w.nam }}{% endfor %}", 3),
        ("a\n{% if title %}b", 2),
        ("\n\n{{ title|shout }}", 3),
        ("\n{{ winners[7].name }}", 2),
        ("\n\n{{ 'a' + 1 }}", 3),
        ("\n\x07", 2),
        ("\ud800", 1),
        ("\n{% set a = 1 %}", 2),
        ("{{ winners }}", 1),
    ],
)
def test_what_is_wrong_is_told_with_its_line(template, line):
    with pytest.raises(BadTemplate, match=rf"(?i)line {line}\b") as caught:
        write(template, "Ada")
    assert caught.value.message.endswith(".")
    assert len(caught.value.message) < 300


def test_a_mistake_in_a_branch_that_is_not_taken_is_found():
    with pytest.raises(BadTemplate, match="winer"):
        write(URL + "{% if not winners %}{{ winer }}{% endif %}", "Ada")


@pytest.mark.parametrize(
    "expression",
    [
        "'a' * 10**9",
        "10**10**10",
        "'%1000000000d' % 1",
        "'a'.center(10**9)",
        "range(10**9)|list",
        "'%1000000000d'|format(1)",
        "'a'|center(1000000000)",
        "'aaaa'|join('bbbb')|join('cccc')",
        "''.__class__.__mro__",
        "title.token",
        "title['__class__']",
        "winners[0]['__init__']",
        "winners|map(attribute='__class__')",
        "winners|map('upper')|join",
        "title|attr('token')",
        "cycler('a', 'b')",
        "lipsum(n=1000)",
        "self",
        "joiner()",
        "1 in winners",
        "winners[1:]",
        "[1, 2]",
        "9" * 5_000,
        "(" * 3_000 + "1" + ")" * 3_000,
        "not " * 2_000 + "1",
        "1 + " * 2_000 + "1",
        "-" * 5_000 + "1",
    ],
)
def test_what_could_reach_out_or_run_long_is_refused_at_once(expression):
    _refused_quickly(URL + "{{ " + expression + " }}")


@pytest.mark.parametrize(
    "statements",
    [
        "{% for i in range(999999999) %}{% endfor %}",
        "{% for w in winners %}{% for v in winners %}x{% endfor %}{% endfor %}",
        "{% for w in winners recursive %}{{ loop(winners) }}{% endfor %}",
        "{% for a, b in winners %}{% endfor %}",
        "{% set x = 'a' %}" + "{% set x = x ~ x %}" * 100,
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% include 'x' %}",
        "{% extends 'x' %}",
        "{% block a %}{% endblock %}",
        "{% filter upper %}a{% endfilter %}",
        "{% call x() %}{% endcall %}",
        "{% if title %}" * 60 + "{% endif %}" * 60,
        "{% for w in winners %}" + "{{ title }}" * 850 + "{% endfor %}",
        "{% for w in winners %}" + "{% if winners|join %}{% endif %}" * 250 + "{% endfor %}",
        "x" * LONGEST_TEMPLATE,
    ],
)
def test_what_could_grow_is_refused_at_once(statements):
    _refused_quickly(URL + statements)


def _refused_quickly(template: str) -> None:
    begin = perf_counter()
    with pytest.raises(BadTemplate):
        write(template, *["Ada"] * 1_000)
    assert perf_counter() - begin < 5


def test_a_comment_longer_than_wordpress_stores_is_refused():
    with pytest.raises(BadTemplate, match="60000 bytes"):
        write(URL + "{% for w in winners %}" + "🎉" * 100 + "{% endfor %}", *["Ada"] * 1_000)


@settings(deadline=None)
@given(template=st.text(alphabet="{}%|'\"<>&abc winers.name[0]()titlefor\n#-~+*", max_size=60))
def test_any_template_gives_a_comment_or_a_sentence(template):
    try:
        comment = write(URL + template, "<b>Ada")
    except BadTemplate as error:
        assert error.message.endswith(".")  # noqa: PT017
    else:
        assert PROOF in comment


def test_check_template_tries_every_outcome():
    check_template(URL + "{{ winners[0].name if winners else '' }}", language="fr")
    with pytest.raises(BadTemplate):
        check_template("{% if winners %}{{ proof_url }}{% endif %}", language="fr")
    with pytest.raises(BadTemplate):
        check_template(URL + "{{ winners[0].name }}", language="fr")
    with pytest.raises(BadTemplate):
        check_template(URL + "{{ winners[0].name if entries else '' }}", language="fr")


# On a real WordPress

_SHOW = """
    $html = [];
    foreach ($args['comments'] as $content) {
        $id = wp_insert_comment(wp_slash([
            'comment_post_ID' => 1, 'comment_content' => $content, 'comment_approved' => 1, 'user_id' => 1,
        ]));
        $html[] = apply_filters('comment_text', get_comment_text($id), get_comment($id), []);
        wp_delete_comment($id, true);
    }
    return $html;
"""


@pytest.mark.parametrize("blog", ["wordpress", "wordpress_68"])
def test_wordpress_shows_hostile_names_as_text(blog, request):
    site: Site = request.getfixturevalue(blog)
    pages = [Page(html) for html in site.php(_SHOW, comments=[write(None, name) for name in HOSTILE])]
    assert [page.strong for page in pages] == [clean_text(name) for name in HOSTILE]
    for page in pages:
        assert {tag for tag, _ in page.tags} <= {"p", "br", "strong", "a"}
        links = [dict(attributes)["href"] for tag, attributes in page.tags if tag == "a"]
        assert links == [PROOF]


def test_wordpress_links_what_is_not_encoded(wordpress):
    raw = f"<strong>{HOSTILE[5]} {HOSTILE[7]} 8O 9x9 Fan de Wordpress</strong>"  # that the test above can fail
    shown = Page(wordpress.php(_SHOW, comments=[raw])[0])
    assert len([tag for tag, _ in shown.tags if tag == "a"]) == 2
    assert "9x9" not in shown.strong
    assert "Fan de WordPress" in shown.strong


# The line that fixes the draw


def test_a_template_can_carry_the_round_and_the_digest_in_one_line():
    facts = replace(make_facts("Zoé"), digest="ab" * 32, round=27946612)
    line = write_comment("{{ winners[0].name }} {{ fingerprint }} {{ proof_url }}", facts, language="fr")
    assert f"drand 27946612 · SHA-256 {'ab' * 32}" in line
    both = write_comment("{{ winners[0].name }} {{ round }} {{ digest }} {{ proof_url }}", facts, language="fr")
    assert f"27946612 {'ab' * 32}" in both


def test_where_the_secret_decides_the_line_tells_the_digest_alone():
    facts = replace(make_facts("Zoé"), digest="ab" * 32)
    words = "{% if round %}drand{% else %}secret{% endif %} {{ fingerprint }} {{ winners[0] }} {{ proof_url }}"
    line = write_comment(words, facts, language="fr")
    assert f"secret SHA-256 {'ab' * 32}" in line
