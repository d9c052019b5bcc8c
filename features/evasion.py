"""What folding had to undo. Each transform is a column: evasion is itself the signal."""

from collections import Counter
from collections.abc import Callable, Iterable
from itertools import chain

from features.evidence import Evidence, LicenceNumber
from features.feature import Block
from features.folding.spellings import Transform, load_evasion
from features.reading import Reading

TRANSFORMS: tuple[Transform, ...] = load_evasion().transform
EVASIVE = frozenset(transform.name for transform in TRANSFORMS if transform.evasive)
Counts = Counter[str]


def _counts(reading: Reading) -> Counts | None:
    """Count the transforms of the title: by folded character, and once per sighting for what folding left."""
    marks = reading.title.marks
    if not (marks or reading.evidence or reading.licences):
        return None
    counts = Counter(name for names in marks.values() for name in names)
    sightings: Iterable[Evidence | LicenceNumber] = chain(reading.evidence, reading.licences)
    for one in sightings:
        if one.transforms and one.field == "title":
            counts.update(name for name in one.transforms if name not in counts)
    return counts or None


def transforms(reading: Reading) -> dict[str, int]:
    """Transforms undone in the title, name -> count; the numbers that the features of their names hold."""
    return dict(_counts(reading) or {})


EVASION = Block("evasion", _counts, absent=0.0)


def _count(name: str) -> Callable[[Counts], float]:
    return lambda counts: counts[name]


for _transform in TRANSFORMS:
    EVASION.feature(_transform.name, unit="count", zh=_transform.zh, en=_transform.en)(_count(_transform.name))


@EVASION.feature("total", unit="count", zh="规避写法总数", en="evasive spellings in all")
def total(counts: Counts) -> float:
    """Transforms that honest sellers do not use, added up."""
    return sum(count for name, count in counts.items() if name in EVASIVE)


@EVASION.feature("kinds", unit="count", zh="规避写法种类数", en="kinds of evasive spelling")
def kinds(counts: Counts) -> float:
    """How many different evasive transforms the title uses."""
    return sum(name in EVASIVE for name in counts)


FEATURES = EVASION.features
