"""`zhenwei list`: what people decided about sellers, listings, brands and terms."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.ledger import Who, Why, name_of, opened

if TYPE_CHECKING:
    from service.ledger.lists import Wish
    from service.schemas import EntryOut

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
    from pydantic import ValidationError  # noqa: PLC0415 - heavy, see service.cli

    from features.intake import ListingRejected, problems  # noqa: PLC0415
    from service.cli.options import OptionRejected  # noqa: PLC0415
    from service.schemas import ListIn  # noqa: PLC0415

    told = {"kind": kind, "effect": effect, "value": value, "reason": reason, "expires_on": expires_on}
    try:
        _add([ListIn.model_validate({"who": name_of(who)} | told).wish()])
    except ValidationError as error:
        raise OptionRejected(f"the entry: {ListingRejected(problems(error))}") from error


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A table: kind, effect, value, reason, expires_on.")],
    *,
    who: Who = None,
) -> None:
    """Put every row of a file on a list, or none when a row is wrong."""
    from service import listfile  # noqa: PLC0415 - heavy, see service.cli
    from service.cli.options import OptionRejected  # noqa: PLC0415
    from service.errors import BodyRejected  # noqa: PLC0415

    try:
        wishes = listfile.read(file, name_of(who))
    except BodyRejected as error:
        raise OptionRejected(f"{file}: {error}") from error
    _add(wishes)


@app.command("export")
def export(file: Annotated[Path, typer.Argument(help="The CSV to write.")]) -> None:
    """Write every entry that stands as a table, which `import` reads back."""
    from service import listfile  # noqa: PLC0415 - heavy, see service.cli

    file.write_bytes(listfile.written(_standing()))


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
    from service.terminal import visible  # noqa: PLC0415 - heavy, see service.cli

    for one in _standing():
        until = f" until {one.expires_on}" if one.expires_on else ""
        state = "" if one.holds else " (expired)"
        typer.echo(
            visible(f"{one.entry_id} {one.effect} {one.kind} {one.value}{until}{state}: {one.reason} ({one.who})")
        )


def _standing() -> "list[EntryOut]":
    from service import clock  # noqa: PLC0415 - heavy, see service.cli
    from service.ledger import lists  # noqa: PLC0415
    from service.schemas import EntryOut  # noqa: PLC0415

    with closing(opened()) as ledger, ledger.view() as view:
        return [EntryOut.of(one, clock.today()) for one in lists.standing(view)]


def _add(wishes: "list[Wish]") -> None:
    from service.ledger import lists  # noqa: PLC0415 - heavy, see service.cli

    with closing(opened()) as ledger, ledger.writing() as page:
        added = lists.add(page, wishes)
    if len(added) == 1:
        typer.echo(f"{added[0].entry_id} {added[0].status}")
    else:
        typer.echo(f"{len(added)} entries, {sum(one.status == 'new' for one in added)} of them new")
