"""Files that take long to make are made once, however many ask at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from service.web.kept import Kept


def test_a_file_is_made_once_for_many_askers():
    kept, made = Kept(), []

    def make() -> bytes:
        made.append(1)
        return b"paper"

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: kept.get(("draw", 1), make), range(50)))
    assert found == [b"paper"] * 50
    assert len(made) == 1


def test_what_it_is_made_of_decides_which_file_it_is():
    kept = Kept()
    assert kept.get(("draw", 1), lambda: b"one") == b"one"
    assert kept.get(("draw", 2), lambda: b"two") == b"two"
    assert kept.get(("draw", 1), lambda: b"another") == b"one"


def test_a_few_are_kept_and_the_oldest_goes_first():
    kept = Kept(most=2)
    for number in (1, 2, 1, 3):
        kept.get(number, str(number).encode)
    assert kept.get(1, lambda: b"made again") == b"1"
    assert kept.get(2, lambda: b"made again") == b"made again"


def test_a_file_that_failed_is_tried_again():
    kept = Kept()
    with pytest.raises(ZeroDivisionError):
        kept.get("draw", lambda: bytes(1 // 0))
    assert kept.get("draw", lambda: b"paper") == b"paper"
