"""A register file: found again whatever is asked, never another than was imported."""

import pickle
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.registers import Entry, Register, RegisterInvalid, Snapshot, written

TEXT = st.text(max_size=12)
ENTRIES = st.lists(st.builds(Entry, number=st.text(min_size=1, max_size=6), product=TEXT, status=TEXT), min_size=1)


def register(entries: list[Entry], *, complete: bool = False) -> Register:
    blob = written(entries)
    return Register.of(blob, Snapshot("drug_approval", date(2026, 11, 1), sha256(blob).hexdigest(), complete))


@given(ENTRIES, st.text(max_size=6))
def test_what_was_put_in_is_found_and_nothing_else(entries: list[Entry], other: str) -> None:
    asked = register(entries)
    for number in {*(entry.number for entry in entries), other}:
        assert asked.find(number) == sorted({entry for entry in entries if entry.number == number})


@given(ENTRIES)
def test_order_and_repeats_make_no_other_register(entries: list[Entry]) -> None:
    assert written(entries) == written([*reversed(entries), *entries])


def test_a_register_travels(tmp_path: Path) -> None:
    asked = register([Entry("国药准字S20063025", "抗狂犬病血清")])
    path = tmp_path / "r.jsonl"
    path.write_bytes(asked.blob())
    opened = Register.open(path, asked.snapshot)
    assert pickle.loads(pickle.dumps(opened)).find("国药准字S20063025")[0].product == "抗狂犬病血清"  # noqa: S301
    assert len(opened) == 1


@pytest.mark.parametrize("blob", [None, b"", b"[]\n", written([Entry("1", "other")])])
def test_another_file_is_refused(tmp_path: Path, blob: bytes | None) -> None:
    path, told = tmp_path / "r.jsonl", register([Entry("1", "one")]).snapshot
    if blob is not None:
        path.write_bytes(blob)
    with pytest.raises(RegisterInvalid, match="import it again"):
        Register.open(path, told)
