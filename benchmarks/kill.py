"""Labels while the whole service is killed again and again: every one acknowledged is kept, none is kept twice.

    python -m benchmarks.kill --labels 20000 --kills 20 --ledger postgresql+psycopg://root@127.0.0.1:5432/test

Every label is sent until it is acknowledged, as a client would; half of them have an id of the sender's.
"""

import argparse
import asyncio
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass

import httpx2
import orjson
from sqlalchemy import select

from benchmarks.running import Service, running
from service.ledger.ledger import Ledger
from service.ledger.tables import LABELS
from service.ledger.verification import verify

LISTINGS, AT_ONCE = 200, 32


@dataclass
class Sent:
    """What was acknowledged, and how often something had to be sent again."""

    acknowledged: int = 0
    again: int = 0


async def send(client: httpx2.AsyncClient, path: str, told: dict[str, object], sent: Sent) -> None:
    """Send until it is acknowledged."""
    while True:
        with suppress(httpx2.HTTPError):
            answer = await client.post(path, json=told)
            if answer.is_success:
                return
            if answer.status_code != httpx2.codes.SERVICE_UNAVAILABLE:
                raise SystemExit(f"{answer.status_code}: {answer.text}")
        sent.again += 1
        await asyncio.sleep(0.1)


async def label(service: Service, labels: int, kills: int) -> Sent:
    """Send `labels` labels; kill the service, with all its workers, `kills` times on the way."""
    sent, door, up = Sent(), asyncio.Semaphore(AT_ONCE), asyncio.Event()
    up.set()
    deaths = {labels * n // (kills + 1) for n in range(1, kills + 1)}
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{service.port}", timeout=10) as client:
        listings = [{"listing_id": str(i), "title": "帆布包"} for i in range(LISTINGS)]
        await send(client, "/v1/score/batch", {"listings": listings}, sent)

        async def one(number: int) -> None:
            told: dict[str, object] = {"listing_id": str(number % LISTINGS), "verdict": "false_alarm"}
            own = {"label_id": f"L{number}"} if number % 2 else {"analyst": f"A{number}"}
            async with door:
                await send(client, "/v1/labels", told | own, sent)
            sent.acknowledged += 1
            if sent.acknowledged in deaths:
                service.kill()
                await asyncio.to_thread(service.start)

        await asyncio.gather(*(one(number) for number in range(labels)))
    return sent


def kept(url: str) -> tuple[Counter[str], int, int | None]:
    """How often each label is kept, how many records there are, and the first that does not hold."""
    ledger = Ledger(url)
    with ledger.reading() as connection:
        found = verify(connection)
        rows = connection.execute(select(LABELS.c.label_id, LABELS.c.analyst)).all()
    ledger.close()
    return Counter(row.analyst or row.label_id for row in rows), found.records, found.broken


def main() -> None:
    """Run and print; exit code 1 when a label was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--ledger", default="sqlite")
    args = parser.parse_args()
    with running(ledger=args.ledger, redis="memory://", workers=args.workers, variables={}) as service:
        start = time.perf_counter()
        sent = asyncio.run(label(service, args.labels, args.kills))
        seconds = time.perf_counter() - start
        url = service.variables["ZHENWEI_LEDGER_URL"]
        home = service.variables["ZHENWEI_HOME"]
        counts, records, broken = kept(f"sqlite:///{home}/ledger.sqlite3" if url == "sqlite" else url)
    wanted = {f"L{i}" if i % 2 else f"A{i}" for i in range(args.labels)}
    figures = {
        "acknowledged": sent.acknowledged, "kept": counts.total(), "lost": len(wanted - counts.keys()),
        "doubled": sum(n > 1 for n in counts.values()), "kills": args.kills, "sent again": sent.again,
        "records": records, "broken": broken, "seconds": round(seconds),
    }  # fmt: skip
    print(orjson.dumps(figures).decode())
    if figures["lost"] or figures["doubled"] or broken is not None:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
