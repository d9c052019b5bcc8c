"""Files as people have them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from features.columns import ColumnsRejected
from features.listing import Listing
from service.rows import FileRejected, Refused, open_source

HEADER = "标题,价格,店铺"


def written(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def titles(path: Path, names: Mapping[str, str] = {}) -> list[str | None]:
    return [row.title if isinstance(row, Listing) else None for _, row in open_source(path, names)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, "a.csv", f"{HEADER}\n纯棉四件套,￥1.2万,某店\n", encoding)
    [(number, row)] = open_source(path)
    assert isinstance(row, Listing)
    assert (number, row.listing_id, row.title, row.price_cny, row.seller.name) == (
        1,
        "1",
        "纯棉四件套",
        12000.0,
        "某店",
    )


@pytest.mark.parametrize(
    ("encoding", "said"), [("gbk", True), ("utf-16", True), ("utf-8", False), ("utf-8-sig", False)]
)
def test_another_encoding_is_said(tmp_path: Path, encoding: str, said: bool) -> None:
    path = written(tmp_path, "a.csv", f"{HEADER}\n纯棉四件套,1,某店\n", encoding)
    assert any("not UTF-8" in note for note in open_source(path).notes) is said


def test_one_broken_character_refuses_its_row_not_the_encoding(tmp_path: Path) -> None:
    good = "纯棉四件套,1,某店\n".encode()
    path = written(tmp_path, "a.csv", f"{HEADER}\n".encode() + good + b"\xe5\xa5" + good + good)
    assert titles(path) == ["纯棉四件套", None, "纯棉四件套"]
    assert open_source(path).notes == ()


def test_a_broken_character_in_gbk_refuses_its_row(tmp_path: Path) -> None:
    good = "纯棉四件套,1,某店\n".encode("gbk")
    path = written(tmp_path, "a.csv", f"{HEADER}\n".encode("gbk") + good + b"\xff\xff" + good)
    assert titles(path) == ["纯棉四件套", None]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", '标题,描述\n甲,"一\n二"\n乙,三\n', ["甲", "乙"]),  # quoted line end
        ("a.csv", "标题,描述\r\n甲,一\r\n乙,二\r\n", ["甲", "乙"]),
        ("a.csv", "标题,描述\n甲,一\n\n , \n乙,二", ["甲", "乙"]),  # blank rows are no rows
        ("a.csv", "标题,描述\n甲\n乙,二,\n", ["甲", "乙"]),  # cells may be missing, or blank beyond the header
        ("a.csv", "标题,描述\n甲,一,二\n乙,二\n", [None, "乙"]),  # a delimiter nobody quoted
        ("a.csv", '标题,描述\n"甲"x,一\n乙,二\n', [None, "乙"]),  # quotes that make no sense
        ("a.csv", '标题,描述\n5"寸屏,一\n乙,二\n', ['5"寸屏', "乙"]),
        ("a.csv", "标题;描述\n甲;一\n", ["甲"]),
        ("a.csv", "标题\t描述\n甲,乙\t一\n", ["甲,乙"]),
        ("a.tsv", "标题\t描述,描述\n甲\t一\n", ["甲"]),
        ("a.txt", "标题\n甲\n乙\n", ["甲", "乙"]),
        ("a.csv", "标题,标题\n甲,乙\n", ["甲"]),  # the first of a name wins
        ("a.csv", "标题\n", []),
        ("a.csv", "标题,价格\n甲,便宜\n乙,9.9\n", [None, "乙"]),
        ("a.jsonl", '{"listing_id":"1","title":"甲"}\n\n{"listing_id":"2","title":"乙"}', ["甲", "乙"]),
        ("a.jsonl", '\ufeff{"listing_id":"1","title":"甲"}\n', ["甲"]),
        ("a.ndjson", '{"listing_id":"1","title":"甲"}\n{"title":"乙"\n[]\n{"title":"丙"}\n', ["甲", None, None, None]),
        ("a.jsonl", '{"listing_id":"1","title":"甲","outcome":"confirmed","处理时间":"2026-01-02"}\n', ["甲"]),
        ("a.jsonl", '{"listing_id":"1","title":"甲","outcomes":1}\n', [None]),
        ("a.jsonl", "", []),
    ],
)  # fmt: skip
def test_rows(tmp_path: Path, name: str, content: str, expected: list[str | None]) -> None:
    path = written(tmp_path, name, content)
    assert titles(path) == expected
    assert [number for number, _ in open_source(path)] == list(range(1, len(expected) + 1))


def test_a_quote_that_is_never_closed_is_said_with_its_lines(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", '标题,描述\n甲,"一\n' + "乙,二\n" * 5)
    [(_, row)] = open_source(path)
    assert isinstance(row, Refused)
    assert row.problems[0].message.startswith("lines 2 to 7 cannot be split into cells")


def test_a_line_beyond_all_bounds_is_one_refused_row(tmp_path: Path) -> None:
    long = '{"listing_id":"1","title":"' + "甲" * 1_500_000 + '"}\n'
    path = written(tmp_path, "a.jsonl", long + '{"listing_id":"2","title":"乙"}\n')
    assert titles(path) == [None, "乙"]


def test_a_refused_row_keeps_its_id_and_pointer(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "商品ID,标题,价格\nA-7,甲,便宜\nA-8,,1\n")
    (_, first), (_, second) = open_source(path)
    assert isinstance(first, Refused)
    assert isinstance(second, Refused)
    assert (first.listing_id, first.problems[0].pointer) == ("A-7", "/price_cny")
    assert (second.listing_id, second.problems[0].pointer) == ("A-8", "/title")


def test_columns_of_ones_own(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", "货名,备注\n甲,x\n")
    assert titles(path, {"货名": "title"}) == ["甲"]
    assert open_source(path, {"货名": "title"}).notes == ("columns not used: 备注; map one with --map COLUMN=FIELD",)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\n\n", "is empty"),
        ("a.xlsx", b"PK", "no whole .xlsx workbook"),
        ("a.parquet", b"PAR1", "no whole Parquet file"),
        ("a.csv.gz", b"\x1f\x8b", "to its end"),
        ("a.xls", b"PK", "must end in one of"),
        ("a", b"x", "must end in one of"),
        ("a.jsonl", "高仿高仿".encode("gbk"), "must be UTF-8"),
        ("a.csv", b'"a\nb', "cannot be split"),
    ],
)
def test_files_that_are_none(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    with pytest.raises(FileRejected, match=message):
        open_source(written(tmp_path, name, content))


def test_a_table_without_a_title_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ColumnsRejected, match="no column holds the title"):
        open_source(written(tmp_path, "a.csv", "价格\n1\n"))


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_no_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileRejected, match=r"must end|cannot be read"):
        open_source(tmp_path / name)
