"""What is counted, for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The counters of one bot. No label holds anything that a person wrote, nor a token."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.updates = Counter("kpo_updates", "Updates handled", ["outcome"], registry=self.registry)
        self.decisions = Counter("kpo_decisions", "Messages by decision", ["decision"], registry=self.registry)
        self.latency = Histogram(
            "kpo_handling_seconds", "From an update's arrival to its reply", buckets=_SECONDS, registry=self.registry
        )
        self.in_flight = Gauge("kpo_in_flight", "Updates being handled", registry=self.registry)
        self.telegram_errors = Counter("kpo_telegram_errors", "Calls that failed", ["error"], registry=self.registry)
        self.store_errors = Counter("kpo_store_errors", "Reads and writes of the store that failed", registry=self.registry)
        self.knowledge_valid = Gauge(
            "kpo_knowledge_valid",
            "1; 0 while the knowledge on disk has mistakes, and the one before answers",
            registry=self.registry,
        )
        self.knowledge_valid.set(1)
        self.knowledge_reloads = Counter(
            "kpo_knowledge_reloads",
            "Changes of the knowledge that were taken over or refused",
            ["outcome"],
            registry=self.registry,
        )

    def exposition(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return generate_latest(self.registry)
