"""`zhenwei key`: who may ask the service for what."""

import sys
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.ledger import Who, Why, name_of, opened

if TYPE_CHECKING:
    from service.ledger.keys import Key

app = typer.Typer(help="Make, list, revoke and rotate access keys.", no_args_is_help=True)
KeyId = Annotated[str, typer.Argument(help="Id of the key, as `zhenwei key list` shows it.")]


@app.command()
def create(
    *,
    name: Annotated[str, typer.Option(help="Who or what holds it.")],
    scope: Annotated[list[str], typer.Option(help="score, label, review, admin or test; any number of times.")],
    expires_days: Annotated[int | None, typer.Option(help="Days until it expires. Default: never.", min=1)] = None,
    per_minute: Annotated[int | None, typer.Option(help="Requests it may make in a minute.", min=1)] = None,
    why: Why = "",
    who: Who = None,
) -> None:
    """Make a key and print it. It is shown this once; only its digest is kept."""
    from service.cli.options import OptionRejected  # noqa: PLC0415 - heavy, see service.cli
    from service.ledger import keys  # noqa: PLC0415
    from service.ledger.ledger import utc_now  # noqa: PLC0415

    chosen = [known for known in keys.SCOPES if known in scope]
    if odd := set(scope) - set(keys.SCOPES):
        raise OptionRejected(f"--scope {', '.join(sorted(odd))}: choose among {', '.join(keys.SCOPES)}")
    if not 0 < len(name.strip()) <= 128:  # noqa: PLR2004 - what the ledger holds
        raise OptionRejected("--name: say who holds the key, in at most 128 characters")
    until = utc_now() + timedelta(days=expires_days) if expires_days else None
    wanted = keys.Wanted(name.strip(), chosen, until, per_minute)
    with closing(opened()) as ledger, ledger.writing() as page:
        token = keys.create(page, wanted, who=name_of(who), why=why)
    _show(token)


@app.command("list")
def list_(*, json_out: Annotated[bool, typer.Option("--json-out", help="Print as JSON.")] = False) -> None:
    """Show every key, never the key itself."""
    import orjson  # noqa: PLC0415 - heavy, see service.cli

    from service.ledger import keys  # noqa: PLC0415
    from service.terminal import visible  # noqa: PLC0415

    with closing(opened()) as ledger, ledger.view() as view:
        found = list(keys.keys(view).values())
    if json_out:
        told = [
            {"key_id": k.key_id, "name": k.name, "scopes": k.scopes, "expires_at": k.expires_at,
             "per_minute": k.per_minute, "state": _state(k)}
            for k in found
        ]  # fmt: skip
        typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        return
    for key in found:
        limit = f", {key.per_minute}/min" if key.per_minute else ""
        until = f", until {key.expires_at}" if key.expires_at else ""
        typer.echo(visible(f"{key.key_id}  {_state(key):8} {','.join(key.scopes)}{limit}{until}  {key.name}"))


@app.command()
def revoke(key_id: KeyId, *, why: Why, who: Who = None) -> None:
    """Close a key for good. Running services follow within a second or two."""
    from service.ledger import keys  # noqa: PLC0415 - heavy, see service.cli

    with closing(opened()) as ledger, ledger.writing() as page:
        keys.revoke(page, key_id, who=name_of(who), why=why)
    typer.echo(f"{key_id} is revoked")


@app.command()
def rotate(
    key_id: KeyId,
    *,
    why: Why,
    grace_hours: Annotated[float, typer.Option(help="Hours the old key goes on opening.", min=0)] = 24,
    who: Who = None,
) -> None:
    """Make a key that may do the same, print it, and let the old one expire."""
    from service.ledger import keys  # noqa: PLC0415 - heavy, see service.cli
    from service.ledger.ledger import utc_now  # noqa: PLC0415

    with closing(opened()) as ledger, ledger.writing() as page:
        until = utc_now() + timedelta(hours=grace_hours)
        token = keys.rotate(page, key_id, until, who=name_of(who), why=why)
    _show(token)


def _show(token: str) -> None:
    typer.echo(token)
    sys.stderr.write("This key is shown once. Send it as: Authorization: Bearer KEY\n")


def _state(key: "Key") -> str:
    from service.ledger.ledger import utc_now  # noqa: PLC0415 - heavy, see service.cli

    if key.revoked:
        return "revoked"
    return "active" if key.active(utc_now()) else "expired"
