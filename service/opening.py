"""All the files of one screening, opened, with what their columns were taken for."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from features.columns import ColumnsRejected
from features.tables import FileRejected
from service.batch.inputs import find
from service.mapping import Mapped, open_mapped
from service.rows import encodable

_TOLD = 5  # files told of when several cannot be opened


@dataclass(frozen=True, slots=True)
class Opened:
    """Files in the order they are read."""

    mapped: tuple[Mapped, ...]
    names: tuple[str, ...]  # as answers call them
    notes: tuple[str, ...]  # what the reader of the result should know

    def called(self, name: str) -> "Opened":
        """The same, of one file only, which answers call by another name. Raises FileRejected."""
        if len(self.mapped) != 1:
            raise FileRejected(f"{len(self.mapped)} files cannot all be called {name}; name one file")
        return replace(self, names=(encodable(name),))

    def kinds(self) -> Iterator[tuple[Mapped, int]]:
        """One file of every kind of table, and how many are alike: the same columns, taken for the same."""
        alike: dict[tuple[tuple[str, str, str], ...], list[Mapped]] = {}
        for mapped in self.mapped:
            alike.setdefault(tuple((one.column, one.field, one.how) for one in mapped.shown), []).append(mapped)
        return ((several[0], len(several)) for several in alike.values())


def open_all(
    told: Sequence[str], names: Mapping[str, str], *, beside: Collection[Path] = (), guess: bool = True
) -> Opened:
    """Open files, folders and patterns; see service.batch.inputs. `beside` is written, not read.

    Raises FileRejected, naming every file that cannot be opened, or ColumnsRejected.
    """
    found = find(told, beside)
    mapped: list[Mapped] = []
    wrong: list[FileRejected | ColumnsRejected] = []
    for path in found.paths:
        try:
            mapped.append(open_mapped(path, names, guess=guess))
        except (FileRejected, ColumnsRejected) as error:
            wrong.append(error)
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        more = f"; and {len(wrong) - _TOLD} more" if len(wrong) > _TOLD else ""
        raise FileRejected(f"{len(wrong)} files cannot be read: {'; '.join(map(str, wrong[:_TOLD]))}{more}")
    notes = dict.fromkeys((*found.notes, *(note for one in mapped for note in one.source.notes)))
    return Opened(tuple(mapped), found.names(), tuple(notes))
