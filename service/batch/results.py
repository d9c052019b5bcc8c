"""Results read again: the listing and its answer, from files written with --with-listing."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from features.intake import ListingRejected
from features.listing import Listing
from features.tables import FileRejected, open_table
from models.screening import Screening
from service import wire

_SCREENING = TypeAdapter(Screening)
_BESIDE = ("source", "row", "listing", "evaluation_status")


@dataclass(frozen=True, slots=True)
class Result:
    """A row that was screened, or, without listing, one that was rejected."""

    source: str
    row: int
    listing: Listing | None
    screening: Screening | None


def read_results(path: Path) -> Iterator[Result]:
    """Yield every row of a .jsonl file (.gz and .zst too), in order. Raises FileRejected when it holds other things."""
    table = open_table(path)
    if table.header is not None:
        raise FileRejected(f"{path}: results are read from .jsonl; screen with --out NAME.jsonl --with-listing")
    for entry in table:
        told = entry.told
        try:
            if not isinstance(told, dict):
                raise FileRejected(f"{path}, line {entry.line} is no result of zhenwei screen; get a whole copy of it")
            where = str(told.get("source", path.name)), int(told["row"])
            if "rejected" in told:
                yield Result(*where, None, None)
                continue
            listing = wire.listing(told["listing"])
            answer = {name: value for name, value in told.items() if name not in _BESIDE}
            yield Result(*where, listing, _SCREENING.validate_python(answer))
        except (KeyError, TypeError, ValueError, ListingRejected, ValidationError) as error:
            raise FileRejected(
                f"{path}, line {entry.line} tells no listing beside its answer; screen again with --with-listing"
            ) from error
