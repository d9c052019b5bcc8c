"""The HTTP app, a value built from its collaborators."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import date
from functools import lru_cache, partial
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware

from models import Screener
from service import clock, home, openapi, wire
from service.access import KeyRing
from service.api import cases, history, jobs, labels, lists, models, probes, score, webhooks
from service.background import Background
from service.casework import Casework
from service.console.app import mount
from service.errors import add_handlers
from service.examples import EXAMPLES
from service.jobs.run import Runner
from service.jobs.steps import Steps
from service.lane import Lane
from service.ledger.database import LedgerAway
from service.ledger.ledger import Ledger
from service.metrics import SHARED, Metrics
from service.online.limits import Limits
from service.online.online import Online
from service.recording import Recording
from service.sending import Sending
from service.settings import MIB, Settings
from service.shadow.companion import Companion
from service.telemetry import Telemetry
from service.traces import OURS_ONLY
from service.upkeep import Upkeep
from service.watch import BundleWatch, ListWatch, RegisterWatch, again, follow
from service.webhooks.courier import Courier
from service.webhooks.post import Post


def create_app(
    screener: Screener,
    settings: Settings,
    today: Callable[[], date] = clock.today,
    *,
    ledger: Ledger | None = None,
    watch: BundleWatch | None = None,
    registers: RegisterWatch | None = None,
    keys: KeyRing | None = None,
    online: Online | None = None,
    companion: Companion | None = None,
) -> FastAPI:
    """Build the app; `today` dates the law for listings without observed_at. With a ledger, answers are recorded.

    With a watch, whatever bundle becomes active answers from then on; with a companion, another one may score unseen.
    With `registers`, whatever is imported is asked.
    With `online`, listings are served the velocity of their seller and title.

    The examples of the description are screened here once, which also warms everything up. There is no page that
    loads scripts from elsewhere: /openapi.json is the description, any viewer shows it.
    """
    metrics = Metrics()
    app = FastAPI(
        title="Zhenwei 甄伪",
        version=version("zhenwei"),
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=OURS_ONLY,
        middleware=[Middleware(Telemetry, metrics=metrics)],
        lifespan=_life,
    )
    app.state.screener, app.state.settings, app.state.today, app.state.watch = screener, settings, today, watch
    app.state.lane, app.state.metrics = Lane(screener, online), metrics
    app.state.online, app.state.limits = online, online.limits if online else Limits(None)
    app.state.registers = registers
    app.state.recording = Recording(ledger, required=settings.ledger_required) if ledger else None
    app.state.companion = companion
    app.state.casework = _casework(app, settings)
    app.state.keys = keys or KeyRing.read(ledger)
    app.state.look_at_lists = _looking(app, ListWatch(ledger)) if ledger else None
    app.state.jobs = home.jobs(settings, ledger) if ledger else None
    app.state.sending = Sending(app.state.jobs, app.state.recording, app.state.lane, today) if ledger else None
    app.state.background = _background(app, settings) if ledger else None
    app.include_router(score.router)
    app.include_router(labels.router)
    app.include_router(history.router)
    app.include_router(cases.router)
    app.include_router(lists.router)
    app.include_router(models.router)
    app.include_router(jobs.router)
    app.include_router(webhooks.router)
    app.include_router(probes.router)
    secret, ended = home.console_secret(settings), home.ended_sessions(settings)
    mount(app, secret, ended, form=settings.max_body_bytes, upload=settings.max_job_bytes + MIB)
    add_handlers(app)
    answers = {name: _answer(screener, listing, today()) for name, listing in EXAMPLES.items()}

    @lru_cache(maxsize=1)
    def description() -> dict[str, Any]:
        return openapi.describe(app, answers)

    app.openapi = description  # type: ignore[method-assign] # FastAPI's documented way to extend the description
    return app


def _background(app: FastAPI, settings: Settings) -> Background:
    desk, recording, metrics = app.state.jobs, app.state.recording, app.state.metrics
    variables = {name: value for name, value in os.environ.items() if name != SHARED} | settings.variables()
    steps = Steps(lambda bundle: home.bundle_of(settings, bundle))
    runner = Runner(desk.ledger, desk.shelf, steps, variables, metrics.job_ended, asyncio.Event())
    post = Post(private=settings.webhook_private)
    courier = Courier(recording, lambda: home.webhook_secret(settings), post, metrics.delivery)
    upkeep = Upkeep(desk.ledger, desk.shelf, settings.job_days, settings.retention_days, app.state.today)
    return Background(runner, courier, upkeep, metrics, url=settings.redis_url, prefix=settings.redis_prefix)


def _casework(app: FastAPI, settings: Settings) -> Casework | None:
    recording = app.state.recording
    return Casework(recording, lambda: app.state.screener, settings.golden_rate) if recording else None


def _looking(app: FastAPI, watch: ListWatch) -> Callable[[], None]:
    """Look at the lists now, and give what looks at them again."""

    def look() -> None:
        if (found := watch.look(app.state.screener)) is not None:
            app.state.lane.follow(found)

    with suppress(LedgerAway):  # told at start
        look()
    return look


def _watch_redis(online: Online, metrics: Metrics) -> None:
    online.look()
    cache = online.cache.counted() if online.cache else {}
    metrics.online(up=online.link.state == "ok", failures=online.link.failed(), cache=cache)


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    """Follow activations while the app runs; finish what was accepted before the process ends."""
    door, stop = app.state, asyncio.Event()

    def use(screener: Screener) -> None:
        door.screener = screener
        door.lane.use(screener)

    watched = (door.keys.look, door.look_at_lists, door.casework.look if door.casework else None)
    watching = [asyncio.create_task(again(look, stop)) for look in watched if look]
    watching.append(asyncio.create_task(run_in_threadpool(door.console.warm)))
    if looks := [one.look for one in (door.watch, door.registers) if one]:
        watching.append(asyncio.create_task(follow(looks, lambda: door.screener, use, stop)))
    if door.online:
        watching.append(asyncio.create_task(again(partial(_watch_redis, door.online, door.metrics), stop)))
    if door.background:
        watching.append(asyncio.create_task(door.background.run()))
    if door.companion and door.recording:
        watching.append(
            asyncio.create_task(door.companion.run(door.recording, door.metrics, stop, lambda: door.lane.waited_for))
        )
    yield
    stop.set()
    if door.background:
        door.background.stop()
    await asyncio.gather(*watching, return_exceptions=True)
    if app.state.recording:
        await run_in_threadpool(app.state.recording.close)
    if app.state.online:
        app.state.online.close()


def _answer(screener: Screener, told: Mapping[str, Any], day: date) -> dict[str, Any]:
    return screener.screen([wire.listing(dict(told))], explain="full", today=day)[0].to_dict()
