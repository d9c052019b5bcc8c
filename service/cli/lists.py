"""`zhenwei list`: what people decided about sellers, listings, brands and terms."""

import csv
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.cli.ledger import Who, Why, name_of, opened

if TYPE_CHECKING:
    from service.ledger.lists import Wish

app = typer.Typer(help="Allow or deny sellers and listings, deny brands and terms.", no_args_is_help=True)


@app.command()
def add(
    *,
    kind: Annotated[str, typer.Option(help="seller, listing, brand or term.")],
    effect: Annotated[str, typer.Option(help="deny, or (sellers and listings) allow.")],
    value: Annotated[str, typer.Option(help="The id, brand or term.")],
    reason: Annotated[str, typer.Option(help="Why; it is shown with every answer it decides.")],
    expires_on: Annotated[str | None, typer.Option(help="First day it no longer holds, e.g. 2027-01-01.")] = None,
    who: Who = None,
) -> None:
    """Put one entry on a list. Running services follow within a second or two."""
    told = {"kind": kind, "effect": effect, "value": value, "reason": reason, "expires_on": expires_on}
    _add([_wish(told, "the entry", name_of(who))])


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV in UTF-8: kind,effect,value,reason,expires_on.")],
    *,
    who: Who = None,
) -> None:
    """Put every row of a file on a list, or none when a row is wrong."""
    from service.cli.options import OptionRejected  # noqa: PLC0415 - heavy, see service.cli

    try:
        with file.open(encoding="utf-8-sig", newline="") as rows:
            told = [_cells(row) for row in csv.DictReader(rows, strict=True)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise OptionRejected(f"{file} is no CSV in UTF-8 ({error}); save it again") from error
    _add([_wish(row, f"{file}, row {number}", name_of(who)) for number, row in enumerate(told, start=1)])


@app.command()
def remove(entry_id: str, *, why: Why, who: Who = None) -> None:
    """Take an entry off its list."""
    from service.ledger import lists  # noqa: PLC0415 - heavy, see service.cli

    with closing(opened()) as ledger, ledger.writing() as page:
        lists.remove(page, entry_id, who=name_of(who), why=why)
    typer.echo(f"{entry_id} is off its list")


@app.command()
def show() -> None:
    """Show every entry that stands."""
    from service import clock  # noqa: PLC0415 - heavy, see service.cli
    from service.ledger import lists  # noqa: PLC0415
    from service.schemas import EntryOut  # noqa: PLC0415
    from service.terminal import visible  # noqa: PLC0415

    with closing(opened()) as ledger, ledger.view() as view:
        found = [EntryOut.of(one, clock.today()) for one in lists.standing(view)]
    for one in found:
        until = f" until {one.expires_on}" if one.expires_on else ""
        state = "" if one.holds else " (expired)"
        typer.echo(
            visible(f"{one.entry_id} {one.effect} {one.kind} {one.value}{until}{state}: {one.reason} ({one.who})")
        )


def _add(wishes: "list[Wish]") -> None:
    from service.ledger import lists  # noqa: PLC0415 - heavy, see service.cli

    with closing(opened()) as ledger, ledger.writing() as page:
        added = lists.add(page, wishes)
    if len(added) == 1:
        typer.echo(f"{added[0].entry_id} {added[0].status}")
    else:
        typer.echo(f"{len(added)} entries, {sum(one.status == 'new' for one in added)} of them new")


def _wish(told: dict[str, Any], place: str, who: str) -> "Wish":
    from pydantic import ValidationError  # noqa: PLC0415 - heavy, see service.cli

    from features.intake import ListingRejected, problems  # noqa: PLC0415
    from service.cli.options import OptionRejected  # noqa: PLC0415
    from service.schemas import ListIn  # noqa: PLC0415

    try:
        return ListIn.model_validate({"who": who} | told).wish()
    except ValidationError as error:
        raise OptionRejected(f"{place}: {ListingRejected(problems(error))}") from error


def _cells(row: dict[Any, Any]) -> dict[str, Any]:
    """Cells of a row; an empty cell tells nothing."""
    return {str(name): text.strip() for name, text in row.items() if isinstance(text, str) and text.strip()}
