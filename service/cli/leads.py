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
    files: Annotated[list[Path], typer.Argument(help="Files of listings, as `zhenwei screen` reads them.")],
    *,
    out: Annotated[Path, typer.Option(help="leads.xlsx: the workbook alone; leads.zip or a folder: sealed package.")],
    names: Annotated[list[str] | None, typer.Option("--map", help="列名=title: what a column holds.")] = None,
    most: Annotated[int, typer.Option(help="Leads that are described, the worst first.", min=1, max=5000)] = 200,
    force: Annotated[bool, typer.Option("--force", help="Replace what stands there.")] = False,
    bundle: Annotated[Path | None, typer.Option(help="Folder of the bundle. Default: the active one.")] = None,
) -> None:
    """Screen files and turn what is risky into leads. Exit code 1 says that some rows were rejected."""
    from contextlib import closing  # noqa: PLC0415 - heavy, see service.cli

    from rich.console import Console  # noqa: PLC0415

    from service import clock, home, rows  # noqa: PLC0415
    from service.cli import options  # noqa: PLC0415
    from service.leads import Pile, Weighing, leads_of  # noqa: PLC0415
    from service.leads.account import gather  # noqa: PLC0415
    from service.leads.package import refuse_standing  # noqa: PLC0415
    from service.settings import read_settings  # noqa: PLC0415

    console = Console(stderr=True)
    refuse_standing(out, force=force)
    sources = [rows.open_source(file, options.pairs("--map", names)) for file in files]
    for note in dict.fromkeys(note for source in sources for note in source.notes):
        console.print(f"! {note}", markup=False, highlight=False)
    screener = home.screener(read_settings({"bundle": bundle}))
    known, today = screener.bundle.knowledge, clock.today()
    with closing(Pile(Weighing.of_knowledge(known))) as pile, options.progress(console, "screened") as progress:
        account = gather(sources, screener, pile, today=today, progress=progress)
        found = leads_of(pile, known, today, most=most)
    _write(found, account, out, force=force)
    if account.total("rejected"):
        raise typer.Exit(1)


def _write(found: "Leads", account: "Account", out: Path, *, force: bool) -> None:
    from service.leads.book.book import workbook  # noqa: PLC0415 - heavy, see service.cli
    from service.leads.files import files  # noqa: PLC0415
    from service.leads.package import seal  # noqa: PLC0415
    from service.terminal import visible  # noqa: PLC0415

    told = f"{found.groups:,} leads from {found.facts:,} risky listings of {account.total('rows'):,} rows"
    if out.suffix.lower() == ".xlsx":
        aside = out.with_name(f".{out.name}.partial")
        aside.write_bytes(workbook(found, account))
        aside.replace(out)
        typer.echo(visible(f"{told} → {out}"))
        return
    sealed = seal(files(found, account), account, out, force=force)
    typer.echo(visible(f"{told} → {out}"))
    typer.echo(f"seal {sealed}: write it into the letter; whoever receives the package runs zhenwei leads verify")


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
