"""What a commenter waits for: the form of a blog whose service is away, beside the same blog without the plugin."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median
from time import monotonic, perf_counter, sleep

import requests

from bench.report import Line
from bench.web import SECRET
from bench.worker import BenchFailed
from testbed import processes
from testbed.site import Site

PLUGIN = Path(__file__).parents[1] / "wp_bridge/plugin/tirage"
MOST_LONGER_MS = 50.0
PATIENCE_SECONDS = 60.0
AT_ONCE, CROWD = 8, 24
OFF, DOWN, HANGS = "the plugin is off", "the service is down", "the service hangs"
Samples = Mapping[str, list[float]]

_SET = """
update_option('active_plugins', $args['url'] === '' ? [] : ['tirage/tirage.php']);
update_option('tirage_service_url', $args['url']);
$wpdb->query("DELETE FROM {$wpdb->prefix}tirage_events");
delete_option('tirage_next_at');
wp_unschedule_hook('tirage_retry');
if ($args['waits']) {
    $row = ['event' => 'comment.added', 'post_id' => 1, 'comment_id' => 1, 'created_at' => gmdate('Y-m-d H:i:s')];
    $wpdb->insert("{$wpdb->prefix}tirage_events", $row + ['delivery' => 'msg_waits', 'attempts' => 1, 'next_at' => 1]);
    update_option('tirage_next_at', time() - 1, true);
}
"""
_IS_SENDING = """return (bool) $wpdb->get_var(
    "SELECT 1 FROM {$wpdb->options} WHERE option_name = 'tirage_lock_sender'");"""


class Commenters:
    """Guests who comment on a post of a blog with the plugin, in one of its states after the other."""

    def __init__(self, site: Site, hanging: str) -> None:
        self._site = site
        self._urls = {OFF: "", DOWN: f"http://127.0.0.1:{processes.free_port()}", HANGS: hanging}
        self._numbers = count(1)
        site.switch_off("flood_check")
        site.set_option("comment_previously_approved", 0)
        site.install_plugin(PLUGIN)
        site.set_option("tirage_secrets", [SECRET])
        self._post_id = site.create_post("Readers take part")

    def one_by_one(self, rounds: int) -> Samples:
        """Two comments in each state, round after round: one that has the blog send, one just after it.

        In every other round something waited whose pause has just ended. Before a round nothing is being sent.
        """
        samples: dict[str, list[float]] = {state: [] for state in self._urls}
        for number in range(rounds):
            for state, times in samples.items():
                self._put(state, waits=number % 2 == 1)
                times += [self._comment(), self._comment()]
            self._wait_until_nothing_is_sent()
        return samples

    def at_once(self) -> Samples:
        """A crowd in each state."""
        samples: dict[str, list[float]] = {}
        for state in self._urls:
            self._put(state, waits=False)
            with ThreadPoolExecutor(AT_ONCE) as pool:
                samples[state] = list(pool.map(lambda _: self._comment(), range(CROWD)))
            self._wait_until_nothing_is_sent()
        return samples

    def _put(self, state: str, *, waits: bool) -> None:
        self._site.php(_SET, url=self._urls[state], waits=waits)

    def _comment(self) -> float:
        """How long the form takes, in milliseconds."""
        number = next(self._numbers)
        fields = {
            "comment": f"I take part, says number {number}",
            "author": f"Guest {number}",
            "email": f"guest{number}@example.org",
            "url": "",
            "comment_post_ID": str(self._post_id),
            "comment_parent": "0",
        }
        began = perf_counter()
        answer = requests.post(
            f"{self._site.base_url}/wp-comments-post.php", fields, allow_redirects=False, timeout=PATIENCE_SECONDS
        )
        milliseconds = (perf_counter() - began) * 1000
        if answer.status_code != 302:
            raise BenchFailed(f"WordPress took no comment: status {answer.status_code}.")
        return milliseconds

    def _wait_until_nothing_is_sent(self) -> None:
        began = monotonic()
        while self._site.php(_IS_SENDING):
            if monotonic() - began > PATIENCE_SECONDS:
                raise BenchFailed("The blog doesn't stop sending.")
            sleep(0.1)


def longer(samples: Samples) -> Iterator[Line]:
    """How much longer a comment takes than on the blog without the plugin, and the worst there was."""
    for state in (DOWN, HANGS):
        yield Line(
            name=f"a comment while {state} − while {OFF}, median of {len(samples[state])}",
            measured=median(samples[state]) - median(samples[OFF]),
            unit="ms",
            bound=MOST_LONGER_MS,
            samples={state: samples[state], OFF: samples[OFF]},
        )
        worst = max(samples[state]) - max(samples[OFF])
        yield Line(name=f"a comment while {state} − while {OFF}, the slowest of each", measured=worst, unit="ms")


def in_a_crowd(samples: Samples) -> Iterator[Line]:
    """The same for many at once, on a web server with four workers."""
    for state in (DOWN, HANGS):
        yield Line(
            name=f"{AT_ONCE} commenters at once while {state} ÷ while {OFF}, median",
            measured=median(samples[state]) / median(samples[OFF]),
            samples={state: samples[state], OFF: samples[OFF]},
        )


@contextmanager
def hanging_service() -> Iterator[str]:
    """The address of a service that takes every connection and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(512)  # the kernel takes the connections
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
