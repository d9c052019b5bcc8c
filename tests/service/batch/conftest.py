"""Screenings of small files, with the stand-in instead of a bundle."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from models import Screener
from service.batch.forms import outputs
from service.batch.outcome import Outcome
from service.batch.progress import Watch, nobody
from service.batch.reading import Stop
from service.batch.request import Request
from service.batch.run import screen_files
from service.clock import today
from service.opening import open_all

Screen = Callable[..., Outcome]


@pytest.fixture
def screen(screener: Screener) -> Screen:
    """Screen files into `out`."""

    def run(
        out: Path,
        *told: Path,
        watch: Watch = nobody,
        stop: Stop = lambda: False,
        listed: bool = False,
        **asked: Any,  # noqa: ANN401 - fields of a request
    ) -> Outcome:
        opened = open_all([str(path) for path in told], {}, beside=[out])
        request = Request(
            sources=tuple(one.source for one in opened.mapped),
            names=opened.names,
            outputs=outputs(out, None, sourced=len(opened.names) > 1 or listed, listed=listed),
            open=lambda: screener,
            explain="findings",
            today=today(),
        )
        outcome = screen_files(replace(request, **asked), watch, stop)
        assert sum(file.rows for file in outcome.files) == outcome.tally.rows
        assert sum(file.rejected for file in outcome.files) == outcome.tally.rejected
        assert outcome.tally.rows == outcome.tally.rejected + sum(outcome.tally.levels.values())
        return outcome

    return run
