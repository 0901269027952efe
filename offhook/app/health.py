"""Health and figures of a process that has no other HTTP."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from offhook.core.telemetry import CONTENT_TYPE, Metrics


def make_app(
    role: str, metrics: Metrics, version: str, ready: Callable[[], bool] = lambda: True
) -> web.Application:
    """`/healthz`, `/readyz` (503 until `ready`) and `/metrics`."""

    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "role": role, "version": version})

    async def readiness(_request: web.Request) -> web.Response:
        fine = ready()
        body = {"status": "ok" if fine else "not ready", "role": role}
        return web.json_response(body, status=200 if fine else 503)

    async def figures(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.render(), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application()
    app.add_routes(
        [web.get("/healthz", alive), web.get("/readyz", readiness), web.get("/metrics", figures)]
    )
    return app
