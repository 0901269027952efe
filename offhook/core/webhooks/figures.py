"""The figures of webhooks, for Prometheus."""

from __future__ import annotations

from offhook.core.telemetry import Metrics

_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class DeliveryFigures:
    """What is counted of deliveries."""

    def __init__(self, metrics: Metrics) -> None:
        self.attempts = metrics.counter(
            "webhook_deliveries",
            "Attempts to deliver to a webhook, by what they led to",
            ("result",),
        )
        self.seconds = metrics.histogram(
            "webhook_delivery_seconds", "From sending to the answer of a webhook", buckets=_BUCKETS
        )
        self.oldest = metrics.gauge(
            "webhook_oldest_pending_seconds", "Age of the oldest delivery that has not ended"
        )
