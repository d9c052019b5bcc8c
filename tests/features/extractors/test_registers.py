"""Numbers of the public registers, in titles written around them, and every way to get a check digit wrong."""

import csv
import json
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import pytest

from features.evidence import LicenceNumber, Structure
from features.extractors.licences import LicenceExtractor
from features.knowledge import load
from features.normalize import Folder

TITLES = (
    "{name} {number} 正品包邮",
    "{name}({number})24粒*2盒 官方旗舰店",
    "【{number}】{name}成人儿童通用 2盒装",
    "官方正品 {name} 编号:{number} 买2送1",
)
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
LABELS = {"food_sc": ("sc_real_numbers.txt", "生产许可证编号"), "drug_code": ("benweima_real.txt", "本位码")}
FIXED = {"food_sc": 2, "drug_code": 0}
"""Characters that make the number one of its kind: SC."""

Find = Callable[[str], list[LicenceNumber]]


@pytest.fixture(scope="module")
def find() -> Find:
    extractor, folder = LicenceExtractor(load()), Folder.load()
    return lambda title: extractor.find({"title": folder.fold(title)})


def registered(directory: Path) -> Iterator[tuple[str, str]]:
    """(name of the product, number with what announces it) of every tenth entry."""
    for path in sorted((directory / "registers" / "drugs").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines()[::10]:
            row = json.loads(line)
            code = row["code"]
            yield row.get("zh") or row["product_zh"], code if code[0] == "国" else f"进口药品注册证号{code}"
    with (directory / "registers" / "health_foods" / "health_foods.csv").open(encoding="utf-8", newline="") as file:
        yield from ((row["name"], row["register_no"]) for row in list(csv.DictReader(file)))


def numbers(directory: Path, kind: str) -> list[str]:
    return (directory / "number_formats" / LABELS[kind][0]).read_text("utf-8").split()


@pytest.mark.parametrize("table", [{}, WIDE], ids=["clean", "full-width"])
def test_every_registered_number_is_read(find: Find, shared_data: Path, table: dict[int, int]) -> None:
    asked = 0
    for (name, number), title in zip(registered(shared_data), cycle(TITLES), strict=False):
        text = title.format(name=name, number=number.translate(table))
        structures = [one.structure for one in find(text)]
        assert structures == [Structure.WELL_FORMED], text
        asked += 1
    assert asked > 600


@pytest.mark.parametrize("kind", LABELS)
@pytest.mark.parametrize("table", [{}, WIDE], ids=["clean", "full-width"])
def test_every_single_digit_error_is_malformed(find: Find, shared_data: Path, kind: str, table: dict[int, int]) -> None:
    label = LABELS[kind][1]
    for number in numbers(shared_data, kind):
        (one,) = find(f"{label}{number.translate(table)} 正品")
        assert (one.kind, one.number[-len(number) :], one.structure) == (kind, number, Structure.WELL_FORMED)
        for at in range(FIXED[kind], len(number)):
            for digit in "0123456789".replace(number[at], ""):
                wrong = f"{number[:at]}{digit}{number[at + 1 :]}"
                (one,) = find(f"{label}{wrong.translate(table)} 正品")
                assert (one.kind, one.structure) == (kind, Structure.MALFORMED), wrong
