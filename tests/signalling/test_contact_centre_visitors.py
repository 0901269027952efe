"""What visitors may ask for, say and be: callbacks, messages, who vouches for them, and limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest

from offhook.core.clock import SECOND, ManualClock, Micros, isoformat
from tests.signalling.centre import Agent, Visitor, agent, set_up, site_key
from tests.signalling.rest import Api
from tests.signalling.signalling import Refused, Signalling, signalling

pytestmark = pytest.mark.integration

#: A weekday that is not named is closed.
CLOSED: dict[str, Any] = {"time_zone": "UTC", "week": {}}
ADA: dict[str, Any] = {"sub": "7", "name": "Ada Vouched", "attributes": {"tier": "A"}}


@pytest.fixture
def clock() -> ManualClock:
    """The time, which stands still."""
    return ManualClock()


@pytest.fixture
async def centre(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Signalling]:
    """A server with the demo's contact centre."""
    async with signalling(tmp_path, demonstration=True, clock=clock) as running:
        yield running


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


async def refusal(page: Visitor, command: str, **argument: Any) -> tuple[int, str]:
    """With which status and code a command is refused."""
    with pytest.raises(Refused) as refused:
        await page.asks(command, **argument)
    return refused.value.problem["status"], refused.value.code


async def passes(centre: Signalling, clock: ManualClock, seconds: float) -> None:
    """Time passes, and the desk has done what it has to."""
    clock.advance(seconds)
    await asyncio.sleep(0)
    made = await centre.services.desks.of(centre.services.main)
    await made.owner.driver.settle()


# modes


async def test_a_direct_site_rings_everybody_who_is_free_at_once(
    centre: Signalling, emma: Agent, ines: Visitor
) -> None:
    await set_up(centre, "queues", requirements=[], strategy="linear")
    await set_up(centre, "sites", mode="direct")
    chloe = await agent(centre, "chloe")
    await chloe.works()
    await ines.waits(await site_key(centre))
    await emma.until(lambda desk: desk["offers"])
    await chloe.answers()
    await emma.until(lambda desk: not desk["offers"])
    await ines.joins()
    await ines.until(lambda visit: visit["state"] == "live")
    await chloe.close()


# callbacks and messages


async def test_a_visitor_is_called_back_as_soon_as_an_agent_is_free(
    centre: Signalling, emma: Agent, ines: Visitor
) -> None:
    await ines.opens(await site_key(centre))
    await ines.asks("ask_callback", answers={"name": "Inès"})
    await emma.answers()
    visit = await ines.until(lambda visit: visit["ringing"])
    assert (visit["state"], visit["callback"]["state"], visit["call"]) == (
        "callback",
        "dialing",
        None,
    )
    await ines.asks("answer")
    await ines.joins()
    await ines.until(lambda visit: visit["state"] == "live")


async def test_a_visitor_is_called_back_at_the_chosen_time_and_not_before(
    centre: Signalling, clock: ManualClock, emma: Agent, ines: Visitor
) -> None:
    await ines.opens(await site_key(centre))
    at = isoformat(Micros(clock.now() + 3600 * SECOND))
    await ines.asks("ask_callback", at=at, answers={"name": "Inès"})
    assert ines.state["callback"] is None or ines.state["callback"]["state"] == "requested"
    await passes(centre, clock, 3500)
    assert not emma.state["offers"]
    await passes(centre, clock, 101)
    offer = (await emma.until(lambda desk: desk["offers"]))["offers"][0]
    assert offer["channel"] == "callback"


async def test_a_callback_in_the_past_or_next_month_is_refused(
    centre: Signalling, clock: ManualClock, ines: Visitor
) -> None:
    await ines.opens(await site_key(centre))
    for seconds in (-60, 40 * 86_400):
        at = isoformat(Micros(clock.now() + seconds * SECOND))
        assert await refusal(ines, "ask_callback", at=at) == (422, "bad_time")
    for at in ("tomorrow", "2027-01-15T09:00:00"):
        assert await refusal(ines, "ask_callback", at=at) == (422, "bad_time")


async def test_a_message_is_read_by_an_agent_and_only_one_is_left(
    centre: Signalling, emma: Agent, ines: Visitor
) -> None:
    await ines.opens(await site_key(centre))
    assert (await refusal(ines, "leave_message", text=" "))[1] == "required"
    await ines.asks("leave_message", text="Please write to me.", answers={"name": "Inès"})
    assert (await refusal(ines, "leave_message", text="Again"))[0] == 409
    offer = (await emma.until(lambda desk: desk["offers"]))["offers"][0]
    assert (offer["channel"], offer["customer"]["name"]) == ("message", "Inès")
    await emma.asks("accept", reservation=offer["reservation"])
    contact = (await emma.until(lambda desk: desk["contacts"]))["contacts"][0]
    assert contact["call"] is None
    await emma.asks("hang_up", session=contact["session"])


# turned away


async def test_a_full_queue_turns_away_and_still_takes_a_message(
    centre: Signalling, ines: Visitor
) -> None:
    await set_up(centre, "queues", max_length=0)
    await ines.waits(await site_key(centre))
    visit = await ines.until(lambda visit: visit["state"] == "closed")
    assert visit["ended"] == "queue_full"
    await ines.asks("leave_message", text="Please call.")
    [task] = (await Api(centre).get("/v1/tasks"))["items"]
    assert (task["channel"], task["state"]) == ("message", "pending")


async def test_a_closed_site_says_so_and_still_calls_back(
    centre: Signalling, emma: Agent, ines: Visitor
) -> None:
    await set_up(centre, "sites", hours=CLOSED)
    await ines.waits(await site_key(centre))
    visit = await ines.until(lambda visit: visit["state"] == "closed")
    assert visit["ended"] == "closed"
    await ines.asks("ask_callback")
    await emma.until(lambda desk: desk["offers"])


async def test_too_long_a_wait_ends_with_the_reason(
    centre: Signalling, clock: ManualClock, ines: Visitor
) -> None:
    await ines.waits(await site_key(centre))
    await passes(centre, clock, 601)
    visit = await ines.until(lambda visit: visit["state"] == "closed")
    assert visit["ended"] == "waited_too_long"


async def test_consent_is_to_the_text_that_was_shown(centre: Signalling, ines: Visitor) -> None:
    await ines.opens(await site_key(centre))
    await ines.asks("fill", answers={"name": "Inès"})
    assert await refusal(ines, "start", consent=True, version="0") == (409, "consent_changed")
    assert (await refusal(ines, "start"))[1] == "required"
    await ines.asks("start", consent=False, version="1")


# who they are


async def secret(centre: Signalling) -> str:
    """What the site's own server signs with."""
    program = Api(centre)
    [site] = (await program.get("/v1/sites"))["items"]
    body = {"overlap": 0}
    made = await program.post(f"/v1/sites/{site['id']}/rotate-secret", body)
    return str(made["identity_secret"])


def signed(secret: str, clock: ManualClock, **more: Any) -> str:
    """A token of the site's own server."""
    payload = {**ADA, "exp": clock.now() // SECOND + 300, **more}
    return jwt.encode(payload, secret, algorithm="HS256")


async def test_whom_the_site_vouches_for_skips_the_form_and_is_marked(
    centre: Signalling, clock: ManualClock, emma: Agent, ines: Visitor
) -> None:
    token = signed(await secret(centre), clock)
    page = {"cart": "3 boots"}
    opened = await ines.opens(await site_key(centre), identity=token, attributes=page)
    assert opened["visit"]["state"] == "consent"
    await ines.asks("start", consent=True, version="1")
    who = (await emma.until(lambda desk: desk["offers"]))["offers"][0]["customer"]
    assert (who["name"], who["verified"], who["attributes"]) == (
        "Ada Vouched",
        True,
        {"tier": "A"},
    )
    assert who["page_attributes"] == page


async def test_a_token_that_is_old_altered_or_another_s_is_refused(
    centre: Signalling, clock: ManualClock
) -> None:
    good = await secret(centre)
    head, body, signature = signed(good, clock).split(".")
    other = signed(good, clock, sub="8").split(".")[1]
    bare = jwt.encode({**ADA, "exp": 4e9}, "", algorithm="none")
    tokens = {
        signed(good, clock, exp=clock.now() // SECOND - 120): "identity_expired",
        f"{head}.{other}.{signature}": "identity_invalid",
        signed("visitor_" + "x" * 32, clock): "identity_invalid",
        f"{head}.{body}.": "identity_invalid",
        bare: "identity_invalid",
        "nonsense": "identity_invalid",
    }
    for token, code in tokens.items():
        page = Visitor(centre, "Eve")
        with pytest.raises(Refused) as refused:
            await page.opens(await site_key(centre), identity=token)
        assert (refused.value.problem["status"], refused.value.code) == (401, code)
        await page.close()


async def test_who_comes_again_is_known_and_so_is_what_was_said(
    centre: Signalling, clock: ManualClock, emma: Agent, ines: Visitor
) -> None:
    key, token = await site_key(centre), signed(await secret(centre), clock)
    await ines.opens(key, identity=token)
    await ines.asks("start", consent=True, version="1")
    await emma.answers()
    await ines.joins()
    first = (await ines.until(lambda visit: visit["state"] == "live"))["session"]
    await emma.asks("note", session=first, notes="Boots.", disposition="Resolved")
    await emma.asks("hang_up", session=first)
    await emma.asks("finish_wrap_up", session=first, disposition="Resolved", notes="Boots.")
    again = Visitor(centre, "Inès")
    await again.opens(key, identity=token)
    await again.asks("start", consent=True, version="1")
    offer = (await emma.until(lambda desk: desk["offers"]))["offers"][0]
    [earlier] = offer["earlier"]
    assert (earlier["session"], earlier["agent"], earlier["notes"]) == (
        first,
        "Emma Clarke",
        "Boots.",
    )
    [task] = (await Api(centre).get("/v1/tasks"))["items"]
    made = await centre.services.desks.of(centre.services.main)
    assert made.desk.router.tasks[task["id"]].preferred == emma.state["agent"]["id"]
    await again.close()


async def test_the_resume_secret_of_another_contact_or_site_opens_a_new_one(
    centre: Signalling, ines: Visitor
) -> None:
    program = Api(centre)
    [queue] = (await program.get("/v1/queues"))["items"]
    body = {"name": "Other", "allowed_origins": [], "target": {"queue": queue["id"]}}
    other = await program.post("/v1/sites", body, expect=201)
    await ines.opens(await site_key_of(centre, "Demo shop"))
    page = Visitor(centre, "Inès")
    page.resume = ines.resume
    await centre.services.desks.up_to_date(centre.services.main)
    opened = await page.opens(other["key"])
    assert opened["visit"]["session"] != ines.state["session"]
    forged = Visitor(centre, "Eve")
    forged.resume = ines.resume[:-2] + "AA"
    opened = await forged.opens(await site_key_of(centre, "Demo shop"))
    assert opened["visit"]["session"] != ines.state["session"]
    await page.close()
    await forged.close()


async def site_key_of(centre: Signalling, name: str) -> str:
    """The public key of a site of several."""
    found = (await Api(centre).get("/v1/sites"))["items"]
    return next(str(each["key"]) for each in found if each["name"] == name)


# what is kept, and limits


def stored(folder: Path) -> bytes:
    """All bytes of the store."""
    return b"".join(each.read_bytes() for each in folder.glob("store.sqlite*"))


async def test_nothing_that_a_visitor_said_is_stored_in_the_clear(
    centre: Signalling, emma: Agent, ines: Visitor, tmp_path: Path
) -> None:
    said = {
        "page": {"url": "https://shop/MARK-PAGE", "title": "MARK-TITLE"},
        "attributes": {"cart": "MARK-CART"},
    }
    await ines.opens(await site_key(centre), **said)
    answers = {"name": "MARK-NAME", "email": "mark-mail@example.org", "reason": "order"}
    await ines.asks("fill", answers=answers)
    await ines.asks("start", consent=True, version="1")
    await emma.answers()
    await ines.joins()
    await ines.until(lambda visit: visit["state"] == "live")
    await emma.asks("note", session=ines.state["session"], notes="MARK-NOTES")
    await ines.asks("hang_up")
    await ines.until(lambda visit: visit["may_rate"])
    await ines.asks("rate", stars=1, comment="MARK-COMMENT")
    letter = Visitor(centre, "Letter")
    await letter.opens(await site_key(centre))
    await letter.asks("leave_message", text="MARK-LETTER", answers={"name": "MARK-NAME"})
    await letter.close()
    kept = await asyncio.to_thread(stored, tmp_path)
    assert ines.state["session"].encode() in kept
    assert b"MARK-" not in kept
    assert b"mark-mail" not in kept


async def test_one_address_does_not_open_contacts_without_end(
    centre: Signalling, clock: ManualClock
) -> None:
    key, page = await site_key(centre), Visitor(centre, "Eve")
    await page.connect({"site": key})
    codes = []
    for _ in range(22):
        try:
            codes.append((await page.asks("open", language="en"))["visit"]["state"])
        except Refused as refused:
            codes.append(refused.code)
        clock.advance(0.1)
    assert codes == [*["form"] * 20, "rate_limited", "rate_limited"]
    made = await centre.services.desks.of(centre.services.main)
    await made.owner.driver.settle()
    away = [session.away_until is not None for session in made.desk.sessions.values()]
    assert sorted(away) == [False, *[True] * 19], "contacts that the page has left are kept"
    await page.close()


async def test_a_flood_is_slowed_down_and_then_sent_away(centre: Signalling, ines: Visitor) -> None:
    await ines.opens(await site_key(centre))
    codes: set[str] = set()
    for _ in range(100):
        try:
            await ines.asks("moved", page={"url": "/"})
        except Refused as refused:
            codes.add(refused.code)
        except Exception:
            break
    assert "rate_limited" in codes
    await ines.hears("disconnected")


async def test_a_socket_that_never_begins_is_closed(centre: Signalling, clock: ManualClock) -> None:
    page = Visitor(centre, "Nobody")
    await page.connect({"site": await site_key(centre)})
    assert await refusal(page, "start") == (409, "not_begun")
    clock.advance(61)
    await page.hears("disconnected")
