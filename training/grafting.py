"""Graft new trees on an older booster's: one model file whose margins are trust * old + constant + new."""

import re
from collections.abc import Mapping, Sequence

from training.errors import TrainingError

_TREE = re.compile(r"^Tree=\d+\n.*?(?=^Tree=|^end of trees)", re.MULTILINE | re.DOTALL)
_SIZES = re.compile(r"^tree_sizes=.*\n", re.MULTILINE)  # LightGBM reads trees one after the other without it
_COLUMNS = re.compile(r"^split_feature=(.*)$", re.MULTILINE)
_LEAVES = re.compile(r"^leaf_value=(.*)$", re.MULTILINE)


def graft(old: str, new: str, places: Mapping[int, int], *, trust: float, constant: float, trees: int) -> str:
    """Put the first `trees` trees of `new` after all trees of `old`, both saved by LightGBM.

    `places`: column of the old booster -> column of the new one. Additive parts stay exact, since a tree's parts
    scale with its leaves. Raises TrainingError when an old tree asks for a column that has no place.
    """
    stock = [_scaled(tree, trust, constant if at == 0 else 0.0, places) for at, tree in enumerate(_trees(old))]
    first = new.index("Tree=0\n")
    last = new.index("end of trees")
    grown = [*stock, *_trees(new)[:trees]]
    numbered = [re.sub(r"^Tree=\d+", f"Tree={at}", tree, count=1) for at, tree in enumerate(grown)]
    return _SIZES.sub("", new[:first]) + "".join(numbered) + new[last:]


def columns_asked(text: str) -> frozenset[int]:
    """Columns that some tree of a saved booster splits on."""
    return frozenset(int(column) for told in _COLUMNS.findall(text) for column in told.split())


def places_of(old: Sequence[str], new: Sequence[str], asked: frozenset[int]) -> Mapping[int, int]:
    """Where the old booster's columns, those it asks for, stand among the new names."""
    where = {name: at for at, name in enumerate(new)}
    if gone := sorted(old[at] for at in asked if old[at] not in where):
        raise TrainingError(
            f"the bundle to start from looks at {gone}, which these takedowns do not tell; add these columns, or train"
            " without --from"
        )
    return {at: where[old[at]] for at in asked}


def _trees(text: str) -> list[str]:
    return _TREE.findall(text)


def _scaled(tree: str, trust: float, constant: float, places: Mapping[int, int]) -> str:
    def leaves(told: re.Match[str]) -> str:
        return "leaf_value=" + " ".join(repr(float(value) * trust + constant) for value in told[1].split())

    def columns(told: re.Match[str]) -> str:
        return "split_feature=" + " ".join(str(places[int(column)]) for column in told[1].split())

    return _COLUMNS.sub(columns, _LEAVES.sub(leaves, tree))
