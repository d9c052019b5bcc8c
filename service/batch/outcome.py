"""What a screening came to."""

from dataclasses import dataclass

import orjson
from pydantic import TypeAdapter

from models.screening import Versions
from service.batch.journal import Standing
from service.batch.tally import Tally

_INPUTS = TypeAdapter(list[tuple[str, int, str]])
_VERSIONS = TypeAdapter(Versions)


@dataclass(frozen=True, slots=True)
class Counted:
    """A file and what became of its rows: screened + rejected == rows."""

    name: str
    bytes: int
    sha256: str
    rows: int
    screened: int
    rejected: int
    broken: str | None  # why it could not be read to its end


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a screening came to."""

    tally: Tally
    files: tuple[Counted, ...]
    versions: Versions
    law_as_of: str  # the day whose law is cited where a listing has none
    resumed: int = 0  # rows an earlier run had done

    @classmethod
    def of(cls, standing: Standing, resumed: int) -> "Outcome":
        """Sum up what is committed."""
        files = tuple(
            Counted(name, size, digest, rows, rows - rejected, rejected, standing.broken.get(name))
            for (name, size, digest), (rows, rejected) in zip(
                _INPUTS.validate_python(standing.run["inputs"]), standing.files, strict=True
            )
        )
        return cls(standing.tally, files, _VERSIONS.validate_python(standing.run), standing.today, resumed)

    def to_json(self) -> bytes:
        """The same as JSON, to keep beside the answers."""
        told = {"tally": self.tally, "files": self.files, "versions": self.versions, "law_as_of": self.law_as_of}
        return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)
