"""The contact centre's objects over REST: made, read, changed, deleted, and refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from offhook.core.clock import SECOND, ManualClock, Micros
from tests.signalling.people import PASSWORD, Browser
from tests.signalling.rest import Api
from tests.signalling.signalling import Signalling, signalling

pytestmark = pytest.mark.integration

HOURS = {"time_zone": "Europe/Paris", "week": {"monday": [{"opens": "09:00", "closes": "17:00"}]}}


async def queue(api: Api, name: str = "Support", **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = await api.post("/v1/queues", {"name": name, **more}, expect=201)
    return made


async def site(api: Api, **more: Any) -> dict[str, Any]:
    to = await queue(api, "Of the site")
    body = {"name": "Shop", "target": {"queue": to["id"]}, **more}
    made: dict[str, Any] = await api.post("/v1/sites", body, expect=201)
    return made


async def somebody(server: Signalling, api: Api, role: str) -> Browser:
    """Somebody of this role, signed in with a password of their own."""
    made = await api.post("/v1/users", {"login": role, "role": role}, expect=201)
    browser = Browser(server)
    await browser.sign_in(role, made["password"])
    await browser.change(made["password"], PASSWORD)
    return browser


async def test_a_queue_is_made_read_changed_and_deleted(api: Api) -> None:
    made = await queue(api, expression="skills.fr >= 3", hours=HOURS)
    assert made["id"].startswith("QU")
    assert (made["strategy"], made["offer_timeout"]) == ("longest_idle", 20)
    path, tag = f"/v1/queues/{made['id']}", api.headers["ETag"]
    assert await api.get(path) == made
    assert api.headers["ETag"] == tag
    assert (await api.get("/v1/queues"))["items"] == [made]
    changed = await api.patch(path, {"wrap_up": 0}, headers={"If-Match": tag})
    assert (changed["wrap_up"], changed["hours"]) == (0, made["hours"])
    late = await api.patch(path, {"name": "Late"}, headers={"If-Match": tag}, expect=412)
    assert late["code"] == "precondition_failed"
    await api.delete(path, headers={"If-Match": tag}, expect=412)
    assert (await api.patch(path, {"hours": None}))["hours"] is None
    await api.delete(path, expect=204)
    assert (await api.get(path, expect=404))["code"] == "queue_not_found"
    assert (await api.get("/v1/queues"))["items"] == []


async def test_lists_go_on_where_the_page_ended(api: Api) -> None:
    made = [(await queue(api, f"{n}"))["id"] for n in range(5)]
    first = await api.get("/v1/queues?limit=3")
    rest = await api.get(f"/v1/queues?limit=3&after={first['next']}")
    assert [each["id"] for each in first["items"] + rest["items"]] == made
    assert rest["next"] is None


async def test_the_same_key_makes_one_site_and_shows_its_secret_again(api: Api) -> None:
    to = await queue(api)
    body = {"name": "Shop", "target": {"queue": to["id"]}}
    once = {"Idempotency-Key": "once"}
    made = await api.post("/v1/sites", body, expect=201, headers=once)
    assert await api.post("/v1/sites", body, expect=201, headers=once) == made
    assert len((await api.get("/v1/sites"))["items"]) == 1
    taken = await api.post("/v1/sites", body, expect=409)
    assert taken["code"] == "site_exists"


async def test_a_sites_secret_is_shown_when_it_is_made_and_rotated(
    server: Signalling, api: Api
) -> None:
    made = await site(api, allowed_origins=["HTTPS://shop.example/"])
    assert made["key"].startswith("site_")
    assert made["allowed_origins"] == ["https://shop.example"]
    path = f"/v1/sites/{made['id']}"
    seen = await api.get(path)
    assert "identity_secret" not in seen
    assert seen == {key: made[key] for key in seen}
    again = await api.post(f"{path}/rotate-secret", {"overlap": 60}, expect=200)
    assert again["identity_secret"] != made["identity_secret"]
    assert again["old_secret_until"] is not None
    kept = await server.services.configuration.site_of_key(made["key"])
    assert kept is not None
    now = server.services.parts.clock.now()
    assert kept.signing(now) == [again["identity_secret"], made["identity_secret"]]
    assert kept.signing(Micros(now + 61 * SECOND)) == [again["identity_secret"]]
    assert (await api.patch(path, {"key": "site_mine"}, expect=422))["field"] == "key"


async def test_a_wrong_expression_is_refused_with_its_field_and_position(api: Api) -> None:
    body = {"name": "Q", "requirements": [{"expression": "skills.fr => 3"}]}
    problem = await api.post("/v1/queues", body, expect=422)
    assert problem["code"] == "bad_expression"
    assert (problem["field"], problem["position"]) == ("requirements[0].expression", 11)
    assert (await api.get("/v1/queues"))["items"] == []


async def test_what_others_name_is_kept_and_they_are_told(api: Api) -> None:
    made = await site(api)
    path = f"/v1/queues/{made['target']['queue']}"
    problem = await api.delete(path, expect=409)
    assert problem["code"] == "in_use"
    assert problem["detail"] == "'Of the site' is used by the site 'Shop'."
    await api.delete(f"/v1/sites/{made['id']}", expect=204)
    await api.delete(path, expect=204)


async def test_a_queue_cannot_overflow_into_itself(api: Api) -> None:
    made = await queue(api)
    problem = await api.patch(f"/v1/queues/{made['id']}", {"overflow": made["id"]}, expect=422)
    assert problem["field"] == "overflow"


async def test_an_agent_is_a_person_with_a_login_once(api: Api) -> None:
    user = await api.post(
        "/v1/users", {"login": "Ada", "name": "Ada L", "role": "agent"}, expect=201
    )
    body = {"user": " ADA ", "skills": {"fr": 3}}
    problem = await api.post("/v1/agents", {"user": "nobody"}, expect=422)
    assert (problem["code"], problem["field"]) == ("unknown_user", "user")
    made = await api.post("/v1/agents", body, expect=201)
    assert (made["user"], made["login"], made["name"]) == (user["id"], "ada", "Ada L")
    assert not made["disabled"]
    again = await api.post("/v1/agents", {"user": user["id"]}, expect=409)
    assert again["code"] == "agent_exists"
    path = f"/v1/agents/{made['id']}"
    assert (await api.patch(path, {"user": "bob"}, expect=422))["field"] == "user"
    changed = await api.patch(path, {"skills": {"fr": 4, "en": 1}})
    assert (changed["skills"], changed["name"]) == ({"fr": 4, "en": 1}, "Ada L")
    assert (await api.get("/v1/agents"))["items"] == [changed]


async def test_one_activity_is_that_of_whoever_is_not_there(api: Api) -> None:
    await api.post("/v1/activities", {"name": "Offline", "offline": True}, expect=201)
    other = {"name": "Away", "offline": True}
    assert (await api.post("/v1/activities", other, expect=409))["code"] == "activity_exists"
    await api.post("/v1/activities", {"name": "Away"}, expect=201)


async def test_events_tell_what_was_changed_and_name_nobody(api: Api) -> None:
    await api.post(
        "/v1/users", {"login": "ada@x.example", "name": "Ada L", "role": "agent"}, expect=201
    )
    made = await api.post("/v1/agents", {"user": "ada@x.example"}, expect=201)
    await api.patch(f"/v1/agents/{made['id']}", {"skills": {"fr": 5}})
    await api.delete(f"/v1/agents/{made['id']}", expect=204)
    told = (await api.get(f"/v1/events?subject={made['id']}"))["items"]
    assert [e["type"] for e in told] == ["agent.created", "agent.updated", "agent.deleted"]
    assert told[1]["data"]["object"]["skills"] == {"fr": 5}
    everything = str((await api.get("/v1/events"))["items"])
    assert "ada@x" not in everything
    assert "Ada L" not in everything


async def test_no_secret_is_in_an_event(api: Api) -> None:
    made = await site(api)
    told = (await api.get(f"/v1/events?subject={made['id']}"))["items"]
    assert [e["type"] for e in told] == ["site.created"]
    assert made["identity_secret"] not in str(told)


async def test_those_who_listen_are_told_of_each_change(server: Signalling, api: Api) -> None:
    heard: list[str] = []
    server.services.configuration.on_change.append(heard.append)
    made = await queue(api)
    await api.patch(f"/v1/queues/{made['id']}", {"wrap_up": 5})
    await api.patch(f"/v1/queues/{made['id']}", {"expression": "("}, expect=422)
    await api.delete(f"/v1/queues/{made['id']}", expect=204)
    assert heard == [server.services.main] * 3
    assert await server.services.configuration.version(server.services.main) == 3


async def test_a_supervisor_sets_up_the_contact_centre_but_not_its_keys(
    server: Signalling, api: Api
) -> None:
    made = await site(api)
    boss = await somebody(server, api, "supervisor")
    body = {"name": "Mine", "expression": ""}
    mine = await boss.send("POST", "/v1/queues", body, expect=201)
    await boss.send("PATCH", f"/v1/queues/{mine['id']}", {"wrap_up": 1})
    await boss.send("PATCH", f"/v1/sites/{made['id']}", {"video": False})
    path = f"/v1/sites/{made['id']}/rotate-secret"
    assert (await boss.send("POST", path, {}, expect=403))["code"] == "not_allowed"
    await boss.send("POST", "/v1/users", {"login": "x", "role": "agent"}, expect=403)
    await boss.send("GET", "/v1/account", expect=403)


async def test_an_agent_reads_what_the_desk_shows_and_changes_nothing(
    server: Signalling, api: Api
) -> None:
    made = await site(api)
    agent = await somebody(server, api, "agent")
    for kind in ("queues", "activities", "agents", "dispositions", "replies"):
        await agent.send("GET", f"/v1/{kind}")
    for kind in ("sites", "workflows", "users"):
        await agent.send("GET", f"/v1/{kind}", expect=403)
    await agent.send("POST", "/v1/queues", {"name": "Mine"}, expect=403)
    path = f"/v1/queues/{made['target']['queue']}"
    await agent.send("PATCH", path, {"name": "Mine"}, expect=403)
    await agent.send("DELETE", path, expect=403)


async def test_what_was_set_up_is_there_after_a_restart(tmp_path: Path) -> None:
    clock = ManualClock(Micros(1_700_000_000 * SECOND))
    async with signalling(tmp_path, clock=clock) as server:
        made = await site(Api(server), hours=HOURS)
    async with signalling(tmp_path, seed=False) as server:
        kept = await server.services.configuration.site_of_key(made["key"])
        assert kept is not None
        assert kept.body.hours is not None
        assert kept.body.hours.time_zone == "Europe/Paris"
        assert kept.signing(clock.now()) == [made["identity_secret"]]


async def test_an_agent_is_not_sent_away_to_where_work_is_offered(api: Api) -> None:
    free = await api.post("/v1/activities", {"name": "Free", "available": True}, expect=201)
    lunch = await api.post("/v1/activities", {"name": "Lunch"}, expect=201)
    body = {"name": "Q", "away_activity": free["id"]}
    problem = await api.post("/v1/queues", body, expect=422)
    assert (problem["code"], problem["field"]) == ("activity_available", "away_activity")
    await queue(api, away_activity=lunch["id"])
    path = f"/v1/activities/{lunch['id']}"
    assert (await api.patch(path, {"available": True}, expect=409))["code"] == "in_use"
    await api.patch(path, {"name": "Pause"})


async def test_the_router_is_given_what_is_set_up_now(server: Signalling, api: Api) -> None:
    made = await site(api)
    for login, skill in (("ada", 3), ("eve", 1)):
        user = await api.post(
            "/v1/users", {"login": login, "name": "N", "role": "agent"}, expect=201
        )
        await api.post("/v1/agents", {"user": login, "skills": {"fr": skill}}, expect=201)
    await api.patch(f"/v1/users/{user['id']}", {"disabled": True})
    planned = await server.services.configuration.planned(server.services.main)
    assert list(planned.plans.queues) == [made["target"]["queue"]]
    assert [(p.name, p.skills) for p in planned.profiles] == [("N", {"fr": 3})]
    assert planned.again_at is None
    assert planned.version == await server.services.configuration.version(server.services.main)
