"""The plugin speaks French: its catalogue is whole, compiled, well set, and found by WordPress."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import pytest
from babel.messages.extract import extract_javascript

from testbed import browser
from testbed.site import Site
from tests.plugin.conftest import log_in, state_of
from tools import plugin_words
from tools.php_words import extract_php
from tools.plugin_words import KEYWORDS, PLUGIN, SCRIPTS

SAME_IN_FRENCH = {"Action", "Secret", "Tirage", "concours", "tirage"}
EDITOR = "wp-admin/post.php?post={post}&action=edit"
SETTINGS = "wp-admin/options-general.php?page=tirage"


def forms() -> list[tuple[str, str, str]]:
    """Every French text with its English, and what names it in a failure."""
    found = []
    for message in plugin_words.read_french():
        english = (message.id,) if isinstance(message.id, str) else message.id
        french = (message.string,) if isinstance(message.string, str) else message.string or ("",)
        if message.id:
            found += [(english[min(n, len(english) - 1)], text, english[0]) for n, text in enumerate(french)]
    return found


def test_what_is_committed_is_what_make_i18n_writes():
    wanted = plugin_words.files()
    kept = {path.name: path.read_bytes() for path in (PLUGIN / "languages").iterdir()}
    assert sorted(kept) == sorted(wanted)
    assert [name for name in wanted if kept[name] != wanted[name]] == []


def test_every_text_is_in_french():
    assert [name for _, french, name in forms() if not french] == []
    assert [message.id for message in plugin_words.read_french() if message.id and message.fuzzy] == []
    assert {name for english, french, name in forms() if french == english} <= SAME_IN_FRENCH


def test_french_has_the_same_placeholders():
    def placeholders(text: str) -> list[str]:
        return sorted(re.findall(r"%(?:\d+\$)?[a-z%]", text))

    assert [name for english, french, name in forms() if placeholders(english) != placeholders(french)] == []


@pytest.mark.parametrize(
    "wrong",
    [
        r"['\"“”]",  # the French ones are ’ and « »
        r"(?<!\u00a0):(?!//)",
        r"(?<!\u202f)[;!?]",
        r"«(?!\u00a0)|(?<!\u00a0)»",
        r"\.\.\.| {2}|^\s|\s$",
    ],
)
def test_french_is_well_set(wrong: str):
    assert [french for _, french, _ in forms() if re.search(wrong, french)] == []


def calls() -> Iterator[tuple[str, Any]]:
    """Every call of a function for translations, as it stands in the source."""
    for file in [*PLUGIN.rglob("*.php"), *PLUGIN.rglob("*.js")]:
        extract: Any = extract_php if file.suffix == ".php" else extract_javascript
        with file.open("rb") as source:
            yield from ((file.name, found) for found in extract(source, KEYWORDS, [], {}))


def test_every_text_is_a_literal_in_the_plugin_s_own_domain():
    found = list(calls())
    assert len(found) > 150
    assert [(name, call) for name, call in found if call[2][0] is None or call[2][-1] != "tirage"] == []


def test_texts_with_placeholders_are_explained_to_translators():
    template = [message for message in plugin_words.source_words() if message.id]
    mute = [message.id for message in template if "php-format" in message.flags and not message.auto_comments]
    assert mute == []


def test_the_scripts_have_the_handles_that_their_words_are_found_by():
    source = "".join(path.read_text("utf-8") for path in PLUGIN.glob("*.php"))
    registered = re.findall(r"script\( '([\w-]+)', plugins_url\( '([\w./-]+)'", source)
    assert {script: handle for handle, script in registered} == SCRIPTS
    assert sorted(re.findall(r"set_script_translations\( '([\w-]+)', 'tirage'", source)) == sorted(SCRIPTS.values())


PHP = rb"""<?php
/* translators: %s: a name */
echo sprintf( esc_html__( 'It\'s %s', 'tirage' ), __( 'x', "y $z {$a['b']}" ) );
$a = '__( "in a string" )'; // __( 'in a comment' )

_n( '%d a', "%d \"b\"\n", count( $a['x'], 1 ), 'tirage' );
$this->__( 'a method' ); function _x( $a ) {} \__( 'a' . 'b', 'tirage' );
/*
 * translators: over
 * lines
 */
_x( 'Open', 'a, (state)', 'tirage', );
?>
<p>__( 'outside' )</p>
<?php echo <<<EOT
__( 'in a heredoc' ) {$a->__( 'x' )}
EOT;
"""


def test_words_are_found_in_php():
    assert list(extract_php(BytesIO(PHP), KEYWORDS, ["translators:"], {})) == [
        (3, "esc_html__", ["It's %s", "tirage"], ["translators: %s: a name"]),
        (3, "__", ["x", None], []),
        (6, "_n", ["%d a", '%d "b"\n', None, "tirage"], []),
        (7, "__", [None, "tirage"], []),
        (12, "_x", ["Open", "a, (state)", "tirage"], ["translators: over lines"]),
    ]


@contextmanager
def in_english(site: Site) -> Iterator[None]:
    """The administrator chose English in their profile, on a French blog."""
    set_locale = "update_user_meta($args['id'], 'locale', $args['locale']);"
    site.php(set_locale, id=site.users["admin"].id, locale="en_US")
    try:
        yield
    finally:
        site.php(set_locale, id=site.users["admin"].id, locale="")


def pages(site: Site) -> dict[str, str]:
    """What the administrator sees: the settings, the editor with its scripts' words, the block, the plugins."""
    session = log_in(site, "admin")
    post = site.create_post("Gagnez", "<!-- wp:tirage/contest /-->", author="admin")
    paths = {"settings": SETTINGS, "editor": EDITOR.format(post=post), "plugins": "wp-admin/plugins.php"}
    shown = {name: session.get(f"{site.base_url}/{path}", timeout=60).text for name, path in paths.items()}
    block = re.search(r'"tirage\\/contest":{.*?"title":"(.*?)"', shown["editor"])
    assert block
    return {**shown, "block": block[1]}


WORDS = {
    "settings": ("Adresse du service", "Address of the service"),
    "editor": ("Les personnes qui écrivent pour le blog peuvent gagner", "tirage-editor-js"),
    "plugins": ("Organise des concours avec le service Tirage", "Runs giveaways with the Tirage service"),
    "block": ("Concours", "Giveaway"),
}


ASK_THE_EDITOR = """
const { __, _n, sprintf } = wp.i18n;
const entries = (count, eligible) =>
    sprintf(_n('%1$d entry, %2$d can win', '%1$d entries, %2$d can win', count, 'tirage'), count, eligible);
const block = wp.blocks.getBlockType('tirage/contest').title;
return [__('Alternates', 'tirage'), entries(1, 0), entries(2, 1), block];
"""


def test_a_french_blog_speaks_french(each_blog: Site):
    for name, page in pages(each_blog).items():
        french, english = WORDS[name]
        assert french in page, name
        assert name == "editor" or english not in page, name


def test_the_editor_s_scripts_speak_french(each_blog: Site):
    post = each_blog.create_post("Gagnez", author="admin")
    with browser.running() as window:
        window.get(f"{each_blog.base_url}/wp-login.php")
        for cookie in log_in(each_blog, "admin").cookies:
            window.add_cookie({"name": cookie.name, "value": cookie.value or "", "path": cookie.path})
        window.get(f"{each_blog.base_url}/{EDITOR.format(post=post)}")
        said = window.execute_script(ASK_THE_EDITOR)
    assert said == [
        "Personnes suppléantes",
        "1 participation (retenue\u00a0: 0)",
        "2 participations (retenues\u00a0: 1)",
        "Concours",
    ]
    assert (
        "Montre le concours de cet article dès qu’il est préparé" in pages(each_blog)["editor"]
    )  # block.js's own words


def test_who_prefers_english_gets_english(each_blog: Site):
    with in_english(each_blog):
        for name, page in pages(each_blog).items():
            french, english = WORDS[name]
            assert french not in page, name
            assert english in page, name


def test_readers_of_a_french_blog_read_french(each_blog: Site):
    post = each_blog.create_post("Gagnez", "<!-- wp:tirage/contest /-->")
    told = "tirage_store_state($args['post'], $args['state']); global $post; $post = get_post($args['post']);"
    html = each_blog.php(f"{told} return tirage_render($args['post']);", post=post, state=state_of(post))
    assert "Ouvert jusqu’au <time" in html
    assert "1 personne gagnante · 31 participations à ce jour" in html


WATCH = """<?php
add_action('plugins_loaded', 'wp_get_schedules'); // as plugins do that schedule something early
add_action('doing_it_wrong_run', function ($function, $message) {
    file_put_contents(__DIR__ . '/wrong.txt', "$function: $message\\n", FILE_APPEND);
}, 10, 2);
"""


def test_no_words_are_asked_for_too_early(each_blog: Site):
    folder = each_blog.root / "wp-content/mu-plugins"
    (folder / "watch.php").write_text(WATCH, "utf-8")
    wrong = folder / "wrong.txt"
    try:
        pages(each_blog)
        log_in(each_blog, "admin").get(f"{each_blog.base_url}/wp-cron.php?doing_wp_cron=1", timeout=60)
        each_blog.php("do_action('tirage_sweep');")
        assert not wrong.exists() or "tirage" not in wrong.read_text("utf-8")
    finally:
        (folder / "watch.php").unlink()
        wrong.unlink(missing_ok=True)
