"""How well folding restores spam messages that people restored by hand, and what it hears in honest titles.

    python -m benchmarks.restoration FILE.csv [--titles TITLES.parquet] [--sample N]

FILE has the columns raw and restored. A message counts as restored when the Chinese characters of the folded text are
those of the restored one, all of them and in order; NFKC alone is shown beside it. With --titles: how many titles hold
a word that only its sound (other characters, or pinyin) made readable, and N of them to judge by reading.
"""

import argparse
import csv
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from random import Random

import polars as pl

from features.knowledge import load
from features.normalize import Folded, Folder

HAN = re.compile("[\u4e00-\u9fff]")
HEARD = frozenset(("homophone", "pinyin"))
SEED = 7
LONGEST = 512


def chinese(text: str) -> str:
    """The Chinese characters of a text, in order."""
    return "".join(HAN.findall(text))


def restored(texts: Sequence[str], wanted: Sequence[str]) -> float:
    """Share of texts whose Chinese characters are those of the wanted ones."""
    return sum(chinese(a) == chinese(b) for a, b in zip(texts, wanted, strict=True)) / max(1, len(texts))


def messages(folder: Folder, path: Path) -> None:
    """Print the share restored exactly."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    raw, wanted = [row["raw"] for row in rows], [row["restored"] for row in rows]
    plain = [unicodedata.normalize("NFKC", text) for text in raw]
    print(f"{len(rows)} messages, exact on Chinese characters")
    print(f"  NFKC alone  {restored(plain, wanted):.3f}")
    print(f"  folding     {restored([folded.text for folded in folder.fold_many(raw)], wanted):.3f}")


def heard(folded: Folded) -> list[str]:
    """Stretches that only sound made readable, each as it was written and as it is read."""
    places = [i for i, names in sorted(folded.marks.items()) if HEARD & set(names)]
    found: list[str] = []
    for i in places:
        start, end = folded.span(i, i + 1)
        found.append(f"{folded.raw[max(0, start - 3) : end + 3]} -> {folded.text[max(0, i - 3) : i + 4]}")
    return found


def titles(folder: Folder, path: Path, sample: int) -> None:
    """Print how many titles were read by sound, and some of them."""
    texts = [title[:LONGEST] for title in pl.read_parquet(path)["title"].to_list() if title and title.strip()]
    told = [found for folded in folder.fold_many(texts) if (found := heard(folded))]
    print(f"{len(texts)} titles, {len(told)} of them hold a character that only its sound made readable")
    for found in Random(SEED).sample(told, min(sample, len(told))):
        print("  " + "   ".join(found))


def main() -> None:
    """Measure the folding that ships."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--titles", type=Path)
    parser.add_argument("--sample", type=int, default=60)
    args = parser.parse_args()
    folder = Folder.load(load())
    messages(folder, args.file)
    if args.titles:
        titles(folder, args.titles, args.sample)


if __name__ == "__main__":
    main()
