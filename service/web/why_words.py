"""Why an entry isn't in, in words for its author, and what they can still do about it."""

from __future__ import annotations

from service.domain.contest import Contest
from service.domain.eligibility import Code, Reason
from service.i18n import N_, reason_words, translator
from service.usecases.standing import Missing

# The usual words tell a moderator what to do.
_FOR_READERS = {
    Code.HELD: N_("it waits for the approval of the blog's moderators"),
    Code.UNREAD_LINKS: N_("the post may carry what the contest asks for, but not all of it could be read"),
}
_WHILE_OPEN = {
    Code.LATE: N_("Nothing can be done: it came after the deadline."),
    Code.DUPLICATE: N_("Nothing has to be done: the first entry counts, and one entry a person is enough."),
    Code.POST_AUTHOR: N_("Nothing can be done: whoever wrote the post may not win."),
    Code.STAFF: N_("Nothing can be done: whoever writes for the blog or moderates it may not win."),
    Code.EXCLUDED: N_("Write to the blog if you think that this is a mistake."),
    Code.REPLY: N_("Write a comment of its own on the post before the deadline, not an answer to another comment."),
    Code.PINGBACK: N_("Write a comment on the post before the deadline; a link from elsewhere isn't one."),
    Code.TRACKBACK: N_("Write a comment on the post before the deadline; a trackback isn't one."),
    Code.NOTE: N_("Write an ordinary comment on the post before the deadline."),
    Code.OTHER_KIND: N_("Write an ordinary comment on the post before the deadline."),
    Code.HELD: N_("Wait: it counts once the blog's moderators approve it, and they can until the list is sealed."),
    Code.SPAM: N_(
        "Write to the blog if you think that this is a mistake: until the list is sealed it can be approved."
    ),
    Code.TRASH: N_("Write another comment before the deadline, or write to the blog if this is a mistake."),
    Code.DELETED: N_("Write another comment before the deadline."),
    Code.EMPTY: N_("Write another comment before the deadline, with words in it."),
    Code.ERASED: N_("Write another comment before the deadline: nobody could reach who wrote this one."),
    Code.DISQUALIFIED: N_(
        "Write to the blog if you disagree: until the list is sealed the moderator can take it back."
    ),
    Code.EARLY: N_("Publish another post before the deadline: this one is older than the contest."),
    Code.OFF_MESSAGE: N_("Publish another post with what the contest asks for, or edit this one, before the deadline."),
    Code.REPOST: N_("Publish a post of your own before the deadline."),
    Code.GONE: N_("Check the address, or publish another post and leave its address in a comment before the deadline."),
    Code.NOT_PUBLIC: N_("Make the post public: it is looked at once more after the deadline."),
    Code.UNCLAIMED: N_("Leave the post's address in a comment of its own before the deadline."),
    Code.UNCHECKED: N_("Nothing has to be done: Tirage asks the network again."),
    Code.UNREAD_LINKS: N_("Publish a post that shows the full link, or wait: the moderator decides."),
    Code.CLAIMED_TWICE: N_("Wait: the moderator decides whose post it is."),
}
_AFTER_DEADLINE = {
    code: _WHILE_OPEN[code]
    for code in (
        Code.LATE,
        Code.DUPLICATE,
        Code.POST_AUTHOR,
        Code.STAFF,
        Code.EXCLUDED,
        Code.HELD,
        Code.SPAM,
        Code.DISQUALIFIED,
        Code.UNCHECKED,
        Code.CLAIMED_TWICE,
    )
} | {
    Code.TRASH: N_("Write to the blog if this is a mistake: until the list is sealed it can be approved."),
    Code.NOT_PUBLIC: N_("Make the post public, and write to the blog: until the list is sealed it can be let in."),
    Code.UNREAD_LINKS: N_("Wait: the moderator decides."),
}
_TOO_LATE = N_("Nothing can be done any more: the deadline has passed.")
_SEALED = N_("Nothing can change any more: the list is sealed.")
_MISSING = {
    Missing.UNREADABLE: N_(
        "Give the address of a comment or a post, such as %(address)s, or a comment's number; this is none of them."
    ),
    Missing.NO_COMMENT_IN_IT: N_(
        "This address leads to the blog, but to no comment: copy the one behind a comment's date, such as %(address)s."
    ),
    Missing.ELSEWHERE: N_(
        "This is neither the address of a comment on the blog nor that of a post: give one such as %(address)s."
    ),
    Missing.NO_COMMENT: N_(
        "This contest knows no such comment: a new one is read within minutes; comments on other posts don't count."
    ),
    Missing.NO_POST: N_(
        "This contest knows no such post: leave its address in a comment on the blog before the deadline."
    ),
}


def reader_words(reason: Reason, *, language: str) -> str:
    """Why an entry isn't in, for its author."""
    if reason.code in _FOR_READERS:
        return translator(language).gettext(_FOR_READERS[reason.code])
    return reason_words(reason, language=language)


def advice(reason: Reason, contest: Contest, *, is_over: bool, language: str) -> str:
    """What can still be done about a reason, in one sentence."""
    if contest.phase.is_sealed:
        words = _SEALED
    elif is_over:
        words = _AFTER_DEADLINE.get(reason.code, _TOO_LATE)
    else:
        words = _WHILE_OPEN[reason.code]
    return translator(language).gettext(words)


def missing_words(missing: Missing, contest: Contest, *, language: str) -> str:
    """Why no entry was found, in one sentence."""
    return translator(language).gettext(_MISSING[missing]) % {"address": f"{contest.post_url}#comment-123"}
