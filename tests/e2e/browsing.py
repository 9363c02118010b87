"""A person at a browser: logs in to the blog, fills in fields, presses buttons, writes posts, reads what is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from testbed.site import Site

PATIENCE_SECONDS = 30
Found = TypeVar("Found")
_FILL = """
const [field, value] = arguments;
Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value').set.call(field, value);
['input', 'change'].forEach((name) => field.dispatchEvent(new Event(name, { bubbles: true })));
"""
_GREET = """
const open = window.wp && wp.data && wp.data.select('core/editor');
if (!open || !open.getCurrentPostId()) {
    return false;
}
wp.data.dispatch('core/preferences').set('core/edit-post', 'welcomeGuide', false);
wp.data.dispatch('core/preferences').set('core/edit-post', 'fullscreenMode', false);
return true;
"""
_IS_SAVED = """
const editor = wp.data.select('core/editor');
return editor.didPostSaveRequestSucceed() && !editor.isSavingPost() && !editor.isEditedPostDirty();
"""


@dataclass
class Person:
    """Somebody who visits the blog with a browser."""

    window: Chrome
    site: Site

    def visit(self, path: str) -> None:
        """Go to an address of the blog."""
        self.window.get(f"{self.site.base_url}/{path}")

    def log_in(self, login: str) -> None:
        """By the login page, in place of whoever was logged in."""
        self.window.delete_all_cookies()
        self.visit("wp-login.php")
        self.fill("#user_login", login)
        self.fill("#user_pass", self.site.users[login].password)
        self.submit("#wp-submit")
        assert "wp-admin" in self.window.current_url

    def wait_for(self, is_true: Callable[[], Found], what: str = "") -> Found:
        """Wait until something is true, and give it."""
        patience = WebDriverWait(self.window, PATIENCE_SECONDS, 0.05, [StaleElementReferenceException])
        return patience.until(lambda _: is_true(), f"{what or 'it'} didn't come on {self.window.current_url}")

    def all(self, css: str) -> list[WebElement]:
        """What is visible of these parts of the page now."""
        return [part for part in self.window.find_elements(By.CSS_SELECTOR, css) if part.is_displayed()]

    def find_all(self, css: str) -> list[WebElement]:
        """What is visible of these parts of the page, once one is: a busy browser shows a page after it has come."""
        return self.wait_for(lambda: self.all(css), css)

    def find(self, css: str) -> WebElement:
        """The first visible part of the page like this, once it is there."""
        return self.find_all(css)[0]

    def read(self, css: str) -> str:
        """The words of a part of the page."""
        return self.find(css).text

    def press(self, css: str) -> None:
        """Click on it, wherever on the page it is, once nothing lies over it."""
        self.wait_for(lambda: self._click(css), css)

    def _click(self, css: str) -> bool:
        part = next(iter(self.all(css)), None)
        if part is None:
            return False
        self.window.execute_script("arguments[0].scrollIntoView({block: 'center'})", part)
        try:
            part.click()
        except WebDriverException as error:
            if "intercepted" not in str(error) and "not interactable" not in str(error):
                raise
            return False
        return True

    def submit(self, css: str) -> None:
        """Press what leads to another page, and wait for that."""
        self.look("window.isFormerPage = true")
        self.press(css)
        self.wait_for(lambda: self.look("return !window.isFormerPage && document.readyState === 'complete'"), css)

    def fill(self, css: str, value: str) -> None:
        """Put a value into a field, as typing it would; dates are typed otherwise in each language."""
        self.window.execute_script(_FILL, self.find(css), value)

    def choose(self, css: str, value: object) -> None:
        """Choose from a list."""
        self.press(f'{css} option[value="{value}"]')

    def look(self, script: str, *arguments: object) -> Any:
        """What a piece of JavaScript gives."""
        return self.window.execute_script(script, *arguments)

    def complaints(self) -> list[str]:
        """Errors in the browser's console; pictures that WordPress loads from elsewhere are none of ours."""
        entries: list[dict[str, Any]] = self.window.get_log("browser")
        told = [entry["message"] for entry in entries if entry["level"] in ("SEVERE", "WARNING")]
        return [words for words in told if self.site.base_url in words and "tirage" in words.lower()]

    def write_post(self, post_id: int = 0) -> None:
        """Open the block editor on a new post or on that one, with our panel unfolded."""
        self.visit(f"wp-admin/post.php?post={post_id}&action=edit" if post_id else "wp-admin/post-new.php")
        self.wait_for(lambda: self.look(_GREET))
        self.find(".tirage-panel")
        self.wait_for(self._unfold)

    def _unfold(self) -> bool:
        """Once the editor has remembered by itself whether the panel was folded."""
        if not self.all(".tirage-field-enabled"):
            self._click(".tirage-panel .components-panel__body-toggle[aria-expanded=false]")
        return bool(self.all(".tirage-field-enabled"))

    def set(self, **fields: object) -> int:
        """Set a title or content; the post's id. The editor's own fields differ between versions, and aren't ours."""
        self.look("wp.data.dispatch('core/editor').editPost(arguments[0])", fields)
        return int(self.look("return wp.data.select('core/editor').getCurrentPostId()"))

    def save(self) -> None:
        """Save a post that stays as it is: a draft, or one that is published."""
        self.press(".editor-post-publish-button[aria-disabled=false], .editor-post-save-draft")
        self.wait_for(lambda: self.look(_IS_SAVED))

    def publish(self) -> None:
        """By the button, and the one of the panel that it opens."""
        self.press(".editor-post-publish-panel__toggle[aria-disabled=false]")
        self.press(".editor-post-publish-panel .editor-post-publish-button[aria-disabled=false]")
        self.wait_for(lambda: self.look(_IS_SAVED))
        self.press(".editor-post-publish-panel__header button")
