"""The contact centre at work over REST: sessions, tasks, offers, agents, queues."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.signalling.centre import Agent, Visitor, agent, site_key
from tests.signalling.people import Browser
from tests.signalling.rest import Api
from tests.signalling.signalling import Signalling, signalling

pytestmark = pytest.mark.integration

NOWHERE = "0" * 32


@pytest.fixture
async def centre(tmp_path: Path) -> AsyncIterator[Signalling]:
    """A server with the demo's contact centre."""
    async with signalling(tmp_path, demonstration=True) as running:
        yield running


@pytest.fixture
def program(centre: Signalling) -> Api:
    """A program with the first key."""
    return Api(centre)


@pytest.fixture
async def emma(centre: Signalling) -> AsyncIterator[Agent]:
    """Emma is at her desk; she speaks English."""
    made = await agent(centre, "emma")
    await made.works()
    yield made
    await made.close()


@pytest.fixture
async def ines(centre: Signalling) -> AsyncIterator[Visitor]:
    """A visitor."""
    made = Visitor(centre, "Inès")
    yield made
    await made.close()


async def support(program: Api) -> str:
    """The demo's queue."""
    [queue] = (await program.get("/v1/queues"))["items"]
    return str(queue["id"])


async def bring(program: Api, **more: Any) -> dict[str, Any]:
    """Work of a program's."""
    body = {"queue": await support(program), **more}
    made: dict[str, Any] = await program.post("/v1/tasks", body, expect=201)
    return made


async def limited(centre: Signalling, program: Api, *scopes: str) -> Api:
    """A program with a key of these scopes."""
    body = {"name": "narrow", "scopes": list(scopes)}
    key = await program.post("/v1/api-keys", body, expect=201)
    return Api(centre, key["id"], key["secret"])


async def talk(centre: Signalling, emma: Agent, ines: Visitor) -> str:
    """They talk; the session's id."""
    await ines.waits(await site_key(centre))
    await emma.answers()
    await ines.joins()
    await ines.until(lambda visit: visit["state"] == "live")
    return str(ines.state["session"])


# sessions


async def test_a_session_tells_who_talked_and_what_was_agreed(
    centre: Signalling, program: Api, emma: Agent, ines: Visitor
) -> None:
    id = await talk(centre, emma, ines)
    told = await program.get(f"/v1/sessions/{id}")
    assert (told["state"], told["channel"], told["talked"]) == ("live", "voice", None)
    assert [(each["role"], each["there"]) for each in told["parties"]] == [
        ("visitor", True),
        ("agent", True),
    ]
    assert [each["name"] for each in told["agents"]] == ["Emma Clarke"]
    consent = told["consent"]
    assert (consent["given"], consent["version"], consent["locale"]) == (True, "1", "en")
    assert told["queued_at"] <= consent["at"] <= told["answered_at"]
    assert told["customer"]["name"] == "Inès"


async def test_what_is_over_has_its_rating_and_its_disposition(
    centre: Signalling, program: Api, emma: Agent, ines: Visitor
) -> None:
    id = await talk(centre, emma, ines)
    await ines.asks("hang_up")
    await ines.until(lambda visit: visit["may_rate"])
    await ines.asks("rate", stars=4, comment="Kind")
    await emma.until(lambda desk: desk["contacts"][0]["wrap_up_until"])
    await emma.asks("finish_wrap_up", session=id, disposition="Resolved", notes="Boots.")
    told = await program.get(f"/v1/sessions/{id}")
    assert (told["state"], told["reason"], told["parties"]) == ("ended", "visitor_left", [])
    assert (told["rating"]["stars"], told["disposition"]) == (4, "Resolved")
    assert (told["customer"]["comment"], told["customer"]["notes"]) == ("Kind", "Boots.")
    assert told["talked"] is not None


async def test_who_customers_are_is_for_those_who_may_know(
    centre: Signalling, program: Api, ines: Visitor
) -> None:
    await ines.waits(await site_key(centre))
    narrow = await limited(centre, program, "sessions.read", "tasks.read")
    [session] = (await narrow.get("/v1/sessions"))["items"]
    [task] = (await narrow.get("/v1/tasks"))["items"]
    assert (session["customer"], task["attributes"]) == (None, None)
    assert "Inès" not in str(session)
    assert task["contact"] == session["contact"]


async def test_sessions_are_listed_by_state_site_and_customer(
    centre: Signalling, program: Api, ines: Visitor
) -> None:
    key = await site_key(centre)
    await ines.waits(key)
    tom = Visitor(centre, "Tom")
    await tom.opens(key)
    ids = [ines.state["session"], tom.state["session"]]
    listed = await program.get("/v1/sessions")
    assert [each["id"] for each in listed["items"]] == ids[::-1]
    waiting = (await program.get("/v1/sessions?state=queued"))["items"]
    assert [each["id"] for each in waiting] == ids[:1]
    about = f"site={waiting[0]['site']}&contact={waiting[0]['contact']}"
    assert (await program.get(f"/v1/sessions?{about}"))["items"] == waiting
    assert (await program.get(f"/v1/sessions?site=ST{NOWHERE}"))["items"] == []
    first = await program.get("/v1/sessions?limit=1&order=asc")
    rest = await program.get(f"/v1/sessions?limit=1&order=asc&after={first['next']}")
    assert [each["id"] for each in first["items"] + rest["items"]] == ids
    assert rest["next"] is None
    await program.get("/v1/sessions?state=dreaming", expect=422)
    await tom.close()


async def test_a_call_that_a_program_ends_is_over_for_both(
    centre: Signalling, program: Api, emma: Agent, ines: Visitor
) -> None:
    id = await talk(centre, emma, ines)
    told = await program.post(f"/v1/sessions/{id}/end", {})
    assert (told["state"], told["reason"]) == ("ended", "canceled")
    await ines.until(lambda visit: visit["ended"] == "canceled")
    await emma.until(lambda desk: desk["contacts"][0]["wrap_up_until"])
    again = await program.post(f"/v1/sessions/{id}/end", {}, expect=409)
    assert again["code"] == "session_over"
    nobody = await program.post(f"/v1/sessions/SE{NOWHERE}/end", {}, expect=404)
    assert nobody["code"] == "session_not_found"


async def test_who_waits_and_is_ended_waits_no_more(
    centre: Signalling, program: Api, ines: Visitor
) -> None:
    await ines.waits(await site_key(centre))
    assert (await program.get("/v1/tasks"))["items"]
    await program.post(f"/v1/sessions/{ines.state['session']}/end", {})
    await ines.until(lambda visit: visit["state"] == "ended")
    assert (await program.get("/v1/tasks"))["items"] == []


# tasks


async def test_a_waiting_task_says_its_place_its_age_and_why(
    centre: Signalling, program: Api, ines: Visitor
) -> None:
    await ines.waits(await site_key(centre))
    [task] = (await program.get("/v1/tasks?state=pending"))["items"]
    assert (task["position"], task["session"]) == (1, ines.state["session"])
    assert task["queue"] == await support(program)
    considered = {each["reason"] for each in task["decisions"][-1]["considered"]}
    assert considered == {"absent"}
    assert await program.get(f"/v1/tasks/{task['id']}") == task
    assert (await program.get("/v1/tasks?state=assigned"))["items"] == []


async def test_a_program_brings_a_message_and_an_agent_reads_it(program: Api, emma: Agent) -> None:
    customer = {"name": "Ravi", "email": "ravi@example.com", "attributes": {"order": "17"}}
    made = await bring(program, message="Where is it?", customer=customer)
    assert (made["channel"], made["state"]) == ("message", "reserved")
    offer = (await emma.until(lambda desk: desk["offers"]))["offers"][0]
    assert (offer["task"], offer["customer"]["name"]) == (made["id"], "Ravi")
    await emma.asks("accept", reservation=offer["reservation"])
    state = await emma.until(lambda desk: desk["contacts"])
    contact = state["contacts"][0]
    assert contact["customer"]["message"] == "Where is it?"
    await emma.asks("hang_up", session=contact["session"])
    await emma.until(lambda desk: desk["contacts"][0]["wrap_up_until"])
    await emma.asks("finish_wrap_up", session=contact["session"], disposition="Resolved")
    over = await program.get(f"/v1/tasks/{made['id']}")
    assert (over["state"], over["position"]) == ("completed", None)
    session = await program.get(f"/v1/sessions/{contact['session']}")
    assert (session["state"], session["mode"], session["site"]) == ("ended", "task", None)
    assert session["disposition"] == "Resolved"


async def test_the_same_key_brings_work_once(program: Api) -> None:
    body = {"queue": await support(program), "channel": "callback"}
    once = {"Idempotency-Key": "once"}
    made = await program.post("/v1/tasks", body, expect=201, headers=once)
    again = await program.post("/v1/tasks", body, expect=201, headers=once)
    assert again == made
    assert [each["id"] for each in (await program.get("/v1/tasks"))["items"]] == [made["id"]]


async def test_work_for_a_customer_of_before_is_the_same_contacts(program: Api) -> None:
    first = await bring(program)
    second = await bring(program, contact=first["contact"])
    assert second["contact"] == first["contact"]
    listed = await program.get(f"/v1/sessions?contact={first['contact']}")
    assert len(listed["items"]) == 2
    stranger = {"queue": await support(program), "contact": f"CT{NOWHERE}"}
    refused = await program.post("/v1/tasks", stranger, expect=422)
    assert (refused["code"], refused["field"]) == ("unknown_contact", "contact")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "no_target"),
        ({"queue": f"QU{NOWHERE}", "agent": f"AG{NOWHERE}"}, "no_target"),
        ({"queue": f"QU{NOWHERE}"}, "unknown_queue"),
        ({"workflow": f"WF{NOWHERE}"}, "unknown_workflow"),
        ({"agent": f"AG{NOWHERE}"}, "unknown_agent"),
        ({"queue": f"QU{NOWHERE}", "attributes": {"a b": 1}}, "invalid"),
        ({"queue": f"QU{NOWHERE}", "message": "\x00"}, "invalid"),
    ],
)
async def test_work_that_is_for_nobody_is_refused_and_nothing_begins(
    program: Api, body: dict[str, Any], code: str
) -> None:
    assert (await program.post("/v1/tasks", body, expect=422))["code"] == code
    assert (await program.get("/v1/sessions"))["items"] == []
    assert (await program.get("/v1/tasks"))["items"] == []


async def test_the_preferred_agent_must_be_one(program: Api) -> None:
    body = {"queue": await support(program), "preferred_agent": f"AG{NOWHERE}"}
    refused = await program.post("/v1/tasks", body, expect=422)
    assert (refused["code"], refused["field"]) == ("unknown_agent", "preferred_agent")


async def test_what_is_more_urgent_goes_first(program: Api) -> None:
    first, second = await bring(program), await bring(program)
    assert (first["position"], second["position"]) == (1, 2)
    path = f"/v1/tasks/{second['id']}"
    changed = await program.patch(path, {"priority": 10})
    assert (changed["priority"], changed["position"]) == (10, 1)
    assert (await program.get(f"/v1/tasks/{first['id']}"))["position"] == 2
    await program.patch(path, {"priority": 1001}, expect=422)
    nobody = await program.patch(f"/v1/tasks/TA{NOWHERE}", {"priority": 1}, expect=404)
    assert nobody["code"] == "task_not_found"


async def test_a_canceled_task_is_over_with_its_session(program: Api) -> None:
    made = await bring(program)
    path = f"/v1/tasks/{made['id']}"
    over = await program.post(f"{path}/cancel", {})
    assert (over["state"], over["reason"]) == ("canceled", "canceled")
    assert (await program.get(path))["state"] == "canceled"
    assert (await program.get(f"/v1/sessions/{made['session']}"))["state"] == "ended"
    assert (await program.post(f"{path}/cancel", {}, expect=409))["code"] == "task_over"
    assert (await program.patch(path, {"priority": 1}, expect=409))["code"] == "task_over"


async def test_every_offer_of_a_task_is_listed(program: Api, emma: Agent) -> None:
    made = await bring(program)
    offer = (await emma.until(lambda desk: desk["offers"]))["offers"][0]
    await emma.asks("reject", reservation=offer["reservation"])
    await bring(program)
    [offered] = (await program.get(f"/v1/reservations?task={made['id']}"))["items"]
    assert (offered["id"], offered["state"]) == (offer["reservation"], "rejected")
    assert offered["ended_at"] is not None
    assert (await program.get(f"/v1/reservations?task=TA{NOWHERE}"))["items"] == []
    assert (await program.get("/v1/reservations?state=accepted"))["items"] == []


# agents and queues


async def test_an_agents_state_is_told_and_set(program: Api, emma: Agent) -> None:
    path = f"/v1/agents/{emma.state['agent']['id']}/state"
    await emma.until(lambda desk: desk["agent"]["activity"])
    told = await program.get(path)
    assert (told["connection"], told["load"], told["available"]) == ("present", "idle", True)
    activities = (await program.get("/v1/activities"))["items"]
    [away] = [each["id"] for each in activities if each["name"] == "Break"]
    changed = await program.put(path, {"activity": away})
    assert (changed["activity"], changed["available"]) == (away, False)
    assert changed["obstacle"] == "activity"
    await emma.until(lambda desk: desk["agent"]["activity"] == away)
    refused = await program.put(path, {"activity": f"AV{NOWHERE}"}, expect=422)
    assert (refused["code"], refused["field"]) == ("unknown_activity", "activity")
    nobody = await program.get(f"/v1/agents/AG{NOWHERE}/state", expect=404)
    assert nobody["code"] == "agent_not_found"


async def test_a_busy_agent_goes_on_break_afterwards(program: Api, emma: Agent) -> None:
    await bring(program)
    offer = (await emma.until(lambda desk: desk["offers"]))["offers"][0]
    await emma.asks("accept", reservation=offer["reservation"])
    activities = (await program.get("/v1/activities"))["items"]
    [away] = [each["id"] for each in activities if each["name"] == "Break"]
    path = f"/v1/agents/{emma.state['agent']['id']}/state"
    changed = await program.put(path, {"activity": away, "at_once": False})
    assert (changed["load"], changed["next_activity"]) == ("busy", away)
    assert changed["activity"] != away
    assert changed["reservations"] == [offer["reservation"]]


async def test_a_queues_state_counts_who_waits_and_who_is_there(program: Api, emma: Agent) -> None:
    path = f"/v1/queues/{await support(program)}/state"
    told = await program.get(path)
    assert (told["waiting"], told["available"], told["agents"]["idle"]) == (0, 1, 1)
    await bring(program, channel="callback")
    await emma.until(lambda desk: desk["offers"])
    told = await program.get(path)
    assert (told["waiting"], told["agents"]["offered"]) == (1, 1)
    nobody = await program.get(f"/v1/queues/QU{NOWHERE}/state", expect=404)
    assert nobody["code"] == "queue_not_found"


async def test_what_was_just_set_up_is_there_at_once(program: Api) -> None:
    for n in range(5):
        queue = await program.post("/v1/queues", {"name": f"Q{n}"}, expect=201)
        told = await program.get(f"/v1/queues/{queue['id']}/state")
        assert (told["name"], told["waiting"]) == (f"Q{n}", 0)
        await program.post("/v1/tasks", {"queue": queue["id"]}, expect=201)


# figures


async def figures(centre: Signalling) -> dict[str, float]:
    """What /metrics says, by name and labels."""
    async with centre.http.get("/metrics") as reply:
        lines = (await reply.text()).splitlines()
    told = (line.rpartition(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, _, value in told}


async def test_figures_count_who_waits_and_who_is_there(
    centre: Signalling, program: Api, ines: Visitor
) -> None:
    await ines.waits(await site_key(centre))
    await bring(program)
    told = await figures(centre)
    assert told["offhook_tasks_waiting"] == 2
    assert told['offhook_sessions{state="queued"}'] == 1
    assert told['offhook_sessions{state="closed"}'] == 1
    assert told["offhook_agents_available"] == 0


async def test_figures_measure_each_wait_and_each_answer_once(
    centre: Signalling, emma: Agent, ines: Visitor
) -> None:
    assert (await figures(centre))["offhook_agents_available"] == 1
    await talk(centre, emma, ines)
    told = await figures(centre)
    assert told["offhook_wait_seconds_count"] == 1
    assert told["offhook_offer_seconds_count"] == 1
    assert 0 < told["offhook_offer_seconds_sum"] < 30
    assert told['offhook_sessions{state="live"}'] == 1
    assert told["offhook_agents_available"] == 0


# who may


async def test_agents_read_no_sessions_and_set_nobodys_activity(emma: Agent) -> None:
    browser: Browser = emma.browser
    path = f"/v1/agents/{emma.state['agent']['id']}/state"
    await browser.send("GET", "/v1/sessions", expect=403)
    await browser.send("GET", "/v1/tasks", expect=403)
    await browser.send("PUT", path, {"activity": f"AV{NOWHERE}"}, expect=403)
    await browser.send("GET", path)


async def test_a_desk_of_another_process_is_asked_for_again(
    centre: Signalling, program: Api
) -> None:
    made = await bring(program)
    desks, account = centre.services.desks, centre.services.main
    await desks.let_go(account)
    claim = await centre.services.parts.store.claim(f"desk {account}")
    assert claim is not None
    away = await program.get("/v1/tasks", expect=503)
    assert (away["code"], away["retryable"]) == ("desk_elsewhere", True)
    assert program.headers["Retry-After"] == "1"
    await program.post("/v1/tasks", {"queue": await support(program)}, expect=503)
    assert (await program.get(f"/v1/sessions/{made['session']}"))["state"] == "closed"
    await centre.services.parts.store.release(claim)
    assert (await program.get("/v1/tasks"))["items"][0]["id"] == made["id"]


async def test_work_that_was_brought_is_there_after_a_restart(tmp_path: Path) -> None:
    async with signalling(tmp_path, demonstration=True) as running:
        seeded, program = running.seeded, Api(running)
        made = await bring(program, customer={"name": "Ravi"})
    async with signalling(tmp_path) as running:
        running.seeded = seeded
        program = Api(running)
        again = await program.get(f"/v1/tasks/{made['id']}")
        assert (again["state"], again["position"]) == ("pending", 1)
        session = await program.get(f"/v1/sessions/{made['session']}")
        assert session["customer"]["name"] == "Ravi"
