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

    chosen = _kept(bundle)
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
    """Show every activation, rollback and shadow, newest first; * marks what answers now."""
    import orjson  # noqa: PLC0415 - heavy, see service.cli

    from service.ledger import activations  # noqa: PLC0415
    from service.schemas import ModelsOut  # noqa: PLC0415
    from service.terminal import visible  # noqa: PLC0415

    with closing(opened()) as ledger, ledger.view() as view:
        told = ModelsOut.of(view)
        changes = activations.history(view)
    if json_out:
        typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        return
    for event in told.history:
        mark = "*" if changes and event.seq == changes[-1].seq else " "
        typer.echo(visible(f"{mark} {event.at} {event.event:8} {event.bundle:16} {event.who}: {event.why}"))
    if not changes:
        typer.echo(f"* {activations.SHIPPED}, the bundle that ships")


@app.command()
def shadow(
    bundle: Annotated[
        str | None, typer.Argument(help="Folder of a bundle, or the id of one that is kept. Default: report.")
    ] = None,
    *,
    off: Annotated[bool, typer.Option("--off", help="Take the bundle out of the shadow.")] = False,
    report: Annotated[bool, typer.Option("--report", help="Say what came of it; also without any option.")] = False,
    json_out: Annotated[bool, typer.Option("--json-out", help="Print the report as JSON.")] = False,
    why: Annotated[str | None, typer.Option(help="Why; kept in the ledger.")] = None,
    who: Who = None,
) -> None:
    """Let a bundle score, unseen, what running services answer; or report how it agrees, and with whom labels do."""
    from service.cli.options import OptionRejected  # noqa: PLC0415 - heavy, see service.cli
    from service.ledger import shadows  # noqa: PLC0415

    if (bundle is not None) + off + (report or json_out) > 1:
        raise OptionRejected("name a bundle, or --off, or --report: one of them")
    if bundle is None and not off:
        _report(json_out=json_out)
        return
    if why is None:
        raise OptionRejected("--why: say why; it is kept in the ledger")
    chosen = None if bundle is None else _kept(bundle)
    with closing(opened()) as ledger, ledger.writing() as page:
        if chosen is None:
            typer.echo(f"{shadows.end(page, who=name_of(who), why=why)} left the shadow")
        else:
            new = shadows.begin(page, chosen, who=name_of(who), why=why)
            typer.echo(f"{chosen} is in the shadow" if new else f"{chosen} was in the shadow already")


def _report(*, json_out: bool) -> None:
    import orjson  # noqa: PLC0415 - heavy, see service.cli

    from service.shadow.report import report  # noqa: PLC0415
    from service.terminal import visible  # noqa: PLC0415

    with closing(opened()) as ledger, ledger.view() as view:
        told = report(view)
    if json_out:
        typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        return
    if told is None:
        typer.echo("no bundle was ever in the shadow; name one: zhenwei model shadow BUNDLE --why …")
        return
    state = "in the shadow" if told.running else "was in the shadow"
    typer.echo(visible(f"{told.bundle} {state} since {told.since} ({told.who}: {told.why})"))
    typer.echo(
        f"scored {told.scored}, waiting {told.waiting}, skipped {told.skipped}, failed {told.failed} {told.errors}"
    )
    typer.echo(f"same level {_shown(told.same_level)}, same action {_shown(told.same_action)}, risk score "
               f"{_shown(told.mean_difference)} on average, {_shown(told.mean_absolute_difference)} apart")  # fmt: skip
    for live, row in sorted(told.levels.items()):
        typer.echo(f"  {live:13}" + ", ".join(f"-> {name} {n}" for name, n in sorted(row.items())))
    for name, differing in (("raised", told.raised), ("lowered", told.lowered)):
        for one in differing:
            typer.echo(f"  {name} {one.evaluation_id} {one.live_level} {one.live_score} -> "
                       f"{one.shadow_level} {one.shadow_score}")  # fmt: skip
    for head, rates in told.heads.items():
        typer.echo(f"{head}: {rates.guilty} guilty and {rates.honest} honest by labels")
        for name, side in (("live", rates.live), ("shadow", rates.shadow)):
            typer.echo(f"  {name:6} precision {_shown(side.precision)}, recall {_shown(side.recall)}, "
                       f"false alarms {side.false_alarms}")  # fmt: skip


def _shown(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:g}"


def _kept(bundle: str) -> str:
    """Check a bundle, and keep it when it is a folder; return its id. Raises BundleError."""
    from service.ledger import activations  # noqa: PLC0415 - heavy, see service.cli

    store = _store()
    known = bundle == activations.SHIPPED or not Path(bundle).exists()
    if known and "/" not in bundle:
        store.open(bundle)
        return bundle
    return store.keep(Path(bundle)).id


def _store() -> "BundleStore":
    from service import home  # noqa: PLC0415 - heavy, see service.cli
    from service.settings import read_settings  # noqa: PLC0415

    return home.bundles(read_settings({}))
