"""Disguised twins: guilty takedowns whose titles give them away, written as a seller who hides would write them.

The test of a screen is text that hides from it, and old takedowns do not show how the next ones will hide. With twins
among the examples the booster learns that falling apart is itself a sign, and does not lean on exact words alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from features.knowledge import Knowledge
from features.reader import Reader
from training.disguises import DISGUISES
from training.lesson import Lesson
from training.page import ROWS, read_page
from training.split import apart
from training.wording import out_of_fold

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

_ASKED = 40_000  # takedowns looked at, so that a million cost no more
_KINDS: Mapping[str, float] = MappingProxyType(
    {"homophone": 8, "look-alike": 4, "pinyin": 3, "split": 2, "separator /": 1, "separator .": 1, "zero-width": 1}
)
"""Disguises and how often: most often those that folding cannot undo for certain."""
_LEAST, _MOST = 0.2, 1.0  # share of the characters a disguise touches
_TWICE = 0.3  # of the disguised titles wear a second disguise
_LONGEST = 512  # code points of a title


@dataclass(frozen=True, slots=True, eq=False)
class Twins:
    """m disguised twins as numbers. All are guilty; what is not in the title they share with their original."""

    rows: Ints  # (m,) rows of the originals in the lesson, ascending
    numbers: NDArray[np.float32]  # (m, features)
    counts: csr_array  # (m, BUCKETS)

    def of(self, rows: Ints) -> "Twins":
        """Only the twins of these takedowns."""
        kept = np.flatnonzero(np.isin(self.rows, rows))
        return Twins(self.rows[kept], self.numbers[kept], csr_array(self.counts[kept]))


def disguised(title: str, random: Random) -> str:
    """Write a title in one disguise, sometimes in two."""
    worn = random.choices(tuple(_KINDS), tuple(_KINDS.values()), k=2 if random.random() < _TWICE else 1)
    for kind in dict.fromkeys(worn):
        strength = random.uniform(_LEAST, _MOST)
        touched = frozenset(i for i in range(len(title)) if random.random() < strength)
        title = DISGUISES[kind](title, touched, random)
    return title[:_LONGEST]


def exposed(lesson: Lesson, known: Ints, guilty: Bools, folds: Ints, threads: int) -> Ints:
    """Rows among `known` (ascending) that are guilty, and whose title alone says so out of fold.

    Only they have something to hide: disguising what says nothing would teach that odd spelling is fraud of any kind.
    Only listings that the lesson keeps whole are looked at.
    """
    whole: Ints = known[known % lesson.stride == 0]
    asked: Ints = whole[:: len(whole) // _ASKED + 1]
    if not apart(guilty[asked], folds[asked]):
        return np.empty(0, dtype=np.int64)
    values = out_of_fold(csr_array(lesson.counts[asked]), guilty[asked], folds[asked], threads=threads)
    found: Ints = asked[guilty[asked] & (values > 0)]
    return found


def read_twins(lesson: Lesson, rows: Ints, knowledge: Knowledge, seed: int) -> Twins:
    """Make and read a twin of each of these rows; a title that no disguise changes gets none."""
    random = Random(seed)
    chosen, listings = [], []
    for row in rows.tolist():
        listing = lesson.takedowns[row].listing
        if (title := disguised(listing.title, random)) not in ("", listing.title):
            chosen.append(row)
            listings.append(replace(listing, title=title))
    reader = Reader(knowledge)
    pages = [read_page(listings[first : first + ROWS], reader) for first in range(0, len(listings), ROWS)]
    numbers = np.concatenate([lesson.numbers[:0], *(page.numbers for page in pages)])
    counts = csr_array(vstack([csr_array(lesson.counts[:0]), *(page.counts for page in pages)], format="csr"))
    return Twins(np.array(chosen, dtype=np.int64), numbers, counts)
