"""What people see of the plugin, in a real browser and with a real service: administrator, writer and reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote_plus, urlsplit

import pytest
from selenium.webdriver import Chrome

from service.presenters import contest_json
from service.storage import connections, contests
from service.storage.connections import Handover
from service.storage.store import Store
from service.usecases.ports import NoNetworks
from service.vault import Vault
from testbed import browser, processes, wordpress
from testbed.site import Site
from tests.conftest import PLUGIN
from tests.e2e.browsing import Person
from tests.e2e.conftest import Tirage, installed
from tests.e2e.ringing import SECRET
from tests.plugin.conftest import state_of

VERSIONS = [pytest.param(version, marks=pytest.mark.xdist_group(f"browser-{version}")) for version in ("6.1", "6.8")]
PAGE = "wp-admin/options-general.php?page=tirage"
BLOCK = "<!-- wp:tirage/contest /-->"
HOSTILE = "<script>document.body.remove()</script>Mallory"
LONG = "Maximiliane" * 20
NO_BLOG = {"WORDPRESS_URL": "", "WORDPRESS_USER": "", "WORDPRESS_PASSWORD": "", "SECRET_KEY": "a-key-of-this-test"}
WRONG = "whsec_" + "A" * 44


@pytest.fixture(scope="module")
def window() -> Iterator[Chrome]:
    with browser.running(height=1700) as window:
        yield window


@pytest.fixture(scope="module", params=VERSIONS)
def blog(request) -> Iterator[Site]:
    """A blog of each version with the plugin, connected to nothing."""
    with wordpress.running(version=request.param) as site:
        site.install_plugin(PLUGIN)
        yield site


@contextmanager
def served(folder: Path, site: Site, port: int, **settings: str) -> Iterator[Tirage]:
    """A service on that port, stopped as its owner would stop it."""
    folder.mkdir(exist_ok=True)
    with installed(folder, site.base_url, site, PUBLIC_URL=f"http://127.0.0.1:{port}", **settings) as tirage:
        web = tirage.start_web(port)
        yield tirage
        web.terminate()
        web.wait(30)


def press(admin: Person, action: str) -> str:
    """Press one of the settings page's buttons; the kind and the words of what it tells."""
    admin.submit(f"form:has([value=tirage_{action}]) button")
    notice = admin.find(".notice.is-dismissible")
    (kind,) = {"notice-success", "notice-error"} & set((notice.get_attribute("class") or "").split())
    return f"{kind.removeprefix('notice-')}: {notice.text}"


def steps_done(admin: Person) -> list[str | None]:
    """Which steps of the settings page are ticked."""
    return [step.get_attribute("id") for step in admin.all(".tirage-step.is-done")]


def handed_over(tirage: Tirage) -> Handover:
    """What the service keeps of the connection."""
    with closing(Store(tirage.env["DATABASE_URL"])) as store, store.read() as tx:
        handover = connections.find(tx)
    assert handover
    return handover


def connect_by_hand(site: Site, port: int) -> None:
    """What the settings page does, for the tests of what comes after."""
    code = """
        update_option('tirage_service_url', $args['url']);
        update_option('tirage_secrets', [$args['secret']]);
        foreach (['next_at', 'paused_until', 'no_kick_before', 'states_next_at', 'states_failures'] as $name) {
            delete_option("tirage_$name");
        }
    """
    site.php(code, url=f"http://127.0.0.1:{port}", secret=SECRET)


def test_an_administrator_connects_the_blog_in_three_steps(window: Chrome, blog: Site, tmp_path: Path):
    admin, port = Person(window, blog), processes.free_port()
    admin.log_in("admin")
    admin.visit(PAGE)
    admin.fill("#tirage-url", f"http://127.0.0.1:{port}/")
    assert press(admin, "save_url").startswith("success")
    assert press(admin, "make_secret").startswith("success")
    assert steps_done(admin) == ["tirage-step-1", "tirage-step-2"]
    line = admin.find("#tirage-line").get_attribute("value") or ""
    assert re.search(rf"^error: .*http://127.0.0.1:{port} ", press(admin, "test"))  # nothing runs yet
    with served(tmp_path / "wrong", blog, port, WEBHOOK_SECRETS=WRONG, **NO_BLOG):
        told = press(admin, "test")
        assert told.startswith("error")
        assert "WEBHOOK_SECRETS" in told
    with served(tmp_path / "right", blog, port, WEBHOOK_SECRETS=line.partition("=")[2], **NO_BLOG) as tirage:
        assert press(admin, "test").startswith("success")
        assert steps_done(admin) == ["tirage-step-1", "tirage-step-2"]
        admin.choose("#tirage-moderator", blog.users["moderateur"].id)
        assert press(admin, "connect").startswith("success")
        assert steps_done(admin) == ["tirage-step-1", "tirage-step-2", "tirage-step-3"]
        assert "moderateur" in admin.read(".tirage-connected")
        assert press(admin, "test").startswith("success")
        assert tirage.json("blog", "check")["url"] == blog.base_url  # its settings name none
        handover = handed_over(tirage)
        assert handover.user == "moderateur"
        assert len(Vault(NO_BLOG["SECRET_KEY"]).unlock(handover.password)) == 24  # an Application Password, encrypted
    assert admin.complaints() == []


def test_what_could_not_be_sent_is_shown_and_sent_again_by_a_button(window: Chrome, blog: Site, tmp_path: Path):
    admin, port = Person(window, blog), processes.free_port()
    connect_by_hand(blog, port)
    blog.create_post("Nobody hears of it")
    admin.log_in("admin")
    admin.visit(PAGE)
    assert "Connection refused" in admin.read(".tirage-state-warning")
    with served(tmp_path, blog, port, WEBHOOK_SECRETS=SECRET):
        assert press(admin, "send_one").startswith("success")
    assert admin.read(".tirage-deliveries tbody tr:first-child .tirage-state-yes-alt")
    assert not admin.all("form:has([value=tirage_send_all])")  # nothing waits any more


@pytest.fixture(scope="module")
def tirage(blog: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tirage]:
    """A service that knows the blog, with a worker; the plugin is connected to it."""
    port = processes.free_port()
    settings = {"WEBHOOK_SECRETS": SECRET, "SECRET_KEY": NO_BLOG["SECRET_KEY"]}
    with served(tmp_path_factory.mktemp("tirage"), blog, port, **settings) as tirage:
        connect_by_hand(blog, port)
        tirage.start_worker()
        yield tirage


@pytest.fixture
def writer(window: Chrome, blog: Site, tirage: Tirage) -> Person:
    """The administrator at their desk; authors see the same panel."""
    writer = Person(window, blog)
    if "wordpress_logged_in" not in str(window.get_cookies()) or blog.base_url not in window.current_url:
        writer.log_in("admin")
    writer.complaints()  # of those before us
    return writer


def start_contest(writer: Person, closes: str, **fields: str) -> int:
    """A new post with the panel filled in, not saved yet; its id."""
    writer.write_post()
    post_id = writer.set(title="Deux livres à gagner")
    writer.press(".tirage-field-enabled label")
    writer.fill(".tirage-field-closes input", closes)
    for name, value in fields.items():
        writer.fill(f".tirage-field-{name} :is(input, textarea)", value)
    return post_id


def contest_on(tirage: Tirage, post_id: int) -> dict[str, Any] | None:
    """The contest that the service keeps for a post."""
    with closing(Store(tirage.env["DATABASE_URL"])) as store, store.read() as tx:
        contest = contests.find_by_post(tx, post_id)
        return contest_json(tx, contest, proof_url="{}/{}".format, networks=NoNetworks()) if contest else None


def test_publishing_a_post_opens_its_contest_and_saving_it_changes_it(writer: Person, tirage: Tirage):
    post_id = start_contest(writer, "2030-11-27T17:00", winners="2", alternates="1", excluded="Ada\n#12")
    writer.press(".tirage-field-replies_count label")
    writer.press(".tirage-field-publishes_list label")
    assert not writer.all(".tirage-field-claim_fields")
    writer.fill(".tirage-field-claim_days input", "14")
    writer.fill(".tirage-field-claim_fields textarea", "Adresse postale\n\n <i>Taille</i> ")
    writer.save()
    assert contest_on(tirage, post_id) is None  # a draft says nothing to anybody
    writer.publish()
    assert writer.find(".tirage-panel .tirage-standing[data-phase=open]")
    contest = contest_on(tirage, post_id)
    assert contest
    assert (contest["closes_at"], contest["winners"], contest["alternates"]) == ("2030-11-27T16:00:00Z", 2, 1)
    assert (contest["rules"]["replies_count"], contest["rules"]["excluded"]) == (True, ["Ada", "#12"])
    claims = {"days": 14, "fields": ["Adresse postale", "<i>Taille</i>"]}
    assert (contest["claims"], contest["publishes_list"]) == (claims, True)
    assert writer.look("return document.querySelector('.tirage-field-enabled input').disabled")
    writer.fill(".tirage-field-closes input", "2030-11-28T18:30")
    writer.fill(".tirage-field-claim_days input", "90")  # as long as the service keeps personal data
    writer.save()
    assert "PERSONAL_DATA_DAYS" in writer.read(".tirage-problem")
    writer.fill(".tirage-field-claim_days input", "0")
    writer.wait_for(lambda: not writer.all(".tirage-field-claim_fields"))
    writer.save()
    writer.wait_for(lambda: not writer.all(".tirage-problem"))
    contest = contest_on(tirage, post_id)
    assert contest
    assert (contest["closes_at"], contest["claims"]["days"]) == ("2030-11-28T17:30:00Z", 0)
    assert not writer.all(".tirage-problem, .tirage-warning")
    assert writer.complaints() == []


def test_a_deadline_that_has_passed_is_told_before_saving_and_after(writer: Person, tirage: Tirage):
    post_id = start_contest(writer, "2020-01-01T12:00")
    assert writer.find(".tirage-warning")
    writer.publish()
    assert writer.find(".tirage-problem")
    assert "Tirage" in writer.read(".components-notice-list .is-error")  # also when the panel is folded
    assert contest_on(tirage, post_id) is None
    writer.fill(".tirage-field-closes input", "2030-01-01T12:00")
    writer.save()
    assert writer.find(".tirage-panel .tirage-standing[data-phase=open]")
    writer.wait_for(lambda: not writer.all(".tirage-problem, .tirage-warning, .components-notice-list .is-error"))


def test_a_service_that_is_down_is_told_in_the_panel_and_tried_again(writer: Person, tirage: Tirage):
    address = f"http://127.0.0.1:{processes.free_port()}"
    kept = writer.site.php("return get_option('tirage_service_url');")
    writer.site.set_option("tirage_service_url", address)
    try:
        post_id = start_contest(writer, "2030-11-27T17:00")
        writer.publish()
        assert address in writer.read(".tirage-problem")
        assert contest_on(tirage, post_id) is None
    finally:
        writer.site.set_option("tirage_service_url", kept)
    writer.site.php("do_action('tirage_save_again', $args['post'], 'admin', 2);", post=post_id)  # as wp-cron will
    assert contest_on(tirage, post_id)


def test_two_pools_and_a_message_are_set_up_in_the_panel_and_shown_to_readers(writer: Person, tirage: Tirage):
    post_id = start_contest(writer, "2030-11-27T17:00", winners="2")
    writer.set(content=BLOCK)
    assert not writer.all(".tirage-message, .tirage-field-one_prize")
    writer.choose(".tirage-field-who select", "each")
    for field, value in {"winners": "3", "prize": "Une tasse"}.items():
        writer.fill(f".tirage-pool[data-channel=posts] .tirage-field-{field} input", value)
    writer.fill(".tirage-field-hashtags input", "#livres,  #lire")
    writer.fill(".tirage-field-message textarea", f"Je participe & {LONG}{LONG}")
    writer.press(".tirage-field-one_prize label")
    writer.publish()
    assert "X" in writer.read(".tirage-too-long")
    contest = contest_on(tirage, post_id)
    assert contest
    pools = [tuple(pool[name] for name in ("name", "channel", "winners", "prize")) for pool in contest["pools"]]
    assert pools == [("Commentaires", "comments", 2, ""), ("Publications", "posts", 3, "Une tasse")]
    assert (contest["message"]["hashtags"], contest["rules"]["one_prize"]) == (["livres", "lire"], False)
    writer.fill(".tirage-field-message textarea", "Je participe")
    writer.save()
    writer.wait_for(lambda: not writer.all(".tirage-too-long, .tirage-problem"))
    assert not writer.all(".tirage-fields > .is-warning")  # nothing was changed elsewhere
    assert writer.complaints() == []
    writer.visit(f"?p={post_id}")
    shares = [share.get_attribute("href") or "" for share in writer.find_all(".tirage-share")]
    assert [urlsplit(url).hostname for url in shares] == ["x.com", "mastodon.social", "bsky.app"]
    for part in ("Je participe", writer.window.current_url, "livres", "lire"):
        assert all(part in unquote_plus(url) for url in shares), part


def test_pools_that_the_panel_can_not_express_are_shown_and_left_alone(writer: Person, tirage: Tirage):
    post_id = writer.site.create_post("Cinq livres à gagner", author="admin")
    pools = ("--pool", "Romans:comments:2:0:Un <roman>", "--pool", "Poèmes:posts", "--pool", "Reste:both")
    tirage.open(post_id, datetime.now(UTC) + timedelta(days=9), *pools)
    before = contest_on(tirage, post_id)
    assert before
    writer.site.php("tirage_fetch_states([$args['post']], 9);", post=post_id)
    writer.write_post(post_id)
    assert "Romans – Un <roman>" in writer.read(".tirage-other")
    assert not writer.all(".tirage-pool, .tirage-field-who")
    writer.press(".tirage-field-staff_may_win label")
    writer.save()
    after = contest_on(tirage, post_id)
    assert after
    assert after == {**after, **{name: before[name] for name in ("pools", "message", "search", "closes_at")}}
    assert after["rules"] == {**before["rules"], "staff_may_win": True}
    assert writer.complaints() == []


@pytest.fixture(scope="module")
def drawn(blog: Site, tirage: Tirage) -> tuple[int, str]:
    """A post whose contest was opened on the command line and is drawn, and the contest's id."""
    closes_at = datetime.now(UTC) - timedelta(minutes=5)
    post_id = blog.create_post("Trois livres à gagner", BLOCK, date_gmt=closes_at - timedelta(days=1))
    guests = ("Ada", "Zoé", "Mallory & Co")
    comments = [
        {"author": name, "email": f"guest{n}@example.org", "content": "I take part"} for n, name in enumerate(guests)
    ]
    blog.insert_comments(post_id, [{**comment, "date_gmt": closes_at - timedelta(hours=1)} for comment in comments])
    contest = tirage.open(post_id, closes_at, "--winners", "3")
    tirage.wait_for_phase(contest, "review")
    tirage.cli("contest", "seal", contest, "--yes")
    tirage.wait_for_phase(contest, "drawn")
    return post_id, contest


def test_once_the_list_is_sealed_its_settings_are_fixed_and_readers_see_the_winners(
    writer: Person, tirage: Tirage, drawn: tuple[int, str]
):
    post_id, contest = drawn
    writer.write_post(post_id)
    assert writer.find(".tirage-panel .tirage-standing[data-phase=drawn]")
    writer.write_post(post_id)  # the contest was opened elsewhere, so its settings came with the first visit
    assert writer.find(".tirage-field-winners input").get_attribute("value") == "3"
    assert writer.find(".tirage-panel .tirage-standing[data-phase=drawn]")
    assert not writer.find(".tirage-field-closes input").is_enabled()
    assert not writer.find(".tirage-field-excluded textarea").is_enabled()
    assert not writer.find(".tirage-field-claim_days input").is_enabled()
    assert not writer.find(".tirage-field-publishes_list").find_element("css selector", "input").is_enabled()
    assert writer.find(".tirage-field-how_to textarea").is_enabled()
    assert writer.complaints() == []
    tirage.cli("contest", "announce", contest, "--yes")
    tirage.wait_for_phase(contest, "announced")
    writer.site.php("tirage_fetch_states([$args['post']], 9);", post=post_id)
    writer.visit(f"?p={post_id}")
    assert {winner.text for winner in writer.find_all(".tirage-winners li")} == {"Ada", "Zoé", "Mallory & Co"}
    assert "/contests/trois-livres-a-gagner" in (writer.find(".tirage-more a").get_attribute("href") or "")


PUBLISH = "#publish:not(.disabled)"


@pytest.fixture
def classic_writer(writer: Person) -> Iterator[Person]:
    """The same with the editor of old."""
    writer.site.switch_off("block_editor")
    yield writer
    writer.site.switch_off()


def write_classic(writer: Person, path: str) -> None:
    """Open the classic editor, once it has stopped moving things about."""
    writer.visit(f"wp-admin/{path}")
    writer.wait_for(lambda: writer.look("return window.tinymce?.activeEditor?.initialized"), "the editor")


def test_the_classic_editor_does_the_same_in_a_box_below_the_post(classic_writer: Person, tirage: Tirage):
    post_id = classic_writer.site.create_post("Trois livres à gagner", author="moderateur", status="draft")
    write_classic(classic_writer, f"post.php?post={post_id}&action=edit")
    classic_writer.press("input[name='tirage[enabled]']")
    classic_writer.fill("#tirage-closes", "2030-11-27T17:00")
    assert not classic_writer.all("#tirage-posts_winners, #tirage-message, #tirage-claim_fields")
    classic_writer.press("input[value=each]")
    classic_writer.fill("#tirage-posts_prize", "Une tasse")
    classic_writer.fill("#tirage-message", "Je participe")
    classic_writer.fill("#tirage-claim_days", "14")
    classic_writer.fill("#tirage-claim_fields", "Adresse postale")
    classic_writer.press("input[name='tirage[publishes_list]']")
    for winners in (3, 4):
        classic_writer.fill("#tirage-winners", str(winners))
        classic_writer.submit(PUBLISH)
        assert classic_writer.find("#tirage .tirage-standing[data-phase=open]")
        contest = contest_on(tirage, post_id)
        assert contest
        assert (contest["closes_at"], contest["winners"]) == ("2030-11-27T16:00:00Z", winners + 1)
        assert [pool["prize"] for pool in contest["pools"]] == ["", "Une tasse"]
        assert contest["message"]["text"] == "Je participe"
        claims = {"days": 14, "fields": ["Adresse postale"]}
        assert (contest["claims"], contest["publishes_list"]) == (claims, True)
    assert not classic_writer.find("input[name='tirage[enabled]']").is_enabled()
    assert classic_writer.complaints() == []


def test_the_classic_editor_s_box_keeps_what_is_fixed_once_the_list_is_sealed(
    classic_writer: Person, drawn: tuple[int, str]
):
    write_classic(classic_writer, f"post.php?post={drawn[0]}&action=edit")
    assert not classic_writer.find("#tirage-closes").is_enabled()
    assert not classic_writer.find("#tirage-claim_days").is_enabled()
    classic_writer.fill("#tirage-how_to", "Dites bonjour")
    classic_writer.submit(PUBLISH)
    settings = classic_writer.site.php("return tirage_settings($args['post']);", post=drawn[0])
    assert (settings["enabled"], settings["winners"], settings["how_to"]) == (True, 3, "Dites bonjour")


SHARES = [f"https://{name}.example/share?text={quote(LONG)}" for name in ("x", "mastodon", "bluesky")]
STATES: dict[str, dict[str, Any]] = {
    "open": {
        "closes_at": "2030-07-05T15:00:00Z",
        "compose": [
            {"network": name, "url": url, "text": f"Je participe & {LONG}"}
            for name, url in zip(("x", "mastodon", "bluesky"), SHARES, strict=True)
        ],
    },
    "closed": {"closes_at": "2026-07-05T15:00:00Z", "phase": "review"},
    "announced": {
        "phase": "announced",
        "proof_url": "https://draws.example/contests/gagnez/draws/1",
        "drawn": [
            {"name": HOSTILE, "comment": 0, "url": "https://x.com/a/status/1", "pool": HOSTILE, "prize": LONG},
            {"name": LONG, "comment": 0, "pool": LONG, "prize": HOSTILE},
            {"name": "", "comment": 0, "pool": LONG},
        ],
    },
}
_KEEP = """
update_post_meta($args['post'], '_tirage_settings', ['how_to' => $args['how_to']]);
tirage_store_state($args['post'], $args['state']);
"""
_COLOURS = """
const probe = document.querySelector('.tirage');
document.body.style.setProperty('color', arguments[0]);
document.body.style.setProperty('background', arguments[1]);
return [probe, probe.querySelector('strong')].map((part) => getComputedStyle(part).color);
"""
_IS_TOO_WIDE = "return document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.parametrize("content", [BLOCK, "[tirage]"], ids=["block", "shortcode"])
@pytest.mark.parametrize("stands", STATES)
def test_readers_see_how_the_contest_stands_on_phones_too(window: Chrome, blog: Site, content: str, stands: str):
    reader = Person(window, blog)
    post_id = blog.create_post(f"Gagnez {HOSTILE}", content)
    blog.php(_KEEP, post=post_id, how_to=f"Dites & {LONG}", state=state_of(post_id, **STATES[stands]))
    with at_width(window, 390):
        reader.visit(f"?p={post_id}")
        words = reader.read(".tirage")
        reader.look("document.querySelectorAll('.tirage details').forEach((more) => { more.open = true; })")
        assert not reader.look(_IS_TOO_WIDE)
    assert "draws.example" in (reader.find(".tirage-more a").get_attribute("href") or "")
    assert ("Mallory" in words, "31" in words) == (stands == "announced", stands != "announced")
    assert [share.get_attribute("href") for share in reader.all(".tirage-share")] == (
        SHARES if stands == "open" else []
    )
    assert reader.look(_COLOURS, "rgb(238, 238, 238)", "rgb(17, 17, 17)") == ["rgb(238, 238, 238)"] * 2  # a dark theme
    assert reader.complaints() == []


@contextmanager
def at_width(window: Chrome, width: int) -> Iterator[None]:
    """A narrower screen for a while; a browser's window would stop at 500."""
    given = {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": True}
    window.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", given)
    try:
        yield
    finally:
        window.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
