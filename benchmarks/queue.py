"""How quickly the queue gives out a case: `python -m benchmarks.queue [EVALUATIONS]`, SQLite, one in twenty risky."""

import sys
import time
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import orjson

from features.knowledge import load
from features.normalize import Folder
from features.reader import Reader
from service.ledger import cases, queue
from service.ledger.cases import Decision, Reviewer, Wish
from service.ledger.ledger import Ledger
from service.ledger.queue import Filing
from service.ledger.tables import EVALUATIONS, RECORDS

_PART, _RISKY, _STEPS = 20_000, 20, 300
_WORDS = ("高仿", "包包", "复刻", "手表", "面膜", "减肥", "特价", "新款", "同款", "正品")
_AT = "2026-03-02T00:00:00.000000Z"


def fill(ledger: Ledger, count: int) -> None:
    """Write evaluations straight into the tables; the queue does not look at the chain's digests."""
    same = dict.fromkeys(("reasons", "heads", "findings"), "{}") | dict.fromkeys(("bundle", "knowledge", "code"), "x")
    for first in range(1, count + 1, _PART):
        records: list[dict[str, object]] = []
        rows: list[dict[str, object]] = []
        for seq in range(first, min(first + _PART, count + 1)):
            risky, title = seq % _RISKY == 0, "".join(_WORDS[int(d)] for d in str(seq)) + f" {seq % 97}"
            told = {"listing_id": str(seq), "title": title, "price_cny": seq % 991, "trade": {"orders_30d": seq % 89}}
            records.append({"seq": seq, "at": _AT, "kind": "evaluation", "digest": ""})
            rows.append(same | {
                "seq": seq, "evaluation_id": str(seq), "evaluation_status": "new", "assessment": "assessed",
                "level": "high" if risky else "low", "risk_score": 85 + seq % 15 if risky else 5, "category": "drugs",
                "action": "review" if risky else "pass", "law_as_of": _AT[:10], "listing_digest": "",
                "listing_id": str(seq), "seller_id": str(seq % 5000), "snapshot": orjson.dumps(told).decode(),
            })  # fmt: skip
        with ledger.engine.begin() as connection:
            connection.execute(RECORDS.insert(), records)
            connection.execute(EVALUATIONS.insert(), rows)


def main() -> None:
    """Fill, follow, then let a reviewer work."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    known = load()
    folder: Folder = Reader(known).folder
    priorities = {one.id: one.priority for one in known.categories.values()}
    filing = Filing(priorities, lambda titles: [one.text for one in folder.fold_many(titles)])
    with TemporaryDirectory() as place:
        ledger = Ledger(f"sqlite:///{Path(place) / 'ledger.sqlite3'}")
        ledger.open()
        fill(ledger, count)
        began = time.perf_counter()
        queue.follow(ledger, filing)
        print(f"{count:,} evaluations, {count // _RISKY:,} cases filed in {time.perf_counter() - began:.1f} s")
        claimed, decided, by = [], [], Reviewer("周")
        for _ in range(_STEPS):
            began = time.perf_counter()
            queue.follow(ledger, filing, 2)
            with ledger.writing() as page:
                found = cases.next_case(page, Wish(by))
            claimed.append(1000 * (time.perf_counter() - began))
            assert found is not None  # noqa: S101 - a benchmark of nothing would look quick
            began = time.perf_counter()
            with ledger.writing() as page:
                cases.decide(page, Decision(found, by, "false_alarm"))
            decided.append(1000 * (time.perf_counter() - began))
        for name, told in (("next", claimed), ("decide", decided)):
            print(f"{name}: median {median(told):.1f} ms, p99 {quantiles(told, n=100)[-1]:.1f} ms")
        ledger.close()


if __name__ == "__main__":
    main()
