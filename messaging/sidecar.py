"""The sidecar's own HTTP: its health and its figures, until it has messages to carry."""

from __future__ import annotations

from aiohttp import web

from offhook.core.telemetry import CONTENT_TYPE, Metrics


def make_app(metrics: Metrics, version: str) -> web.Application:
    """`/healthz`, `/readyz` and `/metrics`, as every process of ours answers them."""

    async def alive(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "role": "messaging", "version": version})

    async def figures(_request: web.Request) -> web.Response:
        return web.Response(body=metrics.render(), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application()
    app.add_routes(
        [web.get("/healthz", alive), web.get("/readyz", alive), web.get("/metrics", figures)]
    )
    return app
