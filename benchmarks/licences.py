"""How well licence numbers are read: real numbers in titles, clean and disguised, and every single-digit error.

    python -m benchmarks.licences DIR

DIR holds the sets the README describes: registers (drugs and health foods), number_formats (food producers and drug
codes) and titles/real_titles.parquet, in which every number found is printed. USCC numbers are made up, with valid
check digits: the sets hold none.
"""

import argparse
import csv
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import polars as pl
from stdnum.cn import uscc

from features.evidence import LicenceNumber, Structure
from features.extractors.licences import LicenceExtractor
from features.knowledge import load
from features.normalize import Folder

Find = Callable[[str], list[LicenceNumber]]
TITLES = (
    "{name} {number} 正品包邮",
    "{name}({number})24粒*2盒 官方旗舰店",
    "【{number}】{name}成人儿童通用 2盒装",
    "官方正品 {name} 编号:{number} 买2送1",
)
FIRMS = 60
ONE_NUMBER = re.compile(r"(?:国药准字)?[A-Z]{1,3}[0-9]{8}")
GREEK = str.maketrans("HZSBCGJ", "ΗΖЅВСԌЈ")
CIRCLED = str.maketrans("0123456789", "⓪①②③④⑤⑥⑦⑧⑨")
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


class Known(NamedTuple):
    """A number that exists, the kind it is, and what stands before it in a title."""

    kind: str
    number: str
    label: str
    name: str


def _between(sign: str) -> Callable[[str], str]:
    return lambda number: "".join(c + (sign if c.isdecimal() else "") for c in number).removesuffix(sign)


DISGUISES: dict[str, Callable[[str], str]] = {
    "clean": str,
    "full-width": lambda number: number.translate(WIDE),
    "a space before the last four": lambda number: f"{number[:-4]} {number[-4:]}",
    "digits split by spaces": _between(" "),
    "digits split by hyphens": _between("-"),
    "digits split by slashes": _between("/"),
    "digits split by commas": _between("，"),
    "digits split by zero-width spaces": _between("\u200b"),
    "digits in circles": lambda number: number.translate(CIRCLED),
    "Greek and Cyrillic letters": lambda number: number.translate(GREEK),
    "O for 0": lambda number: number.replace("0", "O"),
    "l for 1": lambda number: number.replace("1", "l"),
}


def registered(directory: Path) -> Iterator[Known]:
    """Numbers of the registers; one entry that holds two numbers is left out."""
    for path in sorted((directory / "registers" / "drugs").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            if not ONE_NUMBER.fullmatch(row["code"]):
                continue
            if row["code"].startswith("国药准字"):
                yield Known("drug_approval", row["code"], "", row.get("zh") or row.get("product_zh", ""))
            else:
                yield Known("drug_imported", row["code"], "进口药品注册证号", row["product_zh"])
    with (directory / "registers" / "health_foods" / "health_foods.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kind = "health_food_old" if row["register_no"].startswith("卫") else "health_food_registration"
            yield Known(kind, row["register_no"], "", row["name"])


def checked(directory: Path) -> Iterator[Known]:
    """Numbers with a check digit."""
    folder = directory / "number_formats"
    for number in (folder / "sc_real_numbers.txt").read_text("utf-8").split():
        yield Known("food_sc", number, "生产许可证编号", "手工牛轧糖")
    for number in (folder / "benweima_real.txt").read_text("utf-8").split():
        yield Known("drug_code", number, "本位码", "感冒灵颗粒")
    chance = random.Random(7)
    for _ in range(FIRMS):
        body = (
            f"91{chance.randrange(110000, 659999)}MA{''.join(chance.choices('0123456789ABCDEFGHJKLMNPQRTUWXY', k=7))}"
        )
        yield Known("uscc", body + uscc.calc_check_digit(body), "统一社会信用代码", "坚果礼盒")


def reader() -> Find:
    """Read numbers from titles with the knowledge that ships."""
    knowledge = load()
    folder, extractor = Folder.load(knowledge), LicenceExtractor(knowledge)
    return lambda title: extractor.find({"title": folder.fold(title)})


def bare(number: str) -> str:
    """The number without brackets, as it is compared."""
    return "".join(c for c in number.upper() if c not in "()[]（）〔〕: ")


def recalled(find: Find, numbers: Iterable[Known], disguise: Callable[[str], str]) -> tuple[int, int, list[str]]:
    """(read and called well-formed, all, titles in which that failed)."""
    missed: list[str] = []
    total = 0
    for one, title in zip(numbers, cycle(TITLES), strict=False):
        total += 1
        text = title.format(name=one.name, number=one.label + disguise(one.number))
        if not any(
            (hit.kind, hit.structure) == (one.kind, Structure.WELL_FORMED)
            and bare(hit.number).endswith(bare(one.number))
            for hit in find(text)
        ):
            missed.append(text)
    return total - len(missed), total, missed


def errors(one: Known) -> Iterator[str]:
    """The number with every digit exchanged for every other digit, one at a time."""
    for at, char in enumerate(one.number):
        if char.isdecimal():
            yield from (f"{one.number[:at]}{d}{one.number[at + 1 :]}" for d in "0123456789" if d != char)


def called_malformed(
    find: Find, numbers: Iterable[Known], disguise: Callable[[str], str]
) -> tuple[Counter[str], Counter[str], list[str]]:
    """(wrong numbers called malformed, all wrong numbers, titles in which that failed), by kind."""
    caught: Counter[str] = Counter()
    total: Counter[str] = Counter()
    missed: list[str] = []
    for one in numbers:
        for wrong, title in zip(errors(one), cycle(TITLES), strict=False):
            text = title.format(name=one.name, number=one.label + disguise(wrong))
            found = [hit.structure for hit in find(text)]
            total[one.kind] += 1
            caught[one.kind] += found == [Structure.MALFORMED]
            if found != [Structure.MALFORMED]:
                missed.append(text)
    return caught, total, missed


def found_in_titles(find: Find, path: Path) -> list[tuple[str, LicenceNumber]]:
    """Every number read from real titles."""
    titles = [title for title in pl.read_parquet(path)["title"].to_list() if title]
    return [(title, one) for title in titles for one in find(title)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--show", type=int, default=3, help="titles to print of each kind of miss")
    args = parser.parse_args()
    find = reader()
    numbers = [*registered(args.directory), *checked(args.directory)]
    print("real numbers read as well-formed numbers of their kind, in titles written around them")
    for name, disguise in DISGUISES.items():
        good, total, missed = recalled(find, numbers, disguise)
        print(f"  {name:36}{good:6} of {total}   {good / total:.2%}", *missed[: args.show], sep="\n      ")
    print("single-digit errors called malformed")
    for name in ("clean", "full-width", "digits split by spaces"):
        caught, totals, missed = called_malformed(find, checked(args.directory), DISGUISES[name])
        for kind, total in totals.items():
            print(f"  {name:24}{kind:12}{caught[kind]:6} of {total}   {caught[kind] / total:.2%}")
        print(*missed[: args.show], sep="\n      ")
    print("numbers read from real titles")
    for title, one in found_in_titles(find, args.directory / "titles" / "real_titles.parquet"):
        print(f"  {one.kind} {one.number} {one.structure}: {title}")


if __name__ == "__main__":
    main()
