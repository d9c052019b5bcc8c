"""A pile of facts: a file of lines, and in memory what links and ranks them.

Merge piles by putting the lines of one onto another (`add_lines`): the order does not matter to what is found, because
leads are ranked by what they are. A million facts take about 1 GB of disk, and up to 1.5 GB of memory while grouped.
"""

import tempfile
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from service.leads.fact import LeadFact
from service.leads.harm import Weighing


@dataclass(slots=True)
class Seller:
    """What links a seller to others."""

    uscc: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    contacts: set[str] = field(default_factory=set)


class Pile:
    """Facts, by number from 0."""

    def __init__(self, weighing: Weighing, folder: Path | None = None) -> None:
        """Keep lines in an unnamed file in `folder` (None: where the system keeps such files)."""
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed with the pile
        self._ends = array("q", [0])
        self._weigh = weighing
        self._keys: dict[str, int] = {}
        self._names: list[str] = []
        self.sellers: list[Seller] = []
        self.seller_of = array("q")  # fact -> seller
        self.titles: list[str] = []
        self.prices = array("d")  # NaN: not told
        self.harms = array("d")

    def __len__(self) -> int:
        """Count the facts."""
        return len(self.titles)

    def add(self, fact: LeadFact) -> None:
        """Put a fact onto the pile."""
        self._add(fact, fact.to_json())

    def add_lines(self, lines: Iterable[bytes]) -> None:
        """Put facts onto the pile that come as JSON, one a line."""
        for line in lines:
            if line := line.strip():
                self._add(LeadFact.from_json(line), line)

    def lines(self) -> Iterator[bytes]:
        """Every fact as JSON, for another pile."""
        return map(self._line, range(len(self)))

    def fact(self, number: int) -> LeadFact:
        """Read a fact back."""
        return LeadFact.from_json(self._line(number))

    def key(self, seller: int) -> str:
        """What a seller is called, see LeadFact.seller."""
        return self._names[seller]

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def _line(self, number: int) -> bytes:
        start, end = self._ends[number : number + 2]
        self._file.seek(start)
        return self._file.read(end - start)

    def _add(self, fact: LeadFact, line: bytes) -> None:
        self._file.seek(self._ends[-1])
        self._file.write(line)
        self._ends.append(self._ends[-1] + len(line))
        seller = self._seller(fact)
        self.seller_of.append(seller)
        self.titles.append(fact.title)
        self.prices.append(float("nan") if fact.price_cny is None else fact.price_cny)
        self.harms.append(self._weigh.of(fact).harm)

    def _seller(self, fact: LeadFact) -> int:
        number = self._keys.setdefault(fact.seller, len(self._keys))
        if number == len(self.sellers):
            self.sellers.append(Seller())
            self._names.append(fact.seller)
        seller = self.sellers[number]
        if fact.uscc:
            seller.uscc.add(fact.uscc.strip().upper())
        if fact.seller_name:
            seller.names.add(fact.seller_name)
        seller.contacts.update(fact.contacts)
        return number
