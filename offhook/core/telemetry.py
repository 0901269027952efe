"""Structured logs that keep secrets, and figures for Prometheus."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, TextIO, TypeVar

import prometheus_client
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECRET_KEYS = re.compile(
    r"token|secret|password|passwd|authorization|cookie|credential|master_key|signature", re.I
)
_JWT = re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*")
_SECRET_IN_URL = re.compile(r"([?&](?:access_|resume_)?token=)[^&\s\"']+", re.I)
_BEARER = re.compile(r"(bearer\s+)[\w.~+/=-]+", re.I)
_NUMBER = re.compile(
    r"(?<![\w.])\+\d(?:[\s().-]{0,2}\d){6,14}(?!\d)|(?<=\btel:)\d{7,15}|(?<=\bsip:)\d{7,15}(?=@)"
)
_NUMBER_KEYS = frozenset(
    {"phone", "number", "caller", "callee", "msisdn", "from_number", "to_number"}
)
_WORDLESS = "[hidden]"
#: Libraries whose progress is for those who look for a fault.
_CHATTY = ("alembic",)

Figure = TypeVar("Figure", Counter, Gauge, Histogram)


def mask_number(text: str) -> str:
    """A phone number with all but its first three and last two characters hidden."""
    kept = re.sub(r"[\s().-]", "", text)
    return f"{kept[:3]}{'*' * max(0, len(kept) - 5)}{kept[-2:]}" if len(kept) > 6 else "***"


def keep_secrets(
    logger: object, method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A structlog processor: hides tokens always, and phone numbers above the level debug."""
    with_numbers = method == "debug" or event.get("level") == "debug"
    for key, value in event.items():
        event[key] = _clean(key, value, with_numbers)
    return event


def _clean(key: str, value: object, with_numbers: bool) -> object:
    if _SECRET_KEYS.search(key) and value is not None:
        return _WORDLESS
    if isinstance(value, dict):
        return {k: _clean(str(k), v, with_numbers) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(key, v, with_numbers) for v in value]
    if not isinstance(value, str):
        return value
    value = _BEARER.sub(rf"\1{_WORDLESS}", _SECRET_IN_URL.sub(rf"\1{_WORDLESS}", value))
    value = _JWT.sub(_WORDLESS, value)
    if with_numbers:
        return value
    if key in _NUMBER_KEYS:
        return mask_number(value)
    return _NUMBER.sub(lambda found: mask_number(found[0]), value)


def configure_logs(*, json: bool, level: str = "info", stream: TextIO | None = None) -> None:
    """Send the logs of structlog and of the standard library to `stream` (standard error).

    `json`: one object a line; otherwise lines for people. `level`: debug, info, warning, error.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        keep_secrets,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(colors=(stream or sys.stderr).isatty())
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    chat = logging.NOTSET if root.level == logging.DEBUG else max(root.level, logging.WARNING)
    for library in _CHATTY:
        logging.getLogger(library).setLevel(chat)


def about(**ids: str) -> AbstractContextManager[None]:
    """Put ids (request_id, account, room, participant …) on every log line made inside."""
    return structlog.contextvars.bound_contextvars(**ids)


class Metrics:
    """The figures of one server, in a registry of its own; names begin with `offhook_`.

    Asking twice for the same name gives the same figure.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._made: dict[str, Counter | Gauge | Histogram] = {}
        prometheus_client.ProcessCollector(registry=self.registry)
        prometheus_client.GCCollector(registry=self.registry)

    def counter(self, name: str, text: str, labels: Sequence[str] = ()) -> Counter:
        """A number that only grows; its name is completed by `_total`."""
        return self._get(Counter, name, text, labels)

    def gauge(self, name: str, text: str, labels: Sequence[str] = ()) -> Gauge:
        """A number that rises and falls."""
        return self._get(Gauge, name, text, labels)

    def histogram(
        self,
        name: str,
        text: str,
        labels: Sequence[str] = (),
        buckets: Sequence[float] = Histogram.DEFAULT_BUCKETS,
    ) -> Histogram:
        """How many were below each limit, in seconds unless the name says otherwise."""
        return self._get(Histogram, name, text, labels, buckets=tuple(buckets))

    def render(self) -> bytes:
        """All figures in Prometheus' text format, for `CONTENT_TYPE`."""
        return prometheus_client.generate_latest(self.registry)

    def _get(
        self, kind: type[Figure], name: str, text: str, labels: Sequence[str], **more: Any
    ) -> Figure:
        made = self._made.get(name)
        if made is None:
            made = kind(f"offhook_{name}", text, tuple(labels), registry=self.registry, **more)
            self._made[name] = made
        if not isinstance(made, kind):
            raise TypeError(f"offhook_{name} is a {type(made).__name__} already")
        return made


#: The media type of `Metrics.render`.
CONTENT_TYPE = prometheus_client.CONTENT_TYPE_LATEST
