"""Windows on long lists."""

from __future__ import annotations

import pytest

from app.web.pagination import Pagination, Window, paged


def pagination(number: int, total: int) -> Pagination:
    return Pagination(Window(number, 50), total, "/projects", {"q": "gold & copper", "sort": "name"})


def test_window_as_a_query_needs_it() -> None:
    assert (Window(3, 50).limit, Window(3, 50).offset) == (50, 100)


@pytest.mark.parametrize(
    ("number", "total", "pages", "first", "last"),
    [(1, 0, 1, 0, 0), (1, 1, 1, 1, 1), (1, 50, 1, 1, 50), (2, 51, 2, 51, 51), (9, 412, 9, 401, 412)],
)
def test_positions(number: int, total: int, pages: int, first: int, last: int) -> None:
    shown = pagination(number, total)
    assert (shown.pages, shown.first, shown.last) == (pages, first, last)


@pytest.mark.parametrize(
    ("number", "total", "numbers"),
    [
        (1, 10, [1]),
        (1, 500, [1, 2, 3, None, 10]),
        (4, 500, [1, 2, 3, 4, 5, 6, None, 10]),
        (5, 500, [1, None, 3, 4, 5, 6, 7, None, 10]),
        (10, 500, [1, None, 8, 9, 10]),
        (99, 500, [1, None, 10]),
    ],
)
def test_numbers_to_link(number: int, total: int, numbers: list[int | None]) -> None:
    assert pagination(number, total).numbers() == numbers


def test_links_keep_search_and_sort() -> None:
    assert pagination(1, 500).href(2) == "/projects?q=gold+%26+copper&sort=name&page=2"


def test_a_page_beyond_the_end_is_the_last_one() -> None:
    rows, foot = paged(range(120), Window(9), "/projects")
    assert (list(rows), foot.window.number, foot.first, foot.last) == ([*range(100, 120)], 3, 101, 120)
    assert paged([], Window(9), "/projects")[1].window.number == 1
