"""/v1/tasks, and what queues and agents do: the contact centre as it is now."""

from __future__ import annotations

from offhook.core.errors import InvalidInput
from signalling.api import desk_resources as resources
from signalling.api import desk_shapes as shapes
from signalling.api import shapes as common_shapes
from signalling.api.routes.sessions import ELSEWHERE, personal
from signalling.api.routing import Answer, Ask, Refusal, Route
from signalling.services.contact_centre import TaskNow
from signalling.stores.desk_records import Page

_NO_TASK = Refusal(404, "task_not_found", "The account has no such task.")
_OVER = Refusal(409, "task_over", "The task is over.")
_NO_AGENT = Refusal(404, "agent_not_found", "The account has no such agent.")
_NO_QUEUE = Refusal(404, "queue_not_found", "The account has no such queue.")


def _answer(ask: Ask, found: TaskNow) -> Answer:
    return Answer(shapes.task(found, personal=personal(ask)))


async def _list(ask: Ask) -> Answer:
    query: resources.TaskQuery = ask.query
    page = Page(query.after, query.limit + 1)
    found = await ask.services.contact_centre.tasks(ask.account, query.queue, query.state, page)
    known = personal(ask)
    items, after = common_shapes.paged(
        found,
        query.limit,
        lambda each: shapes.task(each, personal=known),
        lambda each: each.task.id,
    )
    return Answer(resources.TaskPage(items=items, next=after))


async def _create(ask: Ask) -> Answer:
    asked: resources.TaskCreate = ask.body
    if sum(each is not None for each in (asked.queue, asked.workflow, asked.agent)) != 1:
        raise InvalidInput(
            "Name one of `queue`, `workflow` and `agent`.", code="no_target", field="queue"
        )
    made = await ask.services.contact_centre.add_task(
        ask.account,
        shapes.work(asked),
        lambda connection, made: ask.remember(CREATE, connection, _answer(ask, made)),
    )
    return _answer(ask, made)


async def _get(ask: Ask) -> Answer:
    return _answer(ask, await ask.services.contact_centre.task(ask.account, ask.path["id"]))


async def _update(ask: Ask) -> Answer:
    found = await ask.services.contact_centre.prioritise(
        ask.account, ask.path["id"], ask.body.priority
    )
    return _answer(ask, found)


async def _cancel(ask: Ask) -> Answer:
    found = await ask.services.contact_centre.cancel_task(ask.account, ask.path["id"])
    return _answer(ask, found)


async def _agent(ask: Ask) -> Answer:
    found = await ask.services.contact_centre.agent(ask.account, ask.path["id"])
    return Answer(shapes.agent(found))


async def _set_activity(ask: Ask) -> Answer:
    asked: resources.AgentActivity = ask.body
    found = await ask.services.contact_centre.set_activity(
        ask.account, ask.path["id"], asked.activity, at_once=asked.at_once
    )
    return Answer(shapes.agent(found))


async def _queue(ask: Ask) -> Answer:
    found = await ask.services.contact_centre.queue(ask.account, ask.path["id"])
    return Answer(shapes.queue(found))


CREATE = Route(
    method="POST",
    path="/v1/tasks",
    id="createTask",
    tag="Tasks",
    summary="Bring work for an agent: a message to answer, somebody to call",
    handler=_create,
    permission="tasks.write",
    body=resources.TaskCreate,
    reply=resources.Task,
    status=201,
    refusals=(
        Refusal(422, "no_target", "It is not said whom it is for, or twice."),
        Refusal(422, "unknown_queue", "There is no such queue."),
        Refusal(422, "unknown_workflow", "There is no such workflow."),
        Refusal(422, "unknown_agent", "There is no such agent."),
        Refusal(422, "unknown_contact", "There is no such contact."),
        ELSEWHERE,
    ),
    creates=True,
)

ROUTES = (
    Route(
        method="GET",
        path="/v1/tasks",
        id="listTasks",
        tag="Tasks",
        summary="List the tasks that are not over, the oldest first",
        handler=_list,
        permission="tasks.read",
        query=resources.TaskQuery,
        reply=resources.TaskPage,
        refusals=(ELSEWHERE,),
    ),
    CREATE,
    Route(
        method="GET",
        path="/v1/tasks/{id}",
        id="getTask",
        tag="Tasks",
        summary="Look at a task: where it waits, and why it goes where it goes",
        handler=_get,
        permission="tasks.read",
        reply=resources.Task,
        refusals=(_NO_TASK, ELSEWHERE),
    ),
    Route(
        method="PATCH",
        path="/v1/tasks/{id}",
        id="updateTask",
        tag="Tasks",
        summary="Make a task more or less urgent",
        handler=_update,
        permission="tasks.write",
        body=resources.TaskPatch,
        reply=resources.Task,
        refusals=(_NO_TASK, _OVER, ELSEWHERE),
    ),
    Route(
        method="POST",
        path="/v1/tasks/{id}/cancel",
        id="cancelTask",
        tag="Tasks",
        summary="End a task, whoever has it; its customer is told",
        handler=_cancel,
        permission="tasks.write",
        reply=resources.Task,
        refusals=(_NO_TASK, _OVER, ELSEWHERE),
    ),
    Route(
        method="GET",
        path="/v1/agents/{id}/state",
        id="getAgentState",
        tag="Agents",
        summary="Tell what an agent does",
        handler=_agent,
        permission="agents.read",
        reply=resources.AgentState,
        refusals=(_NO_AGENT, ELSEWHERE),
    ),
    Route(
        method="PUT",
        path="/v1/agents/{id}/state",
        id="putAgentState",
        tag="Agents",
        summary="Set an agent's activity",
        handler=_set_activity,
        permission="agents.supervise",
        body=resources.AgentActivity,
        reply=resources.AgentState,
        refusals=(
            _NO_AGENT,
            Refusal(422, "unknown_activity", "There is no such activity."),
            ELSEWHERE,
        ),
    ),
    Route(
        method="GET",
        path="/v1/queues/{id}/state",
        id="getQueueState",
        tag="Queues",
        summary="Tell who waits in a queue, and who is there for them",
        handler=_queue,
        permission="queues.read",
        reply=resources.QueueState,
        refusals=(_NO_QUEUE, ELSEWHERE),
    ),
)
