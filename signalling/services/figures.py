"""The figures of signalling, for Prometheus."""

from __future__ import annotations

from offhook.core.telemetry import Metrics

_JOIN_BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


_WAIT_BUCKETS = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
_ANSWER_BUCKETS = (0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 30.0, 60.0)


class Figures:
    """What is counted, each under its name without the prefix."""

    def __init__(self, metrics: Metrics) -> None:
        self.metrics = metrics
        self.rooms = metrics.gauge("rooms_open", "Rooms in which a meeting is on")
        self.participants = metrics.gauge("participants", "Participants who hold a place")
        self.sockets = metrics.gauge("sockets", "Sockets that are connected to /room")
        self.joins = metrics.counter("joins", "Attempts to join, by result code", ("result",))
        self.join_seconds = metrics.histogram(
            "join_seconds", "From the command `join` to its ack", buckets=_JOIN_BUCKETS
        )
        self.resumes = metrics.counter("resumes", "Attempts to resume, by result code", ("result",))
        self.commands = metrics.counter(
            "socket_commands", "Commands of sockets, by result code", ("command", "result")
        )
        self.files = metrics.counter(
            "files", "Files that were brought, by result code", ("result",)
        )
        self.file_bytes = metrics.counter("file_bytes", "Bytes of files that were kept")
        self.floods = metrics.counter("socket_floods", "Sockets that were closed for flooding")
        self.requests = metrics.counter(
            "http_requests", "HTTP requests, by route and status", ("method", "route", "status")
        )
        self.request_seconds = metrics.histogram(
            "http_request_seconds", "Time to answer an HTTP request", ("method", "route")
        )
        self.processes = metrics.gauge(
            "signalling_processes", "Signalling processes that are alive on this store"
        )
        self.sockets_elsewhere = metrics.gauge(
            "sockets_elsewhere", "Sockets whose room another process owns"
        )
        self.tasks = metrics.gauge("tasks", "Tasks of the event loop")
        self.media_nodes = metrics.gauge("media_nodes", "Media nodes that are alive")
        self.media_moves = metrics.counter("media_moves", "Rooms that were pinned anew")
        self.sessions = metrics.gauge(
            "sessions", "Contacts of the desks that are open here, by state", ("state",)
        )
        self.tasks_waiting = metrics.gauge("tasks_waiting", "Tasks that wait for an agent")
        self.agents_available = metrics.gauge(
            "agents_available", "Agents who wait for work, with nothing in hand"
        )
        self.wait_seconds = metrics.histogram(
            "wait_seconds", "From asking for an agent to talking to one", buckets=_WAIT_BUCKETS
        )
        self.offer_seconds = metrics.histogram(
            "offer_seconds", "From an offer to its acceptance", buckets=_ANSWER_BUCKETS
        )
