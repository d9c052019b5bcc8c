"""`zhenwei leads`: from crawled files to whom to visit, under which article, with what evidence."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from service.leads import Leads
    from service.leads.account import Account


class FilesFirst(TyperGroup):
    """What is no command is a file: `zhenwei leads a.csv --out leads.zip`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - of the click that typer brings
        """Put the command in front that is left out."""
        if args and args[0] not in {*self.commands, "--help"}:
            args = ["make", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    help="Leads for inspectors: zhenwei leads FILES --out leads.zip, and their verification.", no_args_is_help=True
)


@app.command("make")
def make(
    files: Annotated[list[str], typer.Argument(help="Files, folders or patterns, as `zhenwei screen` reads them.")],
    *,
    out: Annotated[Path, typer.Option(help="leads.xlsx: the workbook alone; leads.zip or a folder: sealed package.")],
    names: Annotated[list[str] | None, typer.Option("--map", help="列名=title: what a column holds.")] = None,
    guess: Annotated[bool, typer.Option(help="Tell columns without a known name by what they hold.")] = True,
    most: Annotated[int, typer.Option(help="Leads that are described, the worst first.", min=1, max=5000)] = 200,
    processes: Annotated[int, typer.Option(help="How many screen; 0 = one per core.", min=0, max=256)] = 0,
    answers: Annotated[
        bool, typer.Option("--answers", help="The files are answers: JSON lines of screen --with-listing.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace what stands there.")] = False,
    engine: Annotated[
        str, typer.Option(help="local: this machine; spark: a cluster screens, we group here.")
    ] = "local",
    master: Annotated[str, typer.Option(help="Spark: where the cluster is.")] = "local[*]",
    spark_conf: Annotated[list[str] | None, typer.Option(help="Spark: NAME=VALUE, any number of times.")] = None,
    bundle: Annotated[Path | None, typer.Option(help="Folder of the bundle. Default: the active one.")] = None,
) -> None:
    """Screen files and turn what is risky into leads.

    Cut off, the same command goes on where it stopped. Exit codes: 0 done; 1 done, some rows were rejected; 2 nothing
    done; 4 stopped midway.
    """
    from functools import partial  # noqa: PLC0415 - heavy, see service.cli

    from rich.console import Console  # noqa: PLC0415

    from service import clock, home  # noqa: PLC0415
    from service.answers import Stopped  # noqa: PLC0415
    from service.cli import options, spark  # noqa: PLC0415
    from service.cli.screen import STOPPED, show, stoppable, watching  # noqa: PLC0415
    from service.leads.gathering import Wish, gathered  # noqa: PLC0415
    from service.leads.package import refuse_standing  # noqa: PLC0415
    from service.opening import open_all  # noqa: PLC0415
    from service.settings import read_settings  # noqa: PLC0415
    from training.crew import usable_cores  # noqa: PLC0415

    console = Console(stderr=True)
    cluster = options.one_of("--engine", engine, ("local", "spark")) == "spark"
    if cluster and (answers or processes):
        raise options.OptionRejected(
            "--engine spark: --answers and --processes are of one machine only; leave them out"
        )
    if answers:
        _of_answers(list(map(Path, files)), out, bundle, most=most, force=force)
        return
    asked = options.pairs("--map", names)
    refuse_standing(out, force=force)
    if cluster:
        made = spark.leads(
            files, out, master=master, settings=spark_conf, names=asked, bundle=bundle, most=most
        )  # fmt: skip
        _finish(*made, out, force=force)
        return
    opened = open_all(files, asked, beside=[out], guess=guess)
    show(opened, console, whole=False)
    settings = read_settings({"bundle": bundle})
    wish = Wish(
        opened=opened,
        open=partial(home.lasting_screener, settings.model_copy(update={"bundle": home.bundle(settings)})),
        today=clock.today(),
        options={"map": repr(sorted(asked.items())), "guess": str(guess)},
        processes=processes or usable_cores(),
        most=most,
    )
    with watching(console, None) as watch, stoppable() as stop:
        try:
            found, account = gathered(wish, out, watch, stop)
        except Stopped as error:
            console.print(f"zhenwei: {error}", markup=False, highlight=False)
            raise typer.Exit(STOPPED) from error
    _finish(found, account, out, force=force)


def _of_answers(files: list[Path], out: Path, bundle: Path | None, *, most: int, force: bool) -> None:
    from models import open_bundle  # noqa: PLC0415 - heavy, see service.cli
    from service import clock, home  # noqa: PLC0415
    from service.leads.answered import from_answers  # noqa: PLC0415
    from service.leads.package import refuse_standing  # noqa: PLC0415
    from service.settings import read_settings  # noqa: PLC0415

    refuse_standing(out, force=force)
    known = open_bundle(home.bundle(read_settings({"bundle": bundle}))).knowledge
    found, account = from_answers(files, known, clock.today(), most=most)
    _finish(found, account, out, force=force)


def _finish(found: "Leads", account: "Account", out: Path, *, force: bool) -> None:
    from service.leads.writing import write_leads  # noqa: PLC0415 - heavy, see service.cli
    from service.terminal import visible  # noqa: PLC0415

    sealed = write_leads(found, account, out, force=force)
    told = f"{found.groups:,} leads from {found.facts:,} risky listings of {account.rows:,} rows"
    typer.echo(visible(f"{told} → {out}"))
    if sealed:
        typer.echo(f"seal {sealed}: write it into the letter; whoever receives the package runs zhenwei leads verify")
    if account.rejected:
        raise typer.Exit(1)


@app.command()
def verify(
    package: Annotated[Path, typer.Argument(help="A package: folder or .zip.")],
    *,
    expect: Annotated[str | None, typer.Option(help="The seal, as the letter tells it.")] = None,
) -> None:
    """Check a package. Exit code 1 names the first file that was changed, is missing or was added."""
    from service.leads.package import verify as check  # noqa: PLC0415 - heavy, see service.cli
    from service.terminal import visible  # noqa: PLC0415

    found = check(package)
    if expect is not None and expect.strip().lower() != found.seal:
        typer.echo(f"the seal is {found.seal}, not the one expected: this is another package")
        raise typer.Exit(1)
    if found.fault is not None:
        typer.echo(visible(f"broken: {found.fault}"))
        raise typer.Exit(1)
    typer.echo(f"{found.files} files are as they were sealed; seal {found.seal}")
