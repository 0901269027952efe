"""/v1/nodes: the signalling processes and media nodes that are alive."""

from __future__ import annotations

from offhook.core.clock import isoformat
from signalling.api import resources
from signalling.api.routing import Answer, Ask, Route


async def _list(ask: Ask) -> Answer:
    services = ask.services
    processes = [
        resources.Node(
            id=each.node,
            role="signalling",
            this=each.node == services.processes.node,
            seen_at=isoformat(each.seen_at),
            started_at=isoformat(each.started_at),
        )
        for each in services.processes.all()
    ]
    media = [
        resources.Node(
            id=each.name,
            role="media",
            seen_at=isoformat(each.heard_at),
            legs=each.legs,
            rooms=each.rooms,
            draining=each.draining,
        )
        for each in services.directory.all()
    ]
    return Answer(resources.NodeList(items=[*processes, *media]))


ROUTES = (
    Route(
        method="GET",
        path="/v1/nodes",
        id="listNodes",
        tag="Server",
        summary="List the processes and media nodes that are alive",
        handler=_list,
        permission="metrics.read",
        reply=resources.NodeList,
    ),
)
