"""`zhenwei webhook`: who is told of risky evaluations."""

import sys
from contextlib import closing
from typing import Annotated

import typer

from service.cli.ledger import Who, Why, name_of, opened

app = typer.Typer(help="Tell other services of risky evaluations, signed.", no_args_is_help=True)
WebhookId = Annotated[str, typer.Argument(help="Id of the webhook, as `zhenwei webhook list` shows it.")]


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="https://host/path")],
    *,
    level: Annotated[list[str] | None, typer.Option(help="high or medium, any number of times. Default: high.")] = None,
    why: Why,
    who: Who = None,
) -> None:
    """Tell an address from now on, and print the secret that checks the signatures. It is shown this once."""
    from service import home  # noqa: PLC0415 - heavy, see service.cli
    from service.cli.options import one_of  # noqa: PLC0415
    from service.ledger import webhooks  # noqa: PLC0415
    from service.settings import read_settings  # noqa: PLC0415
    from service.webhooks.signature import Secret  # noqa: PLC0415
    from service.webhooks.target import read_target  # noqa: PLC0415

    settings = read_settings({})
    levels = [one_of("--level", told, webhooks.RISKY) for told in level or ["high"]]
    read_target(url, private=settings.webhook_private)
    webhook_id = webhooks.new_id()
    secret = Secret.of(home.webhook_secret(settings), webhook_id)
    with closing(opened()) as ledger, ledger.writing() as page:
        webhooks.add(page, webhook_id, url, levels, secret.digest, who=name_of(who), why=why)
    typer.echo(f"{webhook_id} {secret}")
    sys.stderr.write("The secret is shown once: with it the receiver checks the header webhook-signature.\n")


@app.command("list")
def list_() -> None:
    """Show every webhook, and how often it was told."""
    from service.ledger import deliveries, webhooks  # noqa: PLC0415 - heavy, see service.cli
    from service.terminal import visible  # noqa: PLC0415

    with closing(opened()) as ledger, ledger.view() as view:
        found, counts = webhooks.webhooks(view), deliveries.counts(view)
    for name, one in found.items():
        told = counts.get(name)
        became = ", ".join(f"{outcome} {told[outcome] if told else 0}" for outcome in deliveries.OUTCOMES)
        typer.echo(visible(f"{name} {','.join(one.levels)} {one.url}: {became} ({one.who}: {one.why})"))


@app.command()
def remove(webhook_id: WebhookId, *, why: Why, who: Who = None) -> None:
    """Tell an address nothing more, what waits included."""
    from service.ledger import webhooks  # noqa: PLC0415 - heavy, see service.cli

    with closing(opened()) as ledger, ledger.writing() as page:
        webhooks.remove(page, webhook_id, who=name_of(who), why=why)
    typer.echo(f"{webhook_id} is told nothing more")


@app.command()
def redeliver(
    webhook_id: WebhookId,
    *,
    evaluation: Annotated[str | None, typer.Option(help="Id of an evaluation. Default: all given up.")] = None,
    who: Who = None,
) -> None:
    """Tell again what was given up, or one evaluation. A running service does it."""
    from service.ledger import deliveries, webhooks  # noqa: PLC0415 - heavy, see service.cli

    with closing(opened()) as ledger, ledger.writing() as page:
        one = webhooks.webhook(page, webhook_id)
        asked = deliveries.again(page, one, evaluation, who=name_of(who))
    typer.echo(f"{asked} evaluations are told again")
