"""`zhenwei screen` and `zhenwei leads` with `--engine spark`: files of listings on a cluster."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.screening import Explain
    from service.batch.outcome import Outcome
    from service.leads import Leads
    from service.leads.account import Account


def screen(
    told: Sequence[str],
    out: str,
    *,
    master: str,
    settings: Sequence[str] | None,
    names: Mapping[str, str],
    explain: "Explain",
    bundle: Path | None,
    listed: bool,
    replace: bool,
) -> "Outcome":
    """Screen on Spark. Raises ZhenweiError, saying what to do."""
    from service import clock  # noqa: PLC0415 - heavy, see service.cli
    from service.cli import options  # noqa: PLC0415
    from service.spark import run, session  # noqa: PLC0415
    from service.spark.screening import packed  # noqa: PLC0415

    asked = options.pairs("--spark-conf", settings)
    parcel = packed(bundle)
    with session.opened(master, asked) as cluster:
        return run.screen_files(
            cluster, told, out, parcel,
            names=names, explain=explain, today=clock.today(), listed=listed, replace=replace,
        )  # fmt: skip


def leads(
    told: Sequence[str],
    out: Path,
    *,
    master: str,
    settings: Sequence[str] | None,
    names: Mapping[str, str],
    bundle: Path | None,
    most: int,
) -> "tuple[Leads, Account]":
    """Make leads on Spark; facts are spooled beside `out`. Raises ZhenweiError, saying what to do."""
    from service import clock  # noqa: PLC0415 - heavy, see service.cli
    from service.cli import options  # noqa: PLC0415
    from service.spark import session  # noqa: PLC0415
    from service.spark.leads import gathered  # noqa: PLC0415
    from service.spark.screening import packed  # noqa: PLC0415

    asked = options.pairs("--spark-conf", settings)
    parcel = packed(bundle)
    with session.opened(master, asked) as cluster:
        return gathered(cluster, told, parcel, names=names, today=clock.today(), most=most, folder=out.parent)
