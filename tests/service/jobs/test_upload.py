"""Receiving a form: what cannot be used says what to do, and nothing of it is left."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.jobs.folder import Shelf
from service.jobs.upload import Upload, UploadRejected, UploadStalled, UploadTooLarge, receive

FORM = "multipart/form-data; boundary=x"


def part(name: str, value: bytes, more: str = "") -> bytes:
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"


FILE = part("file", "标题\n包".encode(), '; filename="a.csv"')


def received(root: Path, body: bytes, kind: str = FORM, limit: int = 1000, size: int = 7) -> Upload:
    async def chunks() -> AsyncIterator[bytes]:
        for at in range(0, len(body), size):
            yield body[at : at + size]

    return asyncio.run(receive(chunks(), kind, Shelf(root).new("j"), limit))


@pytest.mark.parametrize(
    ("kind", "body", "message"),
    [
        ("application/json", b"{}", "multipart/form-data"),
        ("multipart/form-data", FILE, "multipart/form-data"),
        ("", FILE, "multipart/form-data"),
        ("multipart/form-data; boundary=" + "x" * 500, FILE, "RFC 7578"),
        (FORM, b"", "did not arrive to its end"),
        (FORM, FILE, "did not arrive to its end"),
        (FORM, b"nonsense", "RFC 7578"),
        (FORM, b"--x\r\nContent-Disposition: form-data\r\n\r\n\r\n--x--\r\n", "has no name"),
        (FORM, part("kind", b"screen") + b"--x--\r\n", "no part named file"),
        (FORM, part("file", b"screen") + b"--x--\r\n", "must end in one of"),
        (FORM, FILE + FILE + b"--x--\r\n", "several files"),
        (FORM, FILE + part("k", b"y" * 70_000) + b"--x--\r\n", "longer than"),
        (FORM, FILE + part("k", b"y") * 200 + b"--x--\r\n", "more than 200 parts"),
    ],
)
def test_a_body_that_is_no_form(tmp_path: Path, kind: str, body: bytes, message: str) -> None:
    with pytest.raises(UploadRejected, match=message):
        received(tmp_path / "jobs", body, kind, limit=100_000, size=5000)
    assert not list((tmp_path / "jobs").iterdir())


@given(st.integers(1, 200))
def test_a_form_arrives_whole_however_it_is_cut(tmp_path_factory: pytest.TempPathFactory, size: int) -> None:
    root = tmp_path_factory.mktemp("jobs")
    body = part("map", "商品=title".encode()) + FILE + part("map", b"b=url") + b"--x--\r\n"
    told = received(root, body, size=size)
    assert (told.file_name, told.bytes, dict(told.fields)) == ("a.csv", 10, {"map": ("商品=title", "b=url")})
    assert (root / ".j/upload.csv").read_text("utf-8") == "标题\n包"


def test_a_file_may_be_as_large_as_the_limit_and_not_larger(tmp_path: Path) -> None:
    assert received(tmp_path / "a", FILE + b"--x--\r\n", limit=10).bytes == 10
    with pytest.raises(UploadTooLarge, match="pack the file"):
        received(tmp_path / "b", FILE + b"--x--\r\n", limit=9)
    assert not list((tmp_path / "b").iterdir())


def test_a_client_that_falls_silent_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.jobs.upload._PATIENCE", 0.01)

    async def silent() -> AsyncIterator[bytes]:
        yield FILE
        await asyncio.sleep(60)

    with pytest.raises(UploadStalled):
        asyncio.run(receive(silent(), FORM, Shelf(tmp_path / "jobs").new("j"), 1000))
    assert not list((tmp_path / "jobs").iterdir())
