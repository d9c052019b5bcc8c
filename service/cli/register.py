"""`zhenwei register`: what authorities say they have licensed."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.ledger import Who, Why, name_of, opened

if TYPE_CHECKING:
    from datetime import date

app = typer.Typer(help="Import registers of licences, list and remove them.", no_args_is_help=True)
_TOP = 5


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A table with number, product, holder, status; Chinese headers too.")],
    *,
    kind: Annotated[str, typer.Option(help="Which licence, e.g. drug_approval, health_food_registration.")],
    as_of: Annotated[str, typer.Option(help="The day the register was as it stands in the file, e.g. 2026-11-01.")],
    complete: Annotated[
        bool, typer.Option("--complete", help="It holds every number in force that day: one it lacks is a finding.")
    ] = False,
    names: Annotated[list[str] | None, typer.Option("--map", help="列名=number: what a column holds.")] = None,
    who: Who = None,
) -> None:
    """Keep a snapshot of a register and ask it from now on. Exit code 1 says that some rows were left out."""
    from features import knowledge  # noqa: PLC0415 - heavy, see service.cli
    from features.tables import open_table  # noqa: PLC0415
    from models.registers import Entry, Snapshot  # noqa: PLC0415
    from service import home  # noqa: PLC0415
    from service.cli.options import pairs  # noqa: PLC0415
    from service.ledger import registers  # noqa: PLC0415
    from service.registers.reading import Refused, RegisterReader  # noqa: PLC0415
    from service.settings import read_settings  # noqa: PLC0415
    from service.terminal import visible  # noqa: PLC0415

    day = _day(as_of)
    table, reader = open_table(file), RegisterReader(knowledge.load(), kind)
    rows = list(reader.read(table, pairs("--map", names)))
    refused = [row for row in rows if isinstance(row, Refused)]
    for row in refused[:_TOP]:
        typer.echo(visible(f"! line {row.line}: {row.why}"), err=True)
    if len(refused) > _TOP:
        typer.echo(f"! and {len(refused) - _TOP:,} more rows", err=True)
    digest, entries = home.registers_store(read_settings({})).keep(row for row in rows if isinstance(row, Entry))
    snapshot = Snapshot(kind, day, digest, complete)
    with closing(opened()) as ledger, ledger.writing() as page:
        new = registers.add(page, snapshot, entries=entries, source=file.name[:255], who=name_of(who))
    state = "imported" if new else "stands already"
    typer.echo(f"{digest[:16]} {kind} {day}: {entries:,} entries of {len(rows):,} rows {state}")
    if refused:
        typer.echo(f"{len(refused):,} rows were left out")
        raise typer.Exit(1)


@app.command("list")
def list_() -> None:
    """Show every snapshot, by kind; * marks the one of each kind that is asked."""
    from service.ledger import registers  # noqa: PLC0415 - heavy, see service.cli
    from service.terminal import visible  # noqa: PLC0415

    with closing(opened()) as ledger, ledger.view() as view:
        found = registers.kept(view)
    asked = registers.standing(found)
    for one in sorted(found, key=lambda one: (one.snapshot.kind, one.snapshot.as_of)):
        told = one.snapshot
        mark = "*" if asked[told.kind] == told else " "
        coverage = "complete" if told.complete else "in part"
        typer.echo(
            visible(
                f"{mark} {one.id} {told.kind} {told.as_of} {one.entries:,} entries, {coverage}; "
                f"{one.source}, {one.who}, {one.imported_at}"
            )
        )
    if not found:
        typer.echo("no register was imported: licence numbers are checked by their structure only")


@app.command()
def remove(
    register_id: Annotated[str, typer.Argument(help="As `zhenwei register list` shows it.")],
    *,
    why: Why,
    who: Who = None,
) -> None:
    """Ask a snapshot no longer; its file stays, for the answers that name it."""
    from service.ledger import registers  # noqa: PLC0415 - heavy, see service.cli

    with closing(opened()) as ledger, ledger.writing() as page:
        for one in registers.remove(page, register_id, who=name_of(who), why=why):
            typer.echo(f"{register_id} {one.kind} {one.as_of} is asked no longer")


def _day(told: str) -> "date":
    from datetime import date  # noqa: PLC0415

    from service import clock  # noqa: PLC0415 - heavy, see service.cli
    from service.cli.options import OptionRejected  # noqa: PLC0415

    try:
        day = date.fromisoformat(told)
    except ValueError as error:
        raise OptionRejected(f"--as-of {told}: write a day such as 2026-11-01") from error
    if day > clock.today():
        raise OptionRejected(f"--as-of {told}: that day is still to come; write the day the register was read")
    return day
