"""Grow a head's trees: as many as takedowns that they have not seen still profit from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from features.registry import CATALOGUE
from models.booster import TITLE_TEXT, Booster

if TYPE_CHECKING:
    import lightgbm as lgb

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_ALWAYS: Mapping[str, Any] = MappingProxyType(
    {
        "objective": "binary",
        "metric": "binary_logloss",
        "lambda_l2": 5.0,
        "feature_fraction": 0.6,
        "bagging_fraction": 0.8,
        "bagging_freq": 1,
        "max_bin": 127,
        "verbosity": -1,
        "deterministic": True,
        "force_row_wise": True,
    }
)


@dataclass(frozen=True, slots=True)
class Shape:
    """How trees are grown."""

    params: Mapping[str, Any]
    most: int  # trees
    patience: int  # trees that may come without any gain


# TreeSHAP's cost and rounding grow with the square of depth, so trees stay shallow (DECISIONS.md, 3).
MANY = Shape({"num_leaves": 10, "max_depth": 4, "min_data_in_leaf": 40, "learning_rate": 0.1}, 160, 25)
FEW = Shape(
    {"num_leaves": 16, "max_depth": 5, "min_data_in_leaf": 10, "learning_rate": 0.05, "extra_trees": True}, 400, 40
)
"""Random thresholds keep few takedowns from being learned by heart; chosen by cross-validation on several sets."""
EVASION = "evasion."
"""How the names of the columns begin that count disguises."""
SPARE = 10_000
"""Takedowns from which on a fold can be spared, and thresholds need not be random."""


def shape_for(takedowns: int) -> Shape:
    """The shape for this many labelled takedowns of a head."""
    return FEW if takedowns < SPARE else MANY


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """What trees of one head are grown from."""

    matrix: Floats  # (n, d)
    guilty: Bools  # (n,)
    folds: Ints  # (n,) by seller
    watched: Bools  # (n,) whether the example counts when it is held out; disguised twins do not
    weight: Floats  # (n,) how much each counts while it teaches
    names: Sequence[str]  # (d,)
    start: Floats | None = None  # (n,) log-odds the trees correct; None: they begin with the guilty share


@dataclass(frozen=True, slots=True, eq=False)
class Grown:
    """Trees, and what they say of the examples they had not seen."""

    booster: Booster
    trees: int
    unseen: Ints  # (m,) places of examples held out from the trees, or in turn
    margins: Floats  # (m,) their log-odds, `start` included


def grow_in_turn(examples: Examples, shape: Shape, *, seed: int, threads: int) -> Grown:
    """Hold out every fold once to find how many trees to grow, then grow as many from all examples."""
    import lightgbm as lgb  # noqa: PLC0415 - takes two seconds, and only training needs it

    params = _params(examples, shape, seed, threads)
    turns = [_Turn(examples, params, fold) for fold in np.unique(examples.folds[examples.watched])]
    losses: list[float] = []
    while len(losses) < shape.most and len(losses) - int(np.argmin([*losses, np.inf])) <= shape.patience:
        losses.append(sum(turn.grow() for turn in turns))
    trees = int(np.argmin(losses)) + 1
    margins = _start(examples)
    for turn in turns:
        margins[turn.held] += turn.margins(trees)
    unseen = np.flatnonzero(examples.watched)
    grown = lgb.train(params, _dataset(examples, params), num_boost_round=trees)
    return Grown(Booster.from_text(grown.model_to_string()), trees, unseen, margins[unseen])


def grow_watched(examples: Examples, shape: Shape, *, seed: int, threads: int) -> Grown:
    """Hold out the first fold and stop when it gains no more. For many examples, where one fold is not missed."""
    import lightgbm as lgb  # noqa: PLC0415

    params = _params(examples, shape, seed, threads)
    out = examples.folds == examples.folds[examples.watched].min()
    data = _dataset(examples, params, np.flatnonzero(~out))
    unseen = np.flatnonzero(out & examples.watched)
    watched = _dataset(examples, params, unseen, data)
    stop = lgb.early_stopping(shape.patience, verbose=False)
    grown = lgb.train(params, data, shape.most, valid_sets=[watched], callbacks=[stop])
    booster = Booster.from_text(grown.model_to_string(num_iteration=grown.best_iteration))
    margins = _start(examples)[unseen] + booster.margins(examples.matrix[unseen])
    return Grown(booster, grown.best_iteration, unseen, margins)


class _Turn:
    """One fold held out while trees grow from the others."""

    def __init__(self, examples: Examples, params: dict[str, Any], fold: int) -> None:
        import lightgbm as lgb  # noqa: PLC0415

        data = _dataset(examples, params, np.flatnonzero(examples.folds != fold))
        self.matrix = examples.matrix
        self.held = np.flatnonzero((examples.folds == fold) & examples.watched)
        self.booster = lgb.Booster(params, data)
        self.booster.add_valid(_dataset(examples, params, self.held, data), "held")

    def grow(self) -> float:
        """Grow one tree; returns the summed log loss of the held."""
        self.booster.update()
        loss: float = self.booster.eval_valid()[0][2]
        return loss * len(self.held)

    def margins(self, trees: int) -> Floats:
        """What the first trees say of the held."""
        model = Booster.from_text(self.booster.model_to_string(num_iteration=trees))
        return model.margins(self.matrix[self.held])


def _params(examples: Examples, shape: Shape, seed: int, threads: int) -> dict[str, Any]:
    # More of the title's text, or of a disguise, never means less risk: honest disguises would excuse the others.
    declared = {feature.name: feature.rising for feature in CATALOGUE}
    monotone = [int(name == TITLE_TEXT or name.startswith(EVASION)) or declared.get(name, 0) for name in examples.names]
    return {**_ALWAYS, **shape.params, "seed": seed, "num_threads": threads, "monotone_constraints": monotone}


def _dataset(
    examples: Examples, params: dict[str, Any], rows: Ints | None = None, reference: "lgb.Dataset | None" = None
) -> "lgb.Dataset":
    import lightgbm as lgb  # noqa: PLC0415

    rows = np.arange(len(examples.guilty)) if rows is None else rows
    start = None if examples.start is None else examples.start[rows]
    guilty = examples.guilty[rows].astype(np.float64)
    weight = examples.weight[rows]
    return lgb.Dataset(examples.matrix[rows], guilty, reference, weight, init_score=start, params=params)


def _start(examples: Examples) -> Floats:
    return np.zeros(len(examples.guilty)) if examples.start is None else examples.start.copy()
