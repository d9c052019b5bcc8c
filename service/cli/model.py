"""`zhenwei model`: which bundle answers."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.ledger import Who, Why, name_of, opened

if TYPE_CHECKING:
    from service.bundles import BundleStore

app = typer.Typer(help="Choose the bundle that answers, go back, see the history.", no_args_is_help=True)


@app.command()
def activate(
    bundle: Annotated[str, typer.Argument(help="Folder of a bundle, the id of one that was active, or starter.")],
    *,
    why: Why,
    who: Who = None,
) -> None:
    """Check a bundle, keep a copy, and let it answer. Running services follow within a second or two."""
    from service.ledger import activations  # noqa: PLC0415 - heavy, see service.cli

    store = _store()
    known = bundle == activations.SHIPPED or not Path(bundle).exists()
    if known and "/" not in bundle:
        store.open(bundle)
        chosen = bundle
    else:
        chosen = store.keep(Path(bundle)).id
    with closing(opened()) as ledger, ledger.writing() as page:
        changed = activations.activate(page, chosen, who=name_of(who), why=why)
    typer.echo(f"{chosen} is active" if changed else f"{chosen} was active already")


@app.command()
def rollback(*, why: Why, who: Who = None) -> None:
    """Go back to the bundle that answered before the last activation."""
    from service.ledger import activations  # noqa: PLC0415 - heavy, see service.cli

    with closing(opened()) as ledger:
        with ledger.view() as view:
            target = activations.before(activations.history(view))
        _store().open(target)
        with ledger.writing() as page:
            activations.roll_back(page, target, who=name_of(who), why=why)
    typer.echo(f"{target} is active again")


@app.command("list")
def list_(*, json_out: Annotated[bool, typer.Option("--json-out", help="Print the history as JSON.")] = False) -> None:
    """Show every activation and rollback, newest first; * marks what answers now."""
    import orjson  # noqa: PLC0415 - heavy, see service.cli

    from service.ledger import activations  # noqa: PLC0415
    from service.terminal import visible  # noqa: PLC0415

    with closing(opened()) as ledger, ledger.view() as view:
        events = activations.history(view)
    if json_out:
        told = {"active": activations.active(events), "history": events[::-1]}
        typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        return
    for event in events[::-1]:
        mark = "*" if event is events[-1] else " "
        typer.echo(visible(f"{mark} {event.at} {event.event:8} {event.bundle:16} {event.who}: {event.why}"))
    if not events:
        typer.echo(f"* {activations.SHIPPED}, the bundle that ships")


def _store() -> "BundleStore":
    from service import home  # noqa: PLC0415 - heavy, see service.cli
    from service.settings import read_settings  # noqa: PLC0415

    return home.bundles(read_settings({}))
