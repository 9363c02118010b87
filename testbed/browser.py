"""A real browser without a screen: Debian's Chromium, driven over WebDriver."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from testbed import debian
from testbed.shell import TestbedError

_PACKAGES = ("chromium", "chromium-driver", "fonts-dejavu-core")
_QUIET = (
    "headless=new",
    "no-sandbox",  # Chromium refuses to run as root with it
    "disable-gpu",
    "disable-dev-shm-usage",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
    "disable-quic",
    "disable-extensions",
    "force-color-profile=srgb",
    "lang=fr",
)
PAGE_SECONDS = 60


@contextlib.contextmanager
def running(*, width: int = 1280, height: int = 1400) -> Iterator[Chrome]:
    """A browser for a with-block, with a profile of its own. Raises TestbedError where there is none to be had."""
    chromium, driver = _find()
    profile = tempfile.mkdtemp(prefix="tirage-browser-")
    options = ChromeOptions()
    options.binary_location = chromium
    for flag in (*_QUIET, f"window-size={width},{height}", f"user-data-dir={profile}"):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = Chrome(options=options, service=Service(driver))
    try:
        browser.set_page_load_timeout(PAGE_SECONDS)
        yield browser
    finally:
        browser.quit()
        shutil.rmtree(profile, ignore_errors=True)


def _find() -> tuple[str, str]:
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        debian.provide(_PACKAGES)
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver or not Path(driver).exists():
        raise TestbedError(f"A browser is missing; install the packages {' '.join(_PACKAGES)}.")
    return chromium, driver
