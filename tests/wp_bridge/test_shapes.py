"""Answers that are JSON or XML, but not WordPress's."""

from __future__ import annotations

from dataclasses import replace

import pytest

import wp_bridge
from testbed.proxy_exchange import Answer
from tests.wp_bridge.conftest import Behind
from tests.wp_bridge.reads import ASKS, error_of
from wp_bridge import Blog, BlogUnreachable

JSON = ["null", "[]", "{}", "[null]", '[{"id":1}]', '"x"', "3", "[[]]", '{"id":"x"}', '{"id":1e999}', '[{"id":null}]',
        "[" * 100_000]  # fmt: skip
XML = ["", "<nil/>", "<int>3</int>", "<string>x</string>", "<array><data/></array>", "<struct/>", "<int>x</int>",
       "<array><data><value><int>1</int></value></data></array>", "<dateTime.iso8601>x</dateTime.iso8601>",
       "<double>nan</double>", "<base64>%</base64>", "<unknown/>",
       "<array><data><value><struct><member><name>comment_id</name><value>x</value></member></struct></value></data>"
       "</array>"]  # fmt: skip


def ask_for_everything(blog: Blog, post_id: int) -> None:
    """An error is fine, and where nothing is a fair answer so is nothing; anything else escapes."""
    for ask in ASKS.values():
        try:
            ask(blog, post_id)
        except wp_bridge.BlogError as error:
            assert len(str(error)) < 300  # noqa: PT017 - there needn't be one


@pytest.mark.parametrize("body", JSON)
def test_json_of_another_shape(rest_behind: Behind, commented_post_id: int, body: str) -> None:
    rest_behind.proxy.when().answer(200, body, {"Content-Type": "application/json", "X-WP-Total": "1"})
    ask_for_everything(rest_behind.blog, commented_post_id)


@pytest.mark.parametrize("value", XML)
def test_xml_of_another_shape(xmlrpc_behind: Behind, commented_post_id: int, value: str) -> None:
    body = f"<params><param><value>{value}</value></param></params>"
    document = f"<?xml version='1.0'?><methodResponse>{body}</methodResponse>"
    xmlrpc_behind.proxy.when().answer(200, document, {"Content-Type": "text/xml"})
    ask_for_everything(xmlrpc_behind.blog, commented_post_id)


def test_an_entity_bomb_is_not_unfolded(xmlrpc_behind: Behind, commented_post_id: int) -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    body = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><methodResponse><params><param><value>'
        "<string>&a11;</string></value></param></params></methodResponse>"
    )
    xmlrpc_behind.proxy.when().answer(200, body, {"Content-Type": "text/xml"})
    assert isinstance(error_of(ASKS["check"], xmlrpc_behind.blog, commented_post_id), BlogUnreachable)


def without(answer: Answer, name: str) -> Answer:
    return replace(answer, headers=[header for header in answer.headers if header[0].lower() != name])


def test_a_missing_total_is_said(rest_behind: Behind, commented_post_id: int) -> None:
    rest_behind.proxy.when().change(lambda answer: without(answer, "x-wp-total"))
    assert "X-WP-Total" in str(error_of(ASKS["count"], rest_behind.blog, commented_post_id))


def test_junk_around_the_xml_is_no_trouble(xmlrpc_behind: Behind, commented_post_id: int) -> None:
    def surround(answer: Answer) -> Answer:
        body = b"\xef\xbb\xbf\n<br />Warning: x &nbsp;\n" + answer.body + b"\n<!-- cached -->\x00"
        return replace(without(answer, "content-length"), body=body)

    xmlrpc_behind.proxy.when().change(surround)
    assert xmlrpc_behind.blog.post(commented_post_id).id == commented_post_id


def test_a_byte_order_mark_before_the_json_is_no_trouble(rest_behind: Behind, commented_post_id: int) -> None:
    def mark(answer: Answer) -> Answer:
        return replace(without(answer, "content-length"), body=b"\xef\xbb\xbf" + answer.body)

    rest_behind.proxy.when().change(mark)
    assert rest_behind.blog.post(commented_post_id).id == commented_post_id


@pytest.mark.parametrize("meta", ['"meta":[]', '"meta":{"_wp_note_status":null}', '"meta":{"a":"b"}'])
def test_no_meta_is_asked_for_and_none_disturbs(rest_behind: Behind, commented_post_id: int, meta: str) -> None:
    def add(answer: Answer) -> Answer:
        body = answer.body.replace(b'{"id":', b"{" + meta.encode() + b',"id":')
        return replace(without(answer, "content-length"), body=body)

    rest_behind.proxy.when(path="/comments").change(add)
    assert list(rest_behind.blog.comments(commented_post_id))


def test_no_link_is_asked_for(rest_behind: Behind, commented_post_id: int) -> None:
    """With comments broken into pages, every link costs WordPress a count."""
    seen = len(rest_behind.proxy.requests)
    list(rest_behind.blog.comments(commented_post_id))
    rest_behind.blog.find_own_comment(commented_post_id, "x")
    for request in rest_behind.proxy.requests[seen:]:
        assert "_fields=" in request.path
        assert "link" not in request.path
