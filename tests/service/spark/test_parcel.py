"""What answers on the executors is what the driver checked."""

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("pyspark")

from models import STARTER
from models.errors import BundleMissing, BundleTampered
from models.registers import NO_REGISTERS
from service.spark.parcel import ExecutorsDiffer, Parcel


def test_a_parcel_holds_the_bundle_and_nothing_else() -> None:
    parcel = Parcel.pack(STARTER, NO_REGISTERS)
    assert parcel.files.keys() == {path.name for path in STARTER.iterdir()}
    opened = parcel.unpack()
    assert (opened.versions, tuple(opened.bundle.manifest.heads)) == (parcel.versions, parcel.heads)


def test_what_was_changed_on_the_way_is_refused() -> None:
    parcel = Parcel.pack(STARTER, NO_REGISTERS)
    files = {**parcel.files, "card.md": parcel.files["card.md"] + b" "}
    with pytest.raises(BundleTampered):
        replace(parcel, files=files).unpack()


def test_executors_that_would_answer_differently_are_refused() -> None:
    parcel = Parcel.pack(STARTER, NO_REGISTERS)
    for differs in (
        replace(parcel.versions, code="0.0.1"),
        replace(parcel.versions, knowledge="0" * 16),
        replace(parcel.versions, bundle="0" * 16),
        replace(parcel.versions, registers={"drug_approval": "2026-01-01 0"}),
    ):
        with pytest.raises(ExecutorsDiffer, match="give both the same zhenwei"):
            replace(parcel, versions=differs).unpack()


def test_no_bundle_no_parcel(tmp_path: Path) -> None:
    with pytest.raises(BundleMissing):
        Parcel.pack(tmp_path, NO_REGISTERS)
