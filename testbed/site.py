"""A running throw-away blog, and what a test may do inside it."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from testbed import php

DEFAULT_FILE = Path(".wordpress.json")

_SWITCHES = ("application_passwords", "xmlrpc", "rest", "flood_check", "block_editor")


@dataclass(frozen=True)
class User:
    """An account: `password` opens the login page and XML-RPC, `app_password` REST and XML-RPC."""

    id: int
    role: str
    display_name: str
    email: str
    password: str
    app_password: str


@dataclass(frozen=True)
class Site:
    """A blog that answers on `base_url` (no slash at the end).

    `version` is WordPress's full version, `database` is "sqlite" or "mariadb", `root` is the folder with
    wp-content in it, `pid` is the web server, `mariadb_pid` the database server if there is one, `php_version` the PHP
    that was asked for, if one was.
    """

    base_url: str
    version: str
    database: str
    root: Path
    pid: int
    users: Mapping[str, User]
    mariadb_pid: int | None = None
    php_version: str | None = None

    @classmethod
    def from_file(cls, file: Path | str = DEFAULT_FILE) -> Self:
        """Read the description that `python -m testbed.wordpress start` wrote."""
        facts = json.loads(Path(file).read_text(encoding="utf-8"))
        facts["users"] = {login: User(**user) for login, user in facts["users"].items()}
        return cls(**{**facts, "root": Path(facts["root"])})

    def to_file(self, file: Path | str = DEFAULT_FILE) -> None:
        """Write the description, readable by its owner only, as it holds passwords."""
        facts = {name: value for name, value in asdict(self).items() if value is not None}
        draft = Path(f"{file}.new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps({**facts, "root": str(self.root)}, indent=2, ensure_ascii=False) + "\n", "utf-8")
        draft.replace(file)

    @property
    def folder(self) -> Path:
        """The folder that holds WordPress, its database and its logs."""
        return self.root.parent

    def php(self, code: str, **args: object) -> Any:
        """Run PHP inside the blog; return the JSON value of what the code returns.

        `$args` holds the arguments, `$wpdb` the database:
        `site.php("return get_option($args['key']);", key="home")`.
        """
        request = json.dumps({"root": str(self.root), "code": code, "args": args})
        mysql = self.database == "mariadb"
        return json.loads(php.execute("run.php", request, mysql=mysql, version=self.php_version))

    def set_option(self, name: str, value: object) -> None:
        """Set an option of WordPress, like `close_comments_for_old_posts`."""
        self.php("update_option($args['name'], $args['value']);", name=name, value=value)

    def switch_off(self, *parts: str) -> None:
        """Switch off exactly these parts of WordPress; with none, everything is on again.

        "application_passwords", "xmlrpc", "rest", "block_editor", and "flood_check", which refuses a second comment by
        the same guest or reader (for guests: from the same address) within 15 seconds.
        """
        if unknown := set(parts) - set(_SWITCHES):
            raise ValueError(f"no such switch: {sorted(unknown)}")
        self.set_option("testbed_off", list(parts))

    def install_plugin(self, folder: Path) -> None:
        """Put a plugin's folder into the blog, in place of what was there, and activate it."""
        target = self.root / "wp-content/plugins" / folder.name
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder, target)
        self.php(_ACTIVATE, plugin=f"{folder.name}/{folder.name}.php")

    def set_permalinks(self, style: str) -> None:
        """Use "pretty" permalinks (/2026/11/name/) or "plain" ones (/?p=1)."""
        structure = {"pretty": "/%year%/%monthnum%/%postname%/", "plain": ""}[style]
        self.php(
            "$wp_rewrite->set_permalink_structure($args['structure']); flush_rewrite_rules(false);",
            structure=structure,
        )

    def break_comments_into_pages(self, per_page: int) -> None:
        """Show so many comments on a page of a post; 0 shows them all on one."""
        self.set_option("page_comments", int(per_page > 0))
        self.set_option("comments_per_page", per_page or 50)

    def close_comments_after(self, days: int) -> None:
        """Close comments on posts older than so many days; 0 leaves them open."""
        self.set_option("close_comments_for_old_posts", int(days > 0))
        self.set_option("close_comments_days_old", days or 14)

    def use_three_byte_comments(self) -> None:
        """Convert the comments to the utf8mb3 of old blogs, which holds no emoji. MariaDB only."""
        if self.database != "mariadb":
            raise ValueError("only MariaDB knows utf8mb3")
        self.php('$wpdb->query("ALTER TABLE $wpdb->comments CONVERT TO CHARACTER SET utf8mb3");')

    def create_post(
        self,
        title: str,
        content: str = "",
        *,
        author: str = "author",
        date_gmt: datetime | None = None,
        status: str = "publish",
        comment_status: str = "open",
        password: str = "",
    ) -> int:
        """Write a post by the user with that login and return its id."""
        fields = {
            "post_title": title,
            "post_content": content,
            "post_author": self.users[author].id,
            "post_status": status,
            "comment_status": comment_status,
            "post_password": password,
        }
        if date_gmt is not None:
            fields |= {"post_date_gmt": _mysql(date_gmt)}
        post_id: int = self.php(_CREATE_POST, fields=fields)
        return post_id

    def insert_comments(self, post_id: int, comments: Sequence[Mapping[str, Any]]) -> list[int]:
        """Insert comments past WordPress's checks and return their ids, in order.

        Keys, all optional but content: author, email, url, ip, agent, date_gmt (aware), content,
        approved ("1", "0", "spam", "trash"), type, parent (a comment's id), user_id. With a user_id, author
        and email come from that account unless given.
        """
        rows = [{**row, "date_gmt": _mysql(row.get("date_gmt") or datetime.now(UTC))} for row in comments]
        ids: list[int] = self.php(_INSERT_COMMENTS, post_id=post_id, rows=rows)
        return ids

    def bulk_comments(self, post_id: int, count: int, *, first_date_gmt: datetime, seconds_apart: float = 1.0) -> None:
        """Insert many approved comments fast, by SQL: all by different people, about 124 characters long."""
        self.php(
            (php.SCRIPTS / "bulk_comments.php").read_text().removeprefix("<?php"),
            post_id=post_id,
            count=count,
            first=first_date_gmt.timestamp(),
            step=seconds_apart,
        )


def _mysql(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("the date needs a timezone")
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


_ACTIVATE = """
require_once ABSPATH . 'wp-admin/includes/plugin.php';
wp_cache_delete('plugins', 'plugins');
deactivate_plugins($args['plugin'], true);
$problem = activate_plugin($args['plugin']);
if (is_wp_error($problem)) {
    throw new RuntimeException($problem->get_error_message());
}
"""

_CREATE_POST = """
$fields = $args['fields'];
if (isset($fields['post_date_gmt'])) {
    $fields['post_date'] = get_date_from_gmt($fields['post_date_gmt']);
}
$id = wp_insert_post(wp_slash($fields), true);
if (is_wp_error($id)) {
    throw new RuntimeException($id->get_error_message());
}
return $id;
"""

_INSERT_COMMENTS = """
wp_defer_comment_counting(true);
$ids = [];
foreach ($args['rows'] as $row) {
    $user = get_userdata($row['user_id'] ?? 0);
    $ids[] = wp_insert_comment(wp_slash([
        'comment_post_ID' => $args['post_id'],
        'comment_author' => $row['author'] ?? ($user ? $user->display_name : ''),
        'comment_author_email' => $row['email'] ?? ($user ? $user->user_email : ''),
        'comment_author_url' => $row['url'] ?? '',
        'comment_author_IP' => $row['ip'] ?? '',
        'comment_agent' => $row['agent'] ?? '',
        'comment_content' => $row['content'],
        'comment_date_gmt' => $row['date_gmt'],
        'comment_date' => get_date_from_gmt($row['date_gmt']),
        'comment_approved' => $row['approved'] ?? '1',
        'comment_type' => $row['type'] ?? 'comment',
        'comment_parent' => $row['parent'] ?? 0,
        'user_id' => $row['user_id'] ?? 0,
    ]));
}
wp_defer_comment_counting(false);
return $ids;
"""
