"""What people write in cells, and what it means; half the rows are near misses that must be refused."""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features import cells
from features.cells import Unreadable

NOTHING = [None, math.nan, "", "  ", "-", "暂无", "面议", "N/A", "null"]


@pytest.mark.parametrize(
    ("cell", "cny"),
    [
        ("￥1,299.00", 1299.0),
        ("¥9.9起", 9.9),
        ("99元", 99.0),
        ("１２．５", 12.5),
        ("1.2万", 12000.0),
        ("99.00-199.00", 99.0),
        ("￥99 ~ ￥199", 99.0),
        ("19.9元/件", 19.9),
        ("券后价：19.9", 19.9),
        ("RMB 300", 300.0),
        (12, 12.0),
        (0.0, 0.0),
        ("便宜", None),
        ("-5", None),
        ("1,29", None),
        ("12.5.3", None),
        ("$12", None),
        ("约99", None),
        ("9" * 80, None),
        (True, None),
        (10**400, None),
        (math.inf, None),
        ([], None),
    ],
)
def test_money(cell: object, cny: float | None) -> None:
    reads(cells.money, cell, cny)


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("5万+", 50000.0),
        ("1.2万", 12000.0),
        ("1.1亿", 110_000_000.0),
        ("2w+", 20000.0),
        ("3,200", 3200.0),
        ("2000+人付款", 2000.0),
        ("已售5万+件", 50000.0),
        ("月销 200+", 200.0),
        ("0", 0.0),
        (7, 7.0),
        ("5万多", None),
        ("几百", None),
        ("32,00", None),
        ("5-6万", None),
        ("-3", None),
    ],
)
def test_count(cell: object, count: float | None) -> None:
    reads(cells.count, cell, count)


@pytest.mark.parametrize(
    ("cell", "share"),
    [
        ("98%", 0.98),
        ("９８％", 0.98),
        ("0.5%", 0.005),
        ("0.98", 0.98),
        ("98", 0.98),
        (98.5, 0.985),
        (1, 1.0),
        ("1%", 0.01),
        ("100%", 1.0),
        ("101%", None),
        (120, None),
        ("98‰", None),
        ("高", None),
        ("-1%", None),
    ],
)
def test_share(cell: object, share: float | None) -> None:
    reads(cells.share, cell, share)


@pytest.mark.parametrize(
    ("cell", "stars"),
    [("4.8", 4.8), ("4.8分", 4.8), ("4.8/5", 4.8), (4.8, 4.8), ("五星", None), ("48分", None), ("4,8", None)],
)
def test_rating(cell: object, stars: float | None) -> None:
    reads(cells.rating, cell, stars)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("-1.5", -1.5),
        ("1,000", 1000.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        (-3, -3.0),
        ("+2", 2.0),
        ("e3", None),
        ("a", None),
    ],
)
def test_signal(cell: object, number: float | None) -> None:
    reads(cells.signal, cell, number)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2023-01-05", date(2023, 1, 5)),
        ("2023/1/5", date(2023, 1, 5)),
        ("2023.01.05", date(2023, 1, 5)),
        ("2023年1月5日", date(2023, 1, 5)),
        ("20230105", date(2023, 1, 5)),
        ("2023-01-05 23:59:59", date(2023, 1, 5)),
        (date(2023, 1, 5), date(2023, 1, 5)),
        (datetime(2023, 1, 5, 9, tzinfo=UTC), date(2023, 1, 5)),
        ("2023-02-30", None),
        ("2023年1月", None),
        ("05/01/2023", None),
        ("23-1-5", None),
        ("去年", None),
        (44931, date(2023, 1, 5)),
        ("44931.999", date(2023, 1, 5)),
        ("1672912800", date(2023, 1, 5)),
        (1672912800123, date(2023, 1, 5)),
        (3, None),
        ("73416", None),
        ("44931-", None),
        (True, None),
    ],
)
def test_day(cell: object, day: date | None) -> None:
    reads(cells.day, cell, day)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2023-01-05T12:30:00Z", datetime(2023, 1, 5, 12, 30, tzinfo=UTC)),
        ("2023-01-05T12:30:00.25Z", datetime(2023, 1, 5, 12, 30, 0, 250_000, tzinfo=UTC)),
        ("1672921800", datetime(2023, 1, 5, 12, 30, tzinfo=UTC)),
        ("1672921800000", datetime(2023, 1, 5, 12, 30, tzinfo=UTC)),
        (44931.5, datetime(2023, 1, 5, 12)),  # noqa: DTZ001 - no zone is written
        ("2023/1/5 9:05", datetime(2023, 1, 5, 9, 5)),  # noqa: DTZ001 - no zone is written
        ("2023-01-05 25:00", None),
        ("2023-01-05 12:61", None),
    ],
)
def test_moment(cell: object, moment: datetime | None) -> None:
    reads(cells.moment, cell, moment)


def reads(read: Callable[[object], object], cell: object, expected: object) -> None:
    """Check the value of a cell; None means it must be refused, with advice."""
    if expected is None:
        with pytest.raises(Unreadable, match=r"is not an? .*; write "):
            read(cell)
    else:
        assert read(cell) == expected


@pytest.mark.parametrize("cell", NOTHING)
@pytest.mark.parametrize("read", [cells.money, cells.count, cells.share, cells.rating, cells.day, cells.moment])
def test_nothing_told(read: Callable[[object], object], cell: object) -> None:
    assert read(cell) is None


@pytest.mark.parametrize(
    ("cell", "text"),
    [(" a\tb\n", "a b"), (12.0, "12"), (12.5, "12.5"), ("无", "无"), ("", None), (math.nan, None), (None, None)],
)
def test_text(cell: object, text: str | None) -> None:
    assert cells.text(cell) == text


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ({"材质": "PE"}, {"材质": "PE"}),
        ([("材质", "PE"), ("厚度", None)], {"材质": "PE", "厚度": None}),
        ([], {}),
        (None, None),
        ("PE", None),
        (["PE"], None),
    ],
)
def test_whole(cell: object, told: dict[str, object] | None) -> None:
    if told is None and cell is not None:
        with pytest.raises(Unreadable, match="is not an object"):
            cells.whole(cell)
    else:
        assert cells.whole(cell) == told


def test_a_huge_cell_is_not_quoted_whole() -> None:
    with pytest.raises(Unreadable) as refused:
        cells.money("9" * 100_000)
    assert len(str(refused.value)) < 200


def test_names() -> None:
    assert cells.names("安护、素己; 颜予") == ["安护", "素己", "颜予"]


@given(st.text(max_size=100))
def test_a_cell_is_read_or_refused(cell: str) -> None:
    for read in (cells.money, cells.count, cells.share, cells.rating, cells.signal, cells.moment):
        try:
            read(cell)
        except Unreadable as error:
            assert "; write " in str(error)  # noqa: PT017 - both outcomes are right
