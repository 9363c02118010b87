"""Speak with a WordPress blog as its moderator, over the REST API or XML-RPC, with the same values from both.

    import wp_bridge

    blog = wp_bridge.connect("https://blog.example", user="moderator", password="abcd EFGH 1234 …")
    post = blog.find_post("https://blog.example/2026/11/win-a-book/")
    for page in blog.comments(post.id):
        for comment in page:
            print(comment.submitted_at, comment.status, comment.author_name)
    if blog.find_own_comment(post.id, "https://draws.example/7") is None:
        blog.add_comment(post.id, "The winner is … Proof: https://draws.example/7")

Everything that can go wrong is a `BlogError`, with one sentence for the person who runs the blog.
"""

from __future__ import annotations

from wp_bridge.blog import Blog
from wp_bridge.connecting import connect
from wp_bridge.errors import (
    ApplicationPasswordsOff,
    BlogBusy,
    BlogError,
    BlogUnreachable,
    CommentFlood,
    CommentRefused,
    CommentsClosed,
    CredentialsRefused,
    DuplicateComment,
    NotABlog,
    NotAllowed,
    NotFound,
)
from wp_bridge.models import Comment, CommentCounts, CommentKind, CommentStatus, Post, Site, User

__all__ = [
    "ApplicationPasswordsOff",
    "Blog",
    "BlogBusy",
    "BlogError",
    "BlogUnreachable",
    "Comment",
    "CommentCounts",
    "CommentFlood",
    "CommentKind",
    "CommentRefused",
    "CommentStatus",
    "CommentsClosed",
    "CredentialsRefused",
    "DuplicateComment",
    "NotABlog",
    "NotAllowed",
    "NotFound",
    "Post",
    "Site",
    "User",
    "connect",
]
