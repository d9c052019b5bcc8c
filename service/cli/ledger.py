"""`zhenwei ledger`: is it whole, and what has to go."""

import getpass
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from service.ledger.ledger import Ledger

app = typer.Typer(help="Check the ledger, erase from it.", no_args_is_help=True)
Who = Annotated[str | None, typer.Option(help="Who does it. Default: the user's name.")]
Why = Annotated[str, typer.Option(help="Why; kept in the ledger.")]


def opened() -> "Ledger":
    """Open the ledger that the settings name."""
    from service import home  # noqa: PLC0415 - heavy, see service.cli
    from service.settings import read_settings  # noqa: PLC0415

    return home.required_ledger(read_settings({}))


def name_of(who: str | None) -> str:
    """Return who does it."""
    return who or getpass.getuser()


@app.command()
def verify(
    *,
    expect: Annotated[str | None, typer.Option(help="SEQ:DIGEST, a head printed earlier and kept elsewhere.")] = None,
) -> None:
    """Check every record. Exit code 1 names the first that is not as it was written."""
    from service.ledger.verification import verify as check  # noqa: PLC0415

    noted = _head(expect)
    with closing(opened()) as ledger, ledger.reading() as connection:
        found = check(connection, expected=noted)
    if found.broken is not None:
        typer.echo(f"broken at record {found.broken}: {found.why}; the {found.broken - 1} before it hold")
        raise typer.Exit(1)
    head = f"{found.records}:{found.head}"
    typer.echo(f"{found.records} records hold, {found.erased} of them erased in part; head {head}")


@app.command()
def erase(
    *,
    why: Why,
    seller: Annotated[str | None, typer.Option(help="Seller id: erase what is personal about it.")] = None,
    older_than: Annotated[int | None, typer.Option(help="Days: erase what is personal before then.", min=0)] = None,
    who: Who = None,
) -> None:
    """Erase personal data and snapshots; the chain still verifies. This cannot be undone."""
    from datetime import timedelta  # noqa: PLC0415

    from service import clock  # noqa: PLC0415
    from service.cli.options import OptionRejected  # noqa: PLC0415
    from service.ledger.erasure import erase_before, erase_seller  # noqa: PLC0415

    if (seller is None) == (older_than is None):
        raise OptionRejected("say either --seller ID or --older-than DAYS")
    with closing(opened()) as ledger:
        if seller is not None:
            erased = erase_seller(ledger, seller, who=name_of(who), why=why)
        else:
            erased = erase_before(ledger, clock.today() - timedelta(days=older_than or 0), who=name_of(who), why=why)
    typer.echo(f"{erased} records lost what was personal in them")


def _head(told: str | None) -> tuple[int, str] | None:
    from service.cli.options import OptionRejected  # noqa: PLC0415

    if told is None:
        return None
    seq, sign, digest = told.partition(":")
    if not (seq.isdecimal() and sign and len(digest) == 64):  # noqa: PLR2004 - hex digits of sha256
        raise OptionRejected(f"--expect {told}: write SEQ:DIGEST as `zhenwei ledger verify` prints it")
    return int(seq), digest.lower()
