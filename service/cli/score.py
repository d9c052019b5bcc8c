"""`zhenwei score`: one listing, explained."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

_STDIN = "-"


def score(
    *,
    title: Annotated[str | None, typer.Option(help="The title, as written.")] = None,
    price: Annotated[float | None, typer.Option(help="Price in CNY.")] = None,
    list_price: Annotated[float | None, typer.Option(help="List price in CNY.")] = None,
    brand: Annotated[str | None, typer.Option(help="Brand, as declared.")] = None,
    category: Annotated[str | None, typer.Option(help="Category, ours or the platform's.")] = None,
    platform: Annotated[str | None, typer.Option(help="Where it is offered.")] = None,
    description: Annotated[str | None, typer.Option(help="Description, as written.")] = None,
    observed_at: Annotated[str | None, typer.Option(help="When it was seen, e.g. 2026-03-02; dates the law.")] = None,
    listing_id: Annotated[str, typer.Option(help="Its id.")] = "1",
    attr: Annotated[list[str] | None, typer.Option(help="材质=PE, any number of times.")] = None,
    seller_json: Annotated[str | None, typer.Option(help="The seller, as JSON.")] = None,
    trade_json: Annotated[str | None, typer.Option(help="The trade record, as JSON.")] = None,
    json: Annotated[str | None, typer.Option(help="A whole listing: a JSON file, or - for standard input.")] = None,
    json_out: Annotated[
        bool, typer.Option("--json-out", help="Print the answer as JSON, as every door sends it.")
    ] = False,
    lang: Annotated[str, typer.Option(help="zh or en.")] = "zh",
    bundle: Annotated[Path | None, typer.Option(help="Folder of the bundle. Default: the active one.")] = None,
) -> None:
    """Screen one listing and explain the answer."""
    from rich.console import Console  # noqa: PLC0415 - heavy, see service.cli

    from service import clock, home, terminal, wire  # noqa: PLC0415
    from service.cli.options import OptionRejected, pairs  # noqa: PLC0415
    from service.settings import read_settings  # noqa: PLC0415

    told: dict[str, Any] = {
        "title": title,
        "price_cny": price,
        "list_price_cny": list_price,
        "brand": brand,
        "category": category,
        "platform": platform,
        "description": description,
        "observed_at": observed_at,
        "attributes": pairs("--attr", attr) or None,
        "seller": wire.parse(seller_json.encode("utf-8", "surrogateescape")) if seller_json is not None else None,
        "trade": wire.parse(trade_json.encode("utf-8", "surrogateescape")) if trade_json is not None else None,
    }
    told = {name: value for name, value in told.items() if value is not None}
    if lang not in terminal.WORDS:
        raise OptionRejected(f"--lang {lang}: choose zh or en")
    if json is not None and told:
        raise OptionRejected(f"--json holds the whole listing; leave out {', '.join(told)}")
    if json is None and title is None:
        raise OptionRejected("name a listing with --title TEXT or --json FILE")
    listing = wire.listing({"listing_id": listing_id} | told if json is None else wire.parse(_read(json)))
    screener = home.screener(read_settings({"bundle": bundle}))
    screening = screener.screen([listing], explain="full", today=clock.today())[0]
    if json_out:
        sys.stdout.buffer.write(screening.to_json() + b"\n")
    else:
        Console(highlight=False).print(terminal.explanation(listing, screening, "zh" if lang == "zh" else "en"))


def _read(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == _STDIN else Path(name).read_bytes()
