"""Which files are read, in which order; what is not read is told."""

import os
from pathlib import Path

import pytest

from features.tables import FileRejected, open_table
from service.batch.inputs import find, look


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    """A folder as crawlers leave it."""
    folder = tmp_path / "crawl"
    for name in ("b.csv", "a.jsonl.gz", "day2/a.csv", "day10/a.xlsx", "readme.md", ".hidden.csv", ".git/x.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


def told(crawl: Path, *asked: str, beside: tuple[Path, ...] = ()) -> list[str]:
    return [path.relative_to(crawl).as_posix() for path in find([str(crawl / one) for one in asked], beside).paths]


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        (["."], ["a.jsonl.gz", "b.csv", "day10/a.xlsx", "day2/a.csv"]),
        (["b.csv", "a.jsonl.gz"], ["a.jsonl.gz", "b.csv"]),  # the order of paths, not of words
        (["*.csv"], ["b.csv"]),
        (["**/*.csv"], ["b.csv", "day2/a.csv"]),
        (["day?", "*.csv"], ["b.csv"]),  # a pattern gives files, not folders
        (["readme.md"], ["readme.md"]),  # what is named is tried, and refused by whoever reads it
        (["missing.csv"], ["missing.csv"]),
        ([".hidden.csv"], [".hidden.csv"]),
        (["day2", "day2/a.csv", "./day2"], ["day2/a.csv"]),
    ],
    ids=str,
)
def test_files_folders_and_patterns(crawl: Path, asked: list[str], read: list[str]) -> None:
    assert told(crawl, *asked) == read


def test_nothing_to_read_is_an_error(crawl: Path) -> None:
    for asked in ("*.parquet", ".git/*.md"):
        with pytest.raises(FileRejected, match="name files that are there"):
            told(crawl, asked)


def test_links_are_followed_where_they_are_named_only(crawl: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_bytes(b"x")
    (crawl / "link.csv").symlink_to(outside)
    (crawl / "loop").symlink_to(crawl, target_is_directory=True)
    found = find([str(crawl)])
    assert not {"link.csv", "loop"} & {path.name for path in found.paths}
    assert [note for note in found.notes if "is a link, which is not followed" in note] == sorted(
        f"{crawl / name} is a link, which is not followed in a folder" for name in ("link.csv", "loop")
    )
    assert told(crawl, "link.csv") == ["link.csv"]


def test_a_link_to_itself_is_no_file(crawl: Path) -> None:
    (crawl / "self.csv").symlink_to(crawl / "self.csv")
    found = find([str(crawl / "self.csv")])
    assert found.paths == (crawl / "self.csv",)
    with pytest.raises(FileRejected, match="symbolic links"):
        open_table(found.paths[0])


def test_one_file_is_read_once_whatever_it_is_called(crawl: Path) -> None:
    (crawl / "link.csv").symlink_to(crawl / "b.csv")
    found = find([str(crawl / "link.csv"), str(crawl / "b.csv")])
    assert len(found.paths) == 1
    assert "is read once" in found.notes[0]


def test_what_is_no_file_of_rows_is_told(crawl: Path) -> None:
    assert any("not files of rows, not read: readme.md" in note for note in find([str(crawl)]).notes)


def test_pipes_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(FileRejected, match="no file of rows, but a pipe"):
        find([str(tmp_path / "pipe.csv")])


def test_what_a_screening_writes_into_a_folder_is_not_read(crawl: Path) -> None:
    assert told(crawl, ".", beside=(crawl / "b.csv",)) == ["a.jsonl.gz", "day10/a.xlsx", "day2/a.csv"]
    assert told(crawl, "b.csv", beside=(crawl / "b.csv",)) == ["b.csv"]  # to be refused: it would be overwritten


def test_names_are_what_is_different(crawl: Path) -> None:
    assert find([str(crawl)]).names() == ("a.jsonl.gz", "b.csv", "day10/a.xlsx", "day2/a.csv")
    assert find([str(crawl / "day2")]).names() == ("a.csv",)
    assert find([str(crawl / "day2/a.csv"), str(crawl / "day10/a.xlsx")]).names() == ("day10/a.xlsx", "day2/a.csv")


def test_a_file_is_known_again(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("标题\n" + "包\n" * 9)
    seen = look(path, "a.csv", lambda _: None)
    assert (seen.rows, seen.still(path)) == (9, True)
    path.write_text("标题\n" + "包\n" * 8 + "鞋\n")
    assert not seen.still(path)
    assert look(path, "a.csv", lambda _: None).sha256 != seen.sha256
