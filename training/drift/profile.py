"""The profile of a sample: what a bundle remembers of the listings it was trained on, small enough to travel with it.

It holds shares and counts only, no title and no seller.
"""

import io
import zipfile
import zlib
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from training.drift.divergence import Shares, shares_of
from training.drift.sample import LEVEL, SCORE, TEXT, Sample
from training.drift.wording import Wording, novelty, wording_of
from training.errors import TrainingError

Floats = NDArray[np.float64]

_UNREADABLE = (OSError, EOFError, zipfile.BadZipFile, zlib.error, RuntimeError)
FORMAT = 1
NOVELTY = "text.novelty"
"""Column: share of a title's n-grams that no other lister of the reference uses."""
EVASION = "evasion."
"""What the names of the columns that count evasive spellings begin with."""
_QUANTILES = tuple(i / 10 for i in range(1, 10))
_TAIL = (0.95, 0.99)
"""Bins of a score, beside tenths: what is flagged stands in the last few percent."""


class ReferenceInvalid(TrainingError):
    """The reference of a bundle does not say what it should."""


class _Page(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Column(_Page):
    """One column: how often it is told, and the shares of the bins of what is told."""

    name: str
    edges: tuple[float, ...]  # increasing; bin i holds edges[i - 1] < value <= edges[i]
    told: Shares  # of (not told, told)
    values: Shares  # of len(edges) + 1 bins

    @model_validator(mode="after")
    def _is_a_table(self) -> "Column":
        if any(left >= right for left, right in pairwise(self.edges)):
            raise ValueError(f"the edges of {self.name} do not increase")
        if len(self.values.shares) != len(self.edges) + 1 or len(self.told.shares) != 2:  # noqa: PLR2004 - no, yes
            raise ValueError(f"the shares of {self.name} do not fit its edges")
        return self


class Categories(_Page):
    """Shares of the categories, in the order of their names."""

    names: tuple[str, ...]
    shares: Shares


class _Head(_Page):
    format: int
    listings: int = Field(gt=0)
    groups: int = Field(gt=0)
    columns: tuple[Column, ...]
    categories: Categories


class Profile:
    """Everything that is remembered of n listings by g listers."""

    def __init__(self, head: _Head, wording: Wording) -> None:
        """Hold the tables; `of` and `from_bytes` make them."""
        self.listings, self.groups = head.listings, head.groups
        self.columns = {column.name: column for column in head.columns}
        self.categories, self.wording = head.categories, wording
        self._head = head

    @classmethod
    def of(cls, sample: Sample, judged: Sample | None = None) -> "Profile":
        """Profile a sample of n >= 1 listings; what the model says of them is taken from `judged`, when given."""
        judged = sample if judged is None else judged
        wording = wording_of(sample.grams, sample.groups)
        columns = []
        for i, name in enumerate(sample.columns):
            shown = judged if name.startswith((TEXT, SCORE, LEVEL)) else sample
            values = shown.numbers[:, i]
            columns.append(column_of(name, values, shown.groups, edges_of(name, values)))
        fresh = novelty(sample.grams, wording, known_from=2)  # its own lister is one of those that use it
        columns.append(column_of(NOVELTY, fresh, sample.groups, edges_of(NOVELTY, fresh)))
        names = tuple(sorted(set(sample.categories)))
        head = _Head(
            format=FORMAT,
            listings=len(sample),
            groups=len(np.unique(sample.groups)),
            columns=tuple(columns),
            categories=Categories(names=names, shares=category_shares(sample, names)),
        )
        return cls(head, wording)

    def to_bytes(self) -> bytes:
        """A compressed npz without pickles: the tables as JSON, the n-grams as arrays."""
        told = np.frombuffer(self._head.model_dump_json().encode(), dtype=np.uint8)
        blob = io.BytesIO()
        np.savez_compressed(blob, allow_pickle=False, tables=told, **self.wording.arrays())
        return blob.getvalue()

    @classmethod
    def from_bytes(cls, blob: bytes) -> "Profile":
        """Read what `to_bytes` wrote. Raises ReferenceInvalid when it is something else."""
        try:
            with np.load(io.BytesIO(blob), allow_pickle=False) as arrays:
                told: dict[str, NDArray[Any]] = {name: arrays[name] for name in arrays.files}
            head = _Head.model_validate_json(told.pop("tables").tobytes())
            if head.format != FORMAT:
                raise ReferenceInvalid(f"its reference has format {head.format}, this code reads {FORMAT}; retrain")
            return cls(head, Wording.from_arrays(told))
        except (*_UNREADABLE, ValueError, KeyError, TypeError) as error:
            raise ReferenceInvalid(f"the reference does not parse ({error}); retrain, or name --reference") from error


def edges_of(name: str, values: Floats) -> tuple[float, ...]:
    """Edges between the tenths of what is told; fewer where values repeat. A score has finer bins at its top."""
    told = values[~np.isnan(values)]
    if not len(told):
        return ()
    if name.startswith(LEVEL):
        return (0.0, 1.0)
    wanted = _QUANTILES + _TAIL if name.startswith(SCORE) else _QUANTILES
    edges = np.quantile(told, wanted, method="inverted_cdf")
    if name.startswith(EVASION):
        edges = np.append(edges, 0.0)  # whether it fired at all
    return tuple(np.unique(edges).tolist())


def column_of(name: str, values: Floats, groups: NDArray[np.int64], edges: tuple[float, ...]) -> Column:
    """Count a column, (n,), into bins between the edges."""
    told = ~np.isnan(values)
    bins = np.searchsorted(np.array(edges), values[told], side="left").astype(np.int64)
    return Column(
        name=name,
        edges=edges,
        told=shares_of(told.astype(np.int64), groups, 2),
        values=shares_of(bins, groups[told], len(edges) + 1),
    )


def category_shares(sample: Sample, names: tuple[str, ...]) -> Shares:
    """Shares of the named categories, and of all others in one more bin."""
    at = {name: i for i, name in enumerate(names)}
    bins = np.fromiter((at.get(one, len(names)) for one in sample.categories), np.int64, len(sample))
    return shares_of(bins, sample.groups, len(names) + 1)
