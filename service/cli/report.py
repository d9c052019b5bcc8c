"""`zhenwei report`: results as a page to look at."""

from pathlib import Path
from typing import Annotated

import typer


def report(
    results: Annotated[
        list[Path], typer.Argument(help="Results of `zhenwei screen --with-listing`: .jsonl, also .gz or .zst.")
    ],
    *,
    out: Annotated[Path, typer.Option(help="The page, .html; it needs nothing beside it.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a page that is there.")] = False,
) -> None:
    """Draw what a screening found: where the risk is, what is new, who belongs together."""
    from itertools import chain  # noqa: PLC0415

    from service import clock  # noqa: PLC0415
    from service.batch.results import read_results  # noqa: PLC0415 - heavy, see service.cli
    from service.cli import options  # noqa: PLC0415
    from service.report.page import report as page_of  # noqa: PLC0415

    options.page_path(out)
    if out.exists() and not force:
        raise options.OptionRejected(f"--out {out} is there already; name another file, or replace it with --force")
    page = page_of(chain.from_iterable(map(read_results, results)), clock.today(), [path.name for path in results])
    aside = out.with_name(f".{out.name}.new")
    aside.write_bytes(page)
    aside.replace(out)
    typer.echo(f"{out}")
