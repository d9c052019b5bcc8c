"""Transforms as counts: by folded character, and once per evidence for what folding leaves alone."""

from dataclasses import replace

import pytest

from features.evasion import EVASION, EVASIVE, TRANSFORMS, transforms
from features.evidence import Evidence, LicenceNumber, Structure
from features.listing import Listing
from features.normalize import Folded
from features.reading import CategoryGuess, Reading
from features.tokens import Tokens

BY_NAME = {feature.name: feature for feature in EVASION.features}
PLAIN = Reading(
    Listing("1", "高.仿包"),
    Folded("高.仿包", "高仿包"),
    Tokens(),
    CategoryGuess("other", "inferred", 0.0),
    (),
    (),
    (),
    {},
)
MARKED = replace(PLAIN, title=replace(PLAIN.title, marks={0: ("separator", "fullwidth"), 1: ("separator",)}))
MASKED = replace(
    MARKED,
    evidence=(
        Evidence("brand.mask", "title", 0, 2, "高.", "高", ("brand_mask", "separator"), 3),
        Evidence("brand.mask", "description", 0, 2, "高.", "高", ("homophone",), 3),
    ),
)
LICENSED = replace(
    PLAIN,
    licences=(
        LicenceNumber("drug", "H20051234", Structure.WELL_FORMED, "title", 0, 9, "H2OO51234", ("lookalike_letter",)),
        LicenceNumber("drug", "H20051234", Structure.WELL_FORMED, "description", 0, 9, "H2 0", ("separator",)),
    ),
)


@pytest.mark.parametrize(
    ("reading", "name", "count"),
    [
        (PLAIN, "total", 0),
        (MARKED, "separator", 2),
        (MARKED, "fullwidth", 1),
        (MARKED, "total", 2),  # honest sellers write full-width letters too
        (MARKED, "kinds", 1),
        (MASKED, "separator", 2),  # folding counted it already
        (MASKED, "brand_mask", 1),
        (MASKED, "homophone", 0),  # not in the title
        (MASKED, "kinds", 2),
        (LICENSED, "lookalike_letter", 1),
        (LICENSED, "separator", 0),
    ],
)
def test_counts(reading: Reading, name: str, count: int) -> None:
    assert BY_NAME[f"evasion.{name}"].compute(reading) == count


def test_every_transform_is_a_column_with_labels() -> None:
    assert {f"evasion.{transform.name}" for transform in TRANSFORMS} | {"evasion.total", "evasion.kinds"} == set(
        BY_NAME
    )
    assert EVASIVE
    for transform in TRANSFORMS:
        column = BY_NAME[f"evasion.{transform.name}"]
        assert (column.zh, column.en, column.unit) == (transform.zh, transform.en, "count")


@pytest.mark.parametrize("reading", [PLAIN, MARKED, MASKED, LICENSED])
def test_the_answer_tells_what_the_columns_count(reading: Reading) -> None:
    told = transforms(reading)
    assert told == {t.name: n for t in TRANSFORMS if (n := BY_NAME[f"evasion.{t.name}"].compute(reading))}
