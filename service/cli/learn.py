"""`zhenwei simulate` and `train`: from takedowns to a measured bundle."""

from pathlib import Path
from typing import Annotated, get_args

import typer


def simulate(
    *,
    listings: Annotated[int, typer.Option(help="How many.", min=1)],
    seed: Annotated[int, typer.Option(help="The same seed makes the same market.")],
    out: Annotated[Path, typer.Option(help=".jsonl or .csv file of takedowns.")],
    part: Annotated[str, typer.Option(help="train or evaluation, whose tricks training never sees.")] = "train",
    months: Annotated[
        str | None, typer.Option(help="Months of a year that drifts, 1-12 or 4-6; default: a market that stands still.")
    ] = None,
) -> None:
    """Make a simulated market: labelled takedowns to train and measure with."""
    from itertools import islice  # noqa: PLC0415

    from service.cli.options import OptionRejected, span  # noqa: PLC0415
    from training.market import simulate as market  # noqa: PLC0415 - heavy, see service.cli
    from training.market.year import of_months  # noqa: PLC0415
    from training.takedown_files import write_takedowns  # noqa: PLC0415

    if part not in {"train", "evaluation"}:
        raise OptionRejected(f"--part {part}: choose train or evaluation")
    if months is None:
        made = market(listings, seed, "evaluation" if part == "evaluation" else "train")
    elif part == "train":
        made = islice(of_months(span(months), seed), listings)
    else:
        raise OptionRejected("--months: a year that drifts has one part; choose another --seed for other sellers")
    count = write_takedowns(out, made)
    typer.echo(f"{count} takedowns → {out}")


def train(
    file: Annotated[Path, typer.Argument(help="Takedowns: .csv, .tsv, .jsonl, .parquet or .xlsx; .gz and .zst too.")],
    *,
    out: Annotated[Path, typer.Option(help="Folder for the bundle.")],
    names: Annotated[list[str] | None, typer.Option("--map", help="列名=title: what a column holds.")] = None,
    seed: Annotated[int, typer.Option(help="The same file and seed make the same bundle.")] = 0,
    rejects: Annotated[
        Path | None, typer.Option(help="Where rows that cannot be used are written, and why. Default: beside --out.")
    ] = None,
    created: Annotated[str, typer.Option(help="When or for what it is made; told in its card.")] = "",
    starter: Annotated[bool, typer.Option("--starter", help="The takedowns are simulated; the card says so.")] = False,
    brands: Annotated[Path | None, typer.Option(help="Your brand list (TOML) in place of ours.")] = None,
    start: Annotated[Path | None, typer.Option("--from", help="A bundle to begin from: for few labels.")] = None,
    disguise: Annotated[bool, typer.Option(help="Teach disguised twins of guilty titles, too.")] = True,
    processes: Annotated[int, typer.Option(help="How many read listings; 0 = one per core.", min=0, max=64)] = 0,
    split: Annotated[str, typer.Option(help="time (others, later), or random, whose figures flatter.")] = "time",
    gap_days: Annotated[
        float | None, typer.Option(help="Days between the parts, for late labels. Default: the median delay.", min=0)
    ] = None,
    unlabelled: Annotated[
        str, typer.Option(help="What takedowns are that say nothing of a head: ignore, negative or weighted (lightly).")
    ] = "ignore",
    weights: Annotated[list[str] | None, typer.Option("--weight", help="来源=0.5: how much a source counts.")] = None,
    review_out: Annotated[
        Path | None, typer.Option(help="Write the labels that surprise most here (.csv), to look at again.")
    ] = None,
    high_fpr: Annotated[float, typer.Option(help="Share of honest listings that may reach level high.")] = 0.005,
    medium_fpr: Annotated[float, typer.Option(help="Share of honest listings that may reach level medium.")] = 0.05,
    medium_lift: Annotated[float, typer.Option(help="Level medium is so many times the usual probability.")] = 2.0,
    review_budget: Annotated[str | None, typer.Option(help="200/day or 2%: level medium begins where it ends.")] = None,
    listings_per_day: Annotated[float | None, typer.Option(help="Listings a day; default: as in the file.")] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write a page to look at here (.html), and its figures beside it (.json).")
    ] = None,
    curve: Annotated[bool, typer.Option("--curve", help="Show in the report what more labels would bring.")] = False,
) -> None:
    """Learn a bundle from labelled takedowns and measure it on the newest sellers.

    A bundle already at --out is replaced when the new one is whole, never before.
    """
    from rich.console import Console  # noqa: PLC0415 - heavy, see service.cli

    from features.knowledge import load  # noqa: PLC0415
    from features.knowledge.brandlist import read_brand_list, with_brands  # noqa: PLC0415
    from models import open_bundle  # noqa: PLC0415
    from service.cli import options  # noqa: PLC0415
    from service.cli.page import Trained  # noqa: PLC0415
    from service.cli.takedowns import CONTRADICTED, beside, reading  # noqa: PLC0415
    from training.answers import Policy, Unlabelled  # noqa: PLC0415
    from training.card import FLATTERS  # noqa: PLC0415
    from training.crew import usable_cores  # noqa: PLC0415
    from training.fit import fit  # noqa: PLC0415
    from training.levels import Levels, read_budget  # noqa: PLC0415
    from training.split import Plan  # noqa: PLC0415
    from training.takedown_files import about  # noqa: PLC0415

    page = options.page_path(report)
    if curve and page is None:
        raise options.OptionRejected("--curve is shown in a page; name one with --report FILE.html")
    heard = Trained(curve=curve)
    knowledge = with_brands(load(), read_brand_list(brands), str(brands)) if brands else None
    levels = Levels(high_fpr, medium_fpr, medium_lift)
    plan = Plan(options.one_of("--split", split, ("time", "random")), gap_days)
    policy = Policy(
        options.one_of("--unlabelled", unlabelled, get_args(Unlabelled)), options.numbers("--weight", weights)
    )
    budget = read_budget(review_budget, listings_per_day) if review_budget else None
    with reading(file, names, rejects or beside(out)) as takedowns, options.stages(Console(stderr=True)) as progress:
        manifest = fit(
            takedowns,
            out,
            knowledge=knowledge,
            seed=seed,
            created=created,
            simulated=starter,
            start=open_bundle(start) if start else None,
            disguise=disguise,
            progress=progress,
            processes=processes or usable_cores(),
            expected=about(file),
            levels=levels,
            budget=budget,
            plan=plan,
            policy=policy,
            review=review_out,
            rehearse=heard if page else None,
        )
    if told := manifest.training.contradictions:
        typer.echo(f"! {CONTRADICTED.format(told)}; --review-out FILE lists them", err=True)
    if split == "random":
        typer.echo(f"! {FLATTERS}", err=True)
    typer.echo(f"{manifest.training.takedowns} takedowns → {out}, heads {', '.join(manifest.heads)}")
    for head in manifest.training.guilty.keys() - set(manifest.heads):
        guilty, honest = manifest.training.guilty[head], manifest.training.honest[head]
        typer.echo(f"{head}: left out, {guilty} guilty and {honest} honest takedowns are too few to learn from")
    for head, metrics in manifest.metrics.items():
        typer.echo(f"{head}: " + ", ".join(f"{name} {value:.4f}" for name, value in metrics.items()))
        at = manifest.thresholds[head]
        for level, promised in (("high", at.high_fpr), ("medium", at.medium_fpr)):
            seen = metrics[f"fpr_{level}"]
            typer.echo(f"{head}: level {level} promised for {promised:.2%} of honest listings, given to {seen:.2%}")
    if page:
        heard.write(page, out, file.name, takedowns)
