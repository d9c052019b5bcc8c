"""Traces: where the time of a request went. No span holds anything a listing says.

OpenTelemetry's interface costs next to nothing while nothing is configured. With the extra `traces` installed and
OTEL_EXPORTER_OTLP_ENDPOINT set, spans go there; its other OTEL_ variables (sampling, headers, service name) hold too.
"""

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager

from fastapi.telemetry import TelemetryConfig
from opentelemetry import trace
from opentelemetry.propagate import extract
from opentelemetry.trace import Span, SpanKind, Tracer

from service.settings import SettingsInvalid

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
OURS_ONLY: TelemetryConfig = {
    "tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False,
}  # fmt: skip
"""What FastAPI is told: its spans hold whole paths and queries, its logs what errors say; both quote listings."""
_tracer: Tracer = trace.get_tracer("zhenwei")


def start() -> None:
    """Send spans where the environment says; nothing when it names no place. Raises SettingsInvalid."""
    if not any(map(os.environ.get, _ENDPOINTS)):
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise SettingsInvalid(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, but what sends traces is not installed; "
            "pip install 'zhenwei[traces]', or unset it"
        ) from error
    name = os.environ.get("OTEL_SERVICE_NAME", "zhenwei")
    provider = TracerProvider(resource=Resource.create({"service.name": name}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)


def span(name: str, **attributes: str | int) -> AbstractContextManager[Span]:
    """Span of a part of the work. Of an exception nothing is kept: its message may quote a listing."""
    return _tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    )


def request(method: str, headers: Mapping[str, str]) -> AbstractContextManager[Span]:
    """Span of a whole request, below the caller's where its headers name one (W3C traceparent)."""
    return _tracer.start_as_current_span(
        method,
        extract({name: value for name, value in headers.items() if name in {"traceparent", "tracestate"}}),
        SpanKind.SERVER,
        record_exception=False,
        set_status_on_exception=False,
    )
