"""What can go wrong between us and a blog.

    BlogError
    ├── BlogUnreachable       no answer, too slow, a broken or oversized answer, a 5xx: try again
    ├── BlogBusy              429 or 503 with Retry-After: try again after `retry_after` seconds
    ├── NotABlog              the address is no WordPress, or its API is closed
    ├── CredentialsRefused    wrong user or password
    │   └── ApplicationPasswordsOff   the blog ignores Application Passwords, right or wrong
    ├── NotAllowed            the user is known but may not do this
    ├── NotFound              no such post or comment
    └── CommentRefused        WordPress will not take this comment
        ├── CommentsClosed    comments are closed on the post
        ├── DuplicateComment  the same words by the same author stand there already
        └── CommentFlood      too soon after the last one: try again

Every message is one sentence for the person who runs the blog and says what to do.
"""

from __future__ import annotations


class BlogError(Exception):
    """Base of all errors here.

    `permanent` says whether trying the same again is useless; `retry_after` is the pause in seconds that
    the blog asked for, or None. `code` is a stable word for programs.
    """

    code = "blog_error"
    permanent = True

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BlogUnreachable(BlogError):
    """The blog gave no usable answer this time."""

    code = "blog_unreachable"
    permanent = False


class BlogBusy(BlogError):
    """The blog asks for a pause."""

    code = "blog_busy"
    permanent = False


class NotABlog(BlogError):
    """No WordPress API was found at the address."""

    code = "not_a_blog"


class CredentialsRefused(BlogError):
    """WordPress doesn't accept the user and password."""

    code = "credentials_refused"


class ApplicationPasswordsOff(CredentialsRefused):
    """WordPress has Application Passwords switched off, which it does by itself over plain http."""

    code = "application_passwords_off"


class NotAllowed(BlogError):
    """The user may not do this."""

    code = "not_allowed"


class NotFound(BlogError):
    """There is no such thing on the blog."""

    code = "not_found"


class CommentRefused(BlogError):
    """WordPress will not take this comment."""

    code = "comment_refused"


class CommentsClosed(CommentRefused):
    """Comments are closed on the post."""

    code = "comments_closed"


class DuplicateComment(CommentRefused):
    """The same words by the same author are there already."""

    code = "comment_duplicate"


class CommentFlood(CommentRefused):
    """Two comments came too quickly one after the other."""

    code = "comment_flood"
    permanent = False


TOO_OLD = (
    "The post's comments are open, but the blog closes those of older posts by itself: "
    "switch that off for now under Settings → Discussion in WordPress."
)
