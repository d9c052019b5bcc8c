"""The description at /openapi.json, with examples that were really screened."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from service import wire
from service.case_schemas import DecideIn, GoldenIn, NextIn, ReviewerIn
from service.errors import TYPE as PROBLEM
from service.examples import EXAMPLES
from service.schemas import ActivateIn, BatchIn, LabelIn, ListIn, RollbackIn
from service.webhooks.wire import RedeliverIn, WebhookIn

ABOUT = """Screens Chinese e-commerce listings for counterfeit and fraud-order risk, and says why.

Everything that is no success is `application/problem+json`; `errors` point at what to correct. Spans are half-open
code points of the raw field. The same listing, bundle and date give the same bytes from every door."""
_REFERENCE = "#/components/schemas/"


_LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "example": "zh-CN",
    "description": "zh or en: texts come in this language only, problems too. Without it texts come in both, problems "
    "in English.",
}


def takes(schema: str) -> dict[str, Any]:
    """Describe a JSON body; it is read by service.body, not by FastAPI."""
    content = {wire.TYPE: {"schema": {"$ref": _REFERENCE + schema}}}
    return {"requestBody": {"required": True, "content": content}}


def takes_csv(example: str) -> dict[str, Any]:
    """Describe a body of CSV."""
    content = {"text/csv": {"schema": {"type": "string"}, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


def describe(app: FastAPI, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Write the whole description. `answers` are the screenings of the examples, by name."""
    document = get_openapi(title=app.title, version=app.version, description=ABOUT, routes=app.routes)
    body = BatchIn.model_json_schema(ref_template=_REFERENCE + "{model}")
    schemas = document["components"]["schemas"]
    schemas |= body.pop("$defs") | {"BatchIn": body}
    for model in (
        LabelIn,
        ListIn,
        ActivateIn,
        RollbackIn,
        ReviewerIn,
        NextIn,
        DecideIn,
        GoldenIn,
        WebhookIn,
        RedeliverIn,
    ):
        schemas[model.__name__] = model.model_json_schema(ref_template=_REFERENCE + "{model}")
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Bilingual"] |= {"required": [], "minProperties": 1}
    for path in document["paths"].values():
        for operation in path.values():
            operation.setdefault("parameters", []).append(_LANGUAGE)
            _problems_as_sent(operation["responses"])
    one, many = (document["paths"][path]["post"] for path in ("/v1/score", "/v1/score/batch"))
    _show(one, {name: dict(listing) for name, listing in EXAMPLES.items()}, dict(answers))
    listings = [dict(listing) for listing in EXAMPLES.values()]
    screened = [{"index": index, "screening": answer} for index, answer in enumerate(answers.values())]
    _show(many, {"both": {"listings": listings}}, {"both": {"screened": screened, "rejected": []}})
    _lead_on(document["paths"])
    return document


def _lead_on(paths: dict[str, Any]) -> None:
    """Say what follows an answer: it is labelled, and looked up again."""
    label, history = paths["/v1/labels"]["post"], paths["/v1/evaluations/{evaluation_id}"]["get"]
    judged = {"evaluation_id": "$response.body#/evaluation_id"}
    look_up = {"operationId": history["operationId"], "parameters": judged}
    judge = {"operationId": label["operationId"], "requestBody": judged | {"verdict": "false_alarm"}}
    paths["/v1/score"]["post"]["responses"]["200"]["links"] = {"label": judge, "history": look_up}
    for status in ("200", "201"):
        label["responses"][status]["links"] = {"history": look_up}


def _problems_as_sent(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        if not status.startswith("2") and wire.TYPE in response.get("content", {}):
            response["content"] = {PROBLEM: response["content"][wire.TYPE]}


def _show(operation: dict[str, Any], asked: dict[str, Any], answered: dict[str, Any]) -> None:
    operation["requestBody"]["content"][wire.TYPE]["examples"] = {n: {"value": v} for n, v in asked.items()}
    operation["responses"]["200"]["content"][wire.TYPE]["examples"] = {n: {"value": v} for n, v in answered.items()}
