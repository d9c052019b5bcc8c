"""Requests made from the description, valid ones and others: what comes back is what the description says.

Every operation is asked, with whatever track built it; then in sequences: score, label, look it up again.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import schemathesis.specs.openapi.schemas  # early: rewritten late, in a deep stack, its import failed once
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from models import Screener
from service.app import create_app
from service.ledger import keys
from service.ledger.keys import Wanted
from service.ledger.ledger import Ledger
from service.settings import Settings

CHECKS: list[Any] = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
BUDGET = settings(
    max_examples=8, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


Described = tuple[Any, dict[str, str]]


pytestmark = pytest.mark.filterwarnings(  # Schemathesis does, now and then, for some operations
    "ignore:Do not use the `random` module:hypothesis.errors.HypothesisDeprecationWarning"
)


@pytest.fixture
def described(screener: Screener, tmp_path: Path) -> Iterator[Described]:
    """The description of an app with an empty ledger, and the header of a key that may do everything."""
    ledger = Ledger(f"sqlite:///{tmp_path}/ledger.sqlite3")
    ledger.open()
    with ledger.writing() as page:
        token = keys.create(page, Wanted("试", ("admin",)), who="周", why="试")
    schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(screener, Settings(), ledger=ledger))
    yield schema, {"Authorization": f"Bearer {token}"}
    ledger.close()


def test_every_operation_answers_as_it_is_described(described: Described) -> None:
    schema, headers = described
    asked = set()
    for found in schema.get_all_operations():
        operation = found.ok()

        @BUDGET
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:  # noqa: ANN401 - no type of its own
            case.call_and_validate(headers=headers, checks=CHECKS)

        ask()
        asked.add(operation.label)
    assert {"POST /v1/score", "POST /v1/labels", "GET /v1/evaluations/{evaluation_id}"} <= asked


def test_sequences_of_operations_answer_as_they_are_described(described: Described) -> None:
    schema, headers = described
    machine = schema.as_state_machine()

    class Keyed(machine):  # type: ignore[misc, valid-type] # made at run time
        def get_call_kwargs(self, _case: Any) -> dict[str, Any]:  # noqa: ANN401 - no type of its own
            return {"headers": headers}

        def validate_response(self, response: Any, case: Any, **_told: Any) -> None:  # noqa: ANN401
            case.validate_response(response, checks=CHECKS, headers=headers)

    Keyed.run(settings=settings(BUDGET, max_examples=8, stateful_step_count=6))
