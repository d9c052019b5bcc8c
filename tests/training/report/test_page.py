"""Pages escape, repeat their data, and refuse figures that are not there."""

from pathlib import Path

import pytest

from training.report.page import at, save, written


def test_a_pointer_leads_into_the_data() -> None:
    data = {"a": [{"b/c": 1}, {"~": 2}]}
    assert at(data, "/a/0/b~1c") == 1
    assert at(data, "/a/1/~0") == 2
    with pytest.raises(KeyError):
        at(data, "/a/0/x")


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        (0.6184, "percent", "62%"),
        (0.0039, "percent", "0.4%"),
        (0.0, "percent", "0%"),
        (0.0039, "fine", "0.39%"),
        (1017, "count", "1,017"),
        (0.69764, "number", "0.698"),
        (-0.5, "odds", "-0.50"),
    ],
)
def test_figures_are_written_one_way(value: float, style: str, text: str) -> None:
    assert written(value, style) == text


def test_a_page_and_its_data_are_written_whole(tmp_path: Path) -> None:
    (tmp_path / "r.html").write_bytes(b"old")
    assert save(tmp_path / "r.html", b"page", b"data") == tmp_path / "r.json"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"r.html": b"page", "r.json": b"data"}
