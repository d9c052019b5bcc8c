"""`zhenwei screen --engine spark`: files of listings on a cluster."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.screening import Explain
    from service.batch.outcome import Outcome


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
    from service import clock, home  # noqa: PLC0415 - heavy, see service.cli
    from service.cli import options  # noqa: PLC0415
    from service.settings import read_settings  # noqa: PLC0415
    from service.spark import run, session  # noqa: PLC0415
    from service.spark.parcel import Parcel  # noqa: PLC0415

    asked = options.pairs("--spark-conf", settings)
    ours = read_settings({"bundle": bundle})
    parcel = Parcel.pack(home.bundle(ours), home.registers(ours))
    with session.opened(master, asked) as cluster:
        return run.screen_files(
            cluster, told, out, parcel,
            names=names, explain=explain, today=clock.today(), listed=listed, replace=replace,
        )  # fmt: skip
