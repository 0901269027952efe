"""What the event log and webhooks tell of a contact: everything but who the customer is."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.signalling.centre import Agent, Visitor, agent, site_key
from tests.signalling.hooks import Hook, without_gap
from tests.signalling.rest import Api
from tests.signalling.signalling import Signalling, signalling

pytestmark = pytest.mark.integration

#: What the events of the contact centre are about.
OURS = {"session", "task", "reservation", "agent"}


@pytest.fixture
async def centre(tmp_path: Path) -> AsyncIterator[Signalling]:
    """A server with the demo's contact centre, whose webhooks may go to this machine."""
    allowed = ("127.0.0.1",)
    async with signalling(
        tmp_path, demonstration=True, webhook_allowed_addresses=allowed
    ) as running:
        yield running


@pytest.fixture
async def hook(centre: Signalling) -> AsyncIterator[Hook]:
    """A receiver of everything."""
    async with Hook().running() as listening:
        body: dict[str, Any] = {"url": listening.url, "events": ["*"]}
        made = await Api(centre).post("/v1/webhooks", body, expect=201)
        listening.secret = made["secret"]
        yield listening


async def contact(centre: Signalling) -> str:
    """A contact from the click to the rating and the wrap-up, full of words; its session."""
    emma, ines = await agent(centre, "emma"), Visitor(centre, "SECRET-Inès")
    await emma.works()
    more = {"page": {"url": "https://shop/SECRET"}, "attributes": {"cart": "SECRET"}}
    await ines.waits(await site_key(centre), **more)
    await emma.answers()
    await ines.joins()
    session = str((await ines.until(lambda visit: visit["state"] == "live"))["session"])
    await emma.asks("hold", session=session, held=True)
    await emma.asks("hold", session=session, held=False)
    await ines.asks("hang_up")
    await ines.until(lambda visit: visit["may_rate"])
    await ines.asks("rate", stars=5, comment="SECRET")
    await writes_up(emma, session)
    for page in (emma, ines):
        await page.close()
    return session


async def writes_up(emma: Agent, session: str) -> None:
    """The agent is done with it."""
    await emma.until(lambda desk: desk["contacts"][0]["wrap_up_until"])
    asked = {"session": session, "disposition": "Resolved", "notes": "SECRET"}
    await emma.asks("finish_wrap_up", **asked)
    await emma.until(lambda desk: not desk["contacts"])


async def test_webhooks_tell_a_contact_in_order_and_not_who_it_was(
    centre: Signalling, hook: Hook
) -> None:
    session = await contact(centre)
    await hook.until(lambda: "session.wrapped_up" in hook.types(session))
    assert hook.types(session) == [
        *("session.created", "session.queued", "session.offering", "session.connecting"),
        *("session.answered", "session.held", "session.resumed", "session.ended"),
        *("session.rated", "session.wrapped_up"),
    ]
    assert without_gap(hook.seqs(session))
    assert not hook.forged
    about = [each for each in hook.came if each["type"].split(".")[0] in OURS]
    assert "SECRET" not in json.dumps(about)


async def test_the_log_tells_of_the_task_the_offer_and_the_agent_too(
    centre: Signalling, hook: Hook
) -> None:
    session = await contact(centre)
    await hook.until(lambda: "session.wrapped_up" in hook.types(session))
    await hook.until(lambda: "task.completed" in hook.types())
    [queued] = [each for each in hook.came if each["type"] == "session.queued"]
    task = queued["data"]["task"]
    assert hook.types(task) == [
        *("task.created", "task.queued", "task.reserved", "task.assigned", "task.wrapping"),
        "task.completed",
    ]
    [made] = [each["subject"] for each in hook.came if each["type"] == "reservation.created"]
    assert hook.types(made) == [
        *("reservation.created", "reservation.accepted", "reservation.wrapping"),
        "reservation.completed",
    ]
    assert without_gap(hook.seqs(task))
