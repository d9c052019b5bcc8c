"""The command line. Heavy imports stand inside the commands, so that --help is quick.

Exit codes: 0 done; 1 done, but some rows were rejected; 2 nothing done, standard error says why, one problem a line;
3 a gate was judged and is shut (service.cli.judge).
"""

import os
import sys

import typer

from features.errors import ZhenweiError
from service.cli import (
    drift,
    fold,
    judge,
    key,
    labels,
    leads,
    learn,
    ledger,
    lists,
    model,
    register,
    report,
    score,
    screen,
    serve,
    suggest,
    webhook,
)

app = typer.Typer(
    help="Screen Chinese e-commerce listings for counterfeit and fraud-order risk, and say why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("score")(score.score)
app.command("screen")(screen.screen)
app.command("report")(report.report)
app.command("serve")(serve.serve)
app.command("suggest")(suggest.suggest)
app.command("fold")(fold.fold)
app.command("simulate")(learn.simulate)
app.command("train")(learn.train)
app.command("evaluate")(judge.evaluate)
app.command("drift")(drift.drift)
app.command("compare")(judge.compare)
app.command("gate")(judge.gate)
app.add_typer(key.app, name="key")
app.add_typer(ledger.app, name="ledger")
app.add_typer(labels.app, name="labels")
app.add_typer(leads.app, name="leads", cls=leads.FilesFirst)
app.add_typer(lists.app, name="list")
app.add_typer(model.app, name="model")
app.add_typer(register.app, name="register")
app.add_typer(webhook.app, name="webhook")


def main() -> None:
    """Run a command; what goes wrong on purpose is told in a line or a few, and exit code 2."""
    try:
        app()
    except ZhenweiError as error:
        _stop(*map(str, error.args))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        _stop(f"{error.filename or 'a file'}: {error.strerror or error}; check the name and the rights")


def _stop(*lines: str) -> None:
    """Write lines of ours; a line break that came with a stranger's text makes no line of its own."""
    from service.terminal import visible  # noqa: PLC0415 - only needed when something went wrong

    indents = (len(line) - len(line.lstrip(" ")) for line in lines)
    told = (" " * indent + " ".join(line.split()) for indent, line in zip(indents, lines, strict=True))
    message = "\n".join(visible(line.encode("utf-8", "backslashreplace").decode()) for line in told)
    sys.stderr.write(f"zhenwei: {message}\n")
    sys.exit(2)
