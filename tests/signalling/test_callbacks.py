"""Callbacks over the sockets: links that are copied, links that are mailed, and links that are not
good any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from offhook.core.clock import SECOND, ManualClock, Micros, isoformat
from offhook.core.mail.smtp import SmtpSettings
from tests.signalling.centre import Agent, Visitor, agent, site_key
from tests.signalling.rest import Api
from tests.signalling.signalling import Refused, Signalling, signalling
from tests.support.mailbox import Mailbox, link_of, mailbox, words_of

pytestmark = pytest.mark.integration

HERE = "https://calls.example"
INES = "ines@example.org"


@pytest.fixture
def clock() -> ManualClock:
    """The time, which stands still."""
    return ManualClock()


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    """A mail server."""
    async with mailbox() as made:
        yield made


def smtp(box: Mailbox) -> SmtpSettings:
    """Where letters are handed in."""
    return SmtpSettings(
        host="localhost", port=box.port, sender="Shop <calls@example.com>", security="none"
    )


@pytest.fixture
async def centre(tmp_path: Path, clock: ManualClock, box: Mailbox) -> AsyncIterator[Signalling]:
    """A server with the demo's contact centre, which can send mail."""
    async with signalling(
        tmp_path, demonstration=True, clock=clock, smtp=smtp(box), url=HERE
    ) as running:
        yield running


@pytest.fixture
async def emma(centre: Signalling) -> AsyncIterator[Agent]:
    """Emma is at her desk; she speaks English."""
    made = await agent(centre, "emma")
    await made.works()
    yield made
    await made.close()


async def asks(centre: Signalling, *, email: str | None = INES, **more: Any) -> Visitor:
    """Inès asks to be called back, and closes the page."""
    ines = Visitor(centre, "Inès")
    await ines.opens(await site_key(centre))
    await ines.asks("ask_callback", answers={"name": "Inès"}, email=email, **more)
    await ines.close()
    made = await centre.services.desks.of(centre.services.main)
    await so(lambda: made.desk.sessions[ines.state["session"]].callback_away)
    return ines


async def so(right: Callable[[], object]) -> None:
    """Wait until it is so."""
    for _ in range(1_000):
        if right():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it is not so")


def written_in(folder: Path) -> bytes:
    """All that is on the disk."""
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


async def takes(emma: Agent) -> dict[str, Any]:
    """Emma takes the callback; the contact on her desk."""
    offer = (await emma.until(lambda desk: desk["offers"]))["offers"][0]
    await emma.asks("accept", reservation=offer["reservation"])
    session = offer["session"]
    await emma.until(lambda desk: (emma.contact(session, desk) or {}).get("callback"))
    await emma.joins(session)
    found: dict[str, Any] = emma.contact(session)
    return found


def secret_of(link: str) -> str:
    """What a link carries."""
    parts = urlsplit(link)
    assert parts.path.startswith("/visit/site_")
    name, _, secret = parts.fragment.partition("=")
    assert name == "callback"
    return secret


async def follows(centre: Signalling, link: str) -> Visitor:
    """Somebody opens a link in a browser of their own."""
    made = Visitor(centre, "Inès")
    await made.connect({"site": await site_key(centre), "link": secret_of(link)})
    try:
        opened = await made.asks("open", language="en")
    except Refused:
        await made.close()
        raise
    made.resume, made.state = opened["resume"], opened["visit"]
    return made


async def refusal(centre: Signalling, link: str) -> str:
    """With which code a link is refused."""
    with pytest.raises(Refused) as refused:
        await follows(centre, link)
    return str(refused.value.code)


async def passes(centre: Signalling, clock: ManualClock, seconds: float) -> None:
    """Time passes, and the desk has done what it has to."""
    clock.advance(seconds)
    await asyncio.sleep(0)
    made = await centre.services.desks.of(centre.services.main)
    await made.owner.driver.settle()


async def events(centre: Signalling, session: str) -> list[str]:
    """The types of a session's events."""
    found = await Api(centre).get(f"/v1/events?limit=200&subject={session}")
    return [each["type"] for each in found["items"]]


# a link that is copied


async def test_a_copied_link_rings_and_talks_in_another_browser(
    centre: Signalling, emma: Agent
) -> None:
    ines = await asks(centre, email=None)
    contact = await takes(emma)
    assert (contact["callback"]["there"], contact["callback"]["may_mail"]) == (False, False)
    made = await emma.asks("callback_link", session=contact["session"])
    there = await follows(centre, made["url"])
    assert (there.state["session"], there.state["ringing"]) == (ines.state["session"], True)
    await emma.until(lambda desk: emma.contact(contact["session"], desk)["callback"]["there"])
    await there.asks("answer")
    await there.joins()
    await there.until(lambda visit: visit["state"] == "live")
    await there.close()


async def test_a_page_that_came_by_a_link_goes_on_with_its_contact(
    centre: Signalling, emma: Agent
) -> None:
    await asks(centre, email=None)
    contact = await takes(emma)
    made = await emma.asks("callback_link", session=contact["session"])
    there = await follows(centre, made["url"])
    await there.asks("answer")
    opened = await there.asks("open", language="fr")
    assert opened["visit"]["session"] == contact["session"]
    await there.close()


async def test_a_later_browser_takes_the_contact_from_the_earlier(
    centre: Signalling, emma: Agent
) -> None:
    await asks(centre)
    contact = await takes(emma)
    made = await emma.asks("callback_link", session=contact["session"])
    first = await follows(centre, made["url"])
    second = await follows(centre, made["url"])
    await first.hears("taken_over")
    await second.asks("answer")
    assert await refusal(centre, made["url"]) == "link_used"
    await second.close()


async def test_a_link_that_is_old_made_up_or_over_says_so(
    centre: Signalling, clock: ManualClock, emma: Agent
) -> None:
    await asks(centre, email=None)
    contact = await takes(emma)
    made = await emma.asks("callback_link", session=contact["session"])
    assert await refusal(centre, made["url"][:-1]) == "link_unknown"
    assert await refusal(centre, made["url"] + "x" * 200) == "link_unknown"
    await passes(centre, clock, 301)
    again = await follows(centre, made["url"])
    assert (again.state["ringing"], again.state["callback"]["state"]) == (False, "requested")
    await again.close()
    await passes(centre, clock, 3300)
    assert await refusal(centre, made["url"]) == "link_expired"
    await emma.close()
    program = Api(centre)
    await program.send("POST", f"/v1/sessions/{contact['session']}/end")
    assert await refusal(centre, made["url"]) == "link_over"


async def test_a_program_makes_links_too_and_only_for_callbacks(centre: Signalling) -> None:
    ines = await asks(centre, at=None)
    program = Api(centre)
    path = f"/v1/sessions/{ines.state['session']}/callback-link"
    made = await program.send("POST", path, expect=201)
    there = await follows(centre, made["url"])
    assert there.state["callback"]["state"] == "due"
    await there.asks("cancel_callback")
    assert (await program.send("POST", path, expect=409))["code"] == "no_callback_now"
    await there.close()


async def test_the_store_keeps_no_secret_of_a_link(
    centre: Signalling, emma: Agent, tmp_path: Path
) -> None:
    await asks(centre)
    contact = await takes(emma)
    made = await emma.asks("callback_link", session=contact["session"])
    kept = written_in(tmp_path)
    assert contact["session"].encode() in kept
    assert secret_of(made["url"]).encode() not in kept
    assert INES.encode() not in kept


async def test_the_visitors_own_link_opens_the_contact_elsewhere(centre: Signalling) -> None:
    ines = Visitor(centre, "Inès")
    await ines.opens(await site_key(centre))
    await ines.asks("ask_callback", answers={"name": "Inès"})
    visit = await ines.until(lambda visit: visit["callback"])
    path, _, resume = visit["callback"]["link"].partition("#resume=")
    elsewhere = Visitor(centre, "Inès")
    elsewhere.resume = resume
    opened = await elsewhere.opens(path.removeprefix("/visit/"))
    assert opened["visit"]["session"] == visit["session"]
    await ines.hears("taken_over")
    await elsewhere.close()


async def test_not_now_frees_the_agent(centre: Signalling, emma: Agent) -> None:
    await asks(centre, email=None)
    contact = await takes(emma)
    made = await emma.asks("callback_link", session=contact["session"])
    there = await follows(centre, made["url"])
    await there.asks("hang_up")
    await emma.until(lambda desk: desk["agent"]["load"] == "idle")
    assert (await there.until(lambda v: not v["ringing"]))["callback"]["state"] == "requested"
    await there.close()


# a link that is mailed


async def test_whose_page_is_closed_gets_the_link_by_mail_and_talks(
    centre: Signalling, emma: Agent, box: Mailbox
) -> None:
    await asks(centre)
    contact = await takes(emma)
    letter = await box.letter()
    assert box.recipients == [INES]
    assert link_of(letter).startswith(HERE)
    assert "Emma Clarke is on the line" in words_of(letter)
    assert "Inès" not in words_of(letter)
    session = contact["session"]
    desk = await emma.until(lambda desk: emma.contact(session, desk)["callback"]["mail"])
    await emma.until(
        lambda desk: emma.contact(session, desk)["callback"]["mail"]["state"] == "sent"
    )
    assert emma.contact(session, desk)["callback"]["email"] == "i…@example.org"
    there = await follows(centre, link_of(letter))
    await there.asks("answer")
    await there.joins()
    await there.until(lambda visit: visit["state"] == "live")
    told = await events(centre, session)
    assert {"session.mail_queued", "session.mail_sent", "session.callback_connected"} <= set(told)
    await there.close()


async def test_a_visitor_is_written_to_in_their_language(
    centre: Signalling, emma: Agent, box: Mailbox
) -> None:
    ines = Visitor(centre, "Inès")
    await ines.opens(await site_key(centre), language="de")
    await ines.asks("ask_callback", answers={"name": "Inès"}, email=INES)
    at = isoformat(Micros(centre.services.parts.clock.now() + 7200 * SECOND))
    assert box.came == []
    await ines.asks("cancel_callback")
    await ines.close()
    again = Visitor(centre, "Inès")
    await again.opens(await site_key(centre), language="fr")
    await again.asks("ask_callback", at=at, answers={"name": "Inès"}, email=INES)
    letter = await box.letter()
    assert letter["Content-Language"] == "fr"
    assert "Vous avez demandé" in words_of(letter)
    await again.close()


async def test_a_booked_callback_is_canceled_by_the_link_in_its_letter(
    centre: Signalling, clock: ManualClock, box: Mailbox
) -> None:
    at = isoformat(Micros(clock.now() + 7200 * SECOND))
    await asks(centre, at=at)
    letter = await box.letter()
    there = await follows(centre, link_of(letter))
    assert there.state["callback"]["state"] == "requested"
    await there.asks("cancel_callback")
    visit = await there.until(lambda visit: visit["callback"]["state"] == "canceled")
    assert visit["state"] == "ended"
    assert await refusal(centre, link_of(letter)) == "link_over"
    await there.close()


async def test_a_letter_that_is_refused_for_now_is_sent_again(
    centre: Signalling, clock: ManualClock, emma: Agent, box: Mailbox
) -> None:
    box.refusals = ["451 Later", "421 Later"]
    await asks(centre)
    await takes(emma)
    for tried in (1, 2):
        await box.until(lambda tried=tried: box.asked >= tried)  # type: ignore[misc]
        while not box.came and box.asked == tried:
            clock.advance(1)
            await asyncio.sleep(0.02)
    letter = await box.letter()
    assert (box.asked, len(box.came)) == (3, 1)
    assert letter["Message-ID"].endswith(".1@example.com>")


async def fails(emma: Agent, session: str) -> str:
    """Wait until the agent is told that the letter did not go out; why."""
    await emma.until(
        lambda desk: (
            (emma.contact(session, desk)["callback"]["mail"] or {}).get("state") == "failed"
        )
    )
    return str(emma.contact(session)["callback"]["mail"]["reason"])


async def test_a_letter_that_is_refused_for_good_is_given_up_and_the_agent_told(
    centre: Signalling, emma: Agent, box: Mailbox
) -> None:
    box.refusals = ["550 No such person"]
    await asks(centre)
    session = (await takes(emma))["session"]
    assert await fails(emma, session) == "smtp_refused"
    await emma.asks("mail_link", session=session)
    await box.letter()
    assert "session.mail_failed" in await events(centre, session)


async def test_a_letter_that_is_never_taken_is_given_up_in_time(
    centre: Signalling, clock: ManualClock, emma: Agent, box: Mailbox
) -> None:
    box.refusals = ["451 Later"] * 100
    await asks(centre)
    session = (await takes(emma))["session"]
    until = clock.now() + 290 * SECOND
    while clock.now() < until:
        tried = box.asked
        clock.advance(1)
        await asyncio.sleep(0.01 if tried == box.asked else 0.05)
    assert await fails(emma, session) == "smtp_refused"
    assert 5 <= box.asked <= 10


async def test_nobody_is_flooded_with_letters(centre: Signalling, box: Mailbox) -> None:
    clock = centre.services.parts.clock
    at = isoformat(Micros(clock.now() + 7200 * SECOND))
    for _ in range(7):
        await asks(centre, at=at)
    await box.letter(5)
    made = await centre.services.desks.of(centre.services.main)
    wanted = [session.callback_mail for session in made.desk.sessions.values()]
    assert wanted.count(True) == 5


async def test_an_address_that_is_none_is_refused(centre: Signalling) -> None:
    ines = Visitor(centre, "Inès")
    await ines.opens(await site_key(centre))
    for email in ("ines", "a@b.c\r\nBcc: all@example.org", "a@b.c, d@e.f"):
        with pytest.raises(Refused) as refused:
            await ines.asks("ask_callback", answers={"name": "Inès"}, email=email)
        assert (refused.value.code, refused.value.problem["field"]) == ("bad_email", "email")
    await ines.close()


async def test_an_open_page_is_rung_and_the_agent_may_write_all_the_same(
    centre: Signalling, emma: Agent, box: Mailbox
) -> None:
    ines = Visitor(centre, "Inès")
    await ines.opens(await site_key(centre))
    await ines.asks("ask_callback", answers={"name": "Inès"}, email=INES)
    contact = await takes(emma)
    await ines.until(lambda visit: visit["ringing"])
    assert (contact["callback"]["there"], contact["callback"]["mail"]) == (True, None)
    await emma.asks("mail_link", session=contact["session"])
    await box.letter()
    await ines.close()


async def test_a_server_without_mail_says_so(tmp_path: Path) -> None:
    async with signalling(tmp_path, demonstration=True) as centre:
        emma = await agent(centre, "emma")
        await emma.works()
        await asks(centre)
        contact = await takes(emma)
        assert not contact["callback"]["may_mail"]
        with pytest.raises(Refused) as refused:
            await emma.asks("mail_link", session=contact["session"])
        assert refused.value.code == "no_mail"
        await emma.close()


# killed


async def test_a_letter_that_was_accepted_goes_out_after_a_kill(tmp_path: Path) -> None:
    async with mailbox() as box:
        box.refusals = ["451 Later"] * 100
        async with signalling(tmp_path, demonstration=True, smtp=smtp(box), url=HERE) as first:
            emma = await agent(first, "emma")
            await emma.works()
            await asks(first)
            session = (await takes(emma))["session"]
            await box.until(lambda: box.asked > 0)
            await first.kill()
        box.refusals = []
        async with signalling(tmp_path, smtp=smtp(box), url=HERE) as second:
            letter = await box.letter()
            assert letter["Message-ID"] == f"<{session}.1@example.com>"
            there = await follows(second, link_of(letter))
            assert there.state["ringing"]
            made = second.services.desks.at_hand(second.services.main)
            assert made is not None
            await so(lambda: (made.desk.sessions[session].mail or {}).get("state") == "sent")
            await there.close()
