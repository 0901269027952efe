"""Files in a chat: announced, brought, said, fetched, and every lie about them refused."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from offhook.core.clock import SECOND, Micros
from signalling.services.file_tickets import FileTicket, FileTickets, Purpose
from signalling.stores.tables import chat_files
from tests.signalling.files import PNG, announced, brought, fetched, sent, until
from tests.signalling.rest import Api
from tests.signalling.signalling import Person, Refused, Signalling, signalling
from tests.support.files import DOCX, GOOD, office, pdf, png

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("nothing_blocks_the_loop")]


async def refused(who: Person, command: str, **argument: Any) -> dict[str, Any]:
    """The problem that a command is answered with."""
    with pytest.raises(Refused) as caught:
        await who.asks(command, **argument)
    return caught.value.problem


def on_disk(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "files").rglob("*") if path.is_file())


# --- the good way --------------------------------------------------------------------------------


async def test_a_file_comes_to_the_others_as_it_was(server: Signalling) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    data = png(40, 30)
    file = await sent(server, ada, data, "Holiday photo.png")
    told = (await ben.learns("chat_sent"))["message"]
    assert told["file"] == file == {
        "id": file["id"], "name": "Holiday photo.png", "size": len(data), "type": PNG,
    }  # fmt: skip
    assert (told["text"], told["name"]) == ("", "Ada")
    link = await ben.asks("download", file=file["id"])
    assert (await fetched(server, link)).body == data


@pytest.mark.parametrize("type", GOOD)
async def test_every_kind_of_file_can_be_sent(server: Signalling, type: str) -> None:
    ada = await server.joined("Ada")
    file = await sent(server, ada, GOOD[type], "x", type)
    link = await ada.asks("download", file=file["id"])
    assert (await fetched(server, link)).body == GOOD[type]


async def test_a_file_may_come_with_words_and_in_pieces(server: Signalling) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    data = pdf() + os.urandom(300_000)

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(data), 50_000):
            yield data[at : at + 50_000]

    given = await announced(ada, data, "plan.pdf", "application/pdf")
    assert (await brought(server, given, pieces())).status == 201
    await ada.asks("chat", text="The plan", file=given["file"]["id"])
    message = (await ben.learns("chat_sent"))["message"]
    assert (message["text"], message["file"]["name"]) == ("The plan", "plan.pdf")


async def test_a_file_is_saved_and_never_shown_by_itself(server: Signalling) -> None:
    ada = await server.joined("Ada")
    file = await sent(server, ada, b"<script>alert(1)</script>", 'a"b\r\nX: ü.html', "text/plain")
    headers = (await fetched(server, await ada.asks("download", file=file["id"]))).headers
    assert headers["Content-Disposition"] == (
        "attachment; filename=\"a_b X_ _.html.txt\"; filename*=UTF-8''a_b%20X_%20%C3%BC.html.txt"
    )
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["Cache-Control"] == "private, no-store"


async def test_whoever_comes_later_and_whoever_comes_back_sees_the_file(
    server: Signalling,
) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    before = ben.last_seq
    file = await sent(server, ada)
    await ben.learns("chat_sent")
    await ben.lose_network()
    missed = (await ben.resume(before))["missed"]
    assert [fact["data"]["message"]["file"] for fact in missed if fact["type"] == "chat_sent"] == [
        file
    ]
    eve = await server.joined("Eve")
    assert [line["file"] for line in eve.place["snapshot"]["chat"]] == [file]


async def test_the_event_log_does_not_know_what_a_file_is_called(
    server: Signalling, api: Api
) -> None:
    ada = await server.joined("Ada")
    file = await sent(server, ada, name="diagnosis.png")
    events = (await api.get("/v1/events?limit=100"))["items"]
    (said,) = [event for event in events if event["type"] == "chat_sent"]
    assert said["data"]["message"]["file"] == {**file, "name": ""}
    assert "diagnosis" not in str(events)


async def test_a_client_knows_the_rules_before_it_asks(server: Signalling) -> None:
    rules = (await server.joined("Ada")).place["files"]
    assert rules["max_size"] == 10 * 1024 * 1024
    assert rules["types"]["image/jpeg"] == ["jpg", "jpeg", "jfif"]
    assert "image/svg+xml" not in rules["types"]


# --- who may -------------------------------------------------------------------------------------


async def test_who_may_not_write_may_not_send_files_either(server: Signalling) -> None:
    host, ben = await server.joined("Ada"), await server.joined("Ben")
    await host.asks("moderate_permissions", participant=ben.me, can_publish_data=False)
    assert (await refused(ben, "upload", name="a", type=PNG, size=9))["code"] == "not_allowed"


async def test_a_file_is_for_its_room_only(server: Signalling) -> None:
    ada = await server.joined("Ada")
    eve = await server.joined("Eve", room="elsewhere")
    file = await sent(server, ada)
    assert (await refused(eve, "download", file=file["id"]))["status"] == 404
    assert (await refused(eve, "chat", file=file["id"]))["status"] == 404


async def test_a_file_of_somebody_else_cannot_be_sent_as_ones_own(server: Signalling) -> None:
    ada, eve = await server.joined("Ada"), await server.joined("Eve")
    given = await announced(ada)
    await brought(server, given)
    file = given["file"]["id"]
    assert (await refused(eve, "chat", file=file))["code"] == "file_not_found"
    assert (await refused(eve, "download", file=file))["code"] == "file_not_found"


async def test_who_has_left_or_was_removed_fetches_nothing_any_more(server: Signalling) -> None:
    ada, ben = await server.joined("Ada"), await server.joined("Ben")
    file = await sent(server, ada)
    link = await ben.asks("download", file=file["id"])
    assert (await fetched(server, link)).status == 200
    await ada.asks("moderate_remove", participant=ben.me)
    assert (await fetched(server, link)).code == "file_not_found"
    late = await announced(ada)
    await ada.asks("leave")
    assert (await brought(server, late)).code == "file_not_found"


async def ticket(server: Signalling, who: Person, file: str, purpose: Purpose, seconds: int) -> str:
    """A ticket that is good for so many seconds from now."""
    tickets = FileTickets(server.services.tokens, purpose)
    until = Micros(server.services.parts.clock.now() + seconds * SECOND)
    return await tickets.make(FileTicket(server.services.main, file, who.me), until)


async def test_a_ticket_runs_out(server: Signalling) -> None:
    ada = await server.joined("Ada")
    given = await announced(ada)
    late = await ticket(server, ada, given["file"]["id"], "upload", -2)
    answered = await brought(server, given, ticket=late)
    assert (answered.status, answered.code) == (401, "ticket_expired")
    link = await ada.asks("download", file=(await sent(server, ada))["id"])
    late = await ticket(server, ada, link["file"]["id"], "download", -2)
    assert (await fetched(server, link, late)).code == "ticket_expired"


async def test_a_ticket_is_for_one_file_and_one_purpose(server: Signalling) -> None:
    ada = await server.joined("Ada")
    one, two = await announced(ada), await announced(ada)
    assert (await brought(server, one, ticket=two["ticket"])).code == "ticket_invalid"
    file = await sent(server, ada)
    link = await ada.asks("download", file=file["id"])
    assert (await fetched(server, link, one["ticket"])).code == "ticket_invalid"
    upload = await ticket(server, ada, file["id"], "upload", 60)
    assert (await fetched(server, link, upload)).code == "ticket_invalid"


@pytest.mark.parametrize("change", ["", "x", ".", "a.b.c.d.e", "AC.FI.PA.9.x"])
async def test_a_ticket_cannot_be_made_up(server: Signalling, change: str) -> None:
    ada = await server.joined("Ada")
    link = await ada.asks("download", file=(await sent(server, ada))["id"])
    longer = link["ticket"].replace(".1", ".2", 1)
    for made_up in (change, link["ticket"] + change + "x", longer, "x" * 5000):
        answered = await fetched(server, link, made_up)
        assert answered.status == 401
        assert answered.code in {"ticket_missing", "ticket_invalid"}


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"size": 0}, "file_empty"),
        ({"size": -5}, "file_empty"),
        ({"size": 10 * 1024 * 1024 + 1}, "file_too_large"),
        ({"size": 2**70}, "malformed"),
        ({"type": "image/svg+xml"}, "file_type_not_allowed"),
        ({"type": "text/html"}, "file_type_not_allowed"),
        ({"type": ""}, "file_type_not_allowed"),
    ],
)
async def test_what_cannot_be_sent_is_said_before_it_is_brought(
    server: Signalling, change: dict[str, Any], code: str
) -> None:
    ada = await server.joined("Ada")
    problem = await refused(ada, "upload", **{"name": "a", "type": PNG, "size": 9, **change})
    if code != "malformed":
        assert problem["code"] == code
    assert problem["status"] in {400, 413, 415, 422}


@pytest.mark.parametrize(
    ("type", "data"),
    [
        (PNG, b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        (PNG, GOOD["image/gif"]),
        ("application/pdf", b"MZ\x90\x00" + b"\0" * 60),
        ("text/plain", b"MZ\x90\x00" + b"\0" * 60),
        (DOCX, office(main="application/vnd.ms-word.document.macroEnabled.main+xml")),
    ],
    ids=["drawing", "another picture", "program", "program as text", "macros"],
)
async def test_bytes_that_are_something_else_are_refused_and_leave_nothing(
    server: Signalling, tmp_path: Path, type: str, data: bytes
) -> None:
    ada = await server.joined("Ada")
    given = await announced(ada, data, "a", type)
    answered = await brought(server, given, data)
    assert (answered.status, answered.code) == (415, "file_type_mismatch")
    assert on_disk(tmp_path) == []
    assert (await refused(ada, "chat", file=given["file"]["id"]))["code"] == "file_not_found"
    assert (await brought(server, given, png())).status == 404


async def test_a_file_is_brought_as_what_it_was_announced(server: Signalling) -> None:
    ada = await server.joined("Ada")
    assert (await brought(server, await announced(ada), type="image/gif")).status == 415
    assert (await brought(server, await announced(ada), type="image/svg+xml")).status == 415


async def test_a_file_is_as_long_as_it_was_announced(server: Signalling, tmp_path: Path) -> None:
    ada = await server.joined("Ada")
    data = png()

    async def unannounced() -> AsyncIterator[bytes]:
        yield data
        yield b"more"

    longer = await announced(ada, data)
    assert (await brought(server, longer, data + b"more")).code == "file_too_large"
    streamed = await announced(ada, data)
    assert (await brought(server, streamed, unannounced())).code == "file_too_large"
    shorter = await announced(ada, data, size=len(data) + 1)
    assert (await brought(server, shorter, data)).code == "file_incomplete"
    assert on_disk(tmp_path) == []


async def test_a_file_that_breaks_off_leaves_nothing(server: Signalling, tmp_path: Path) -> None:
    ada = await server.joined("Ada")
    given = await announced(ada, size=100_000)
    started = asyncio.Event()

    async def half() -> AsyncIterator[bytes]:
        yield png()
        started.set()
        await asyncio.Event().wait()

    going = asyncio.ensure_future(brought(server, given, half()))
    await started.wait()
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
    await until(lambda: nothing_left(server, tmp_path))


async def nothing_left(server: Signalling, tmp_path: Path) -> bool:
    """Whether neither the store nor the disk has a file."""
    found: int = await server.services.parts.store.read(
        lambda c: c.execute(select(func.count()).select_from(chat_files)).scalar_one()
    )
    return not found and not on_disk(tmp_path)


async def test_a_file_is_brought_once_and_sent_once(server: Signalling) -> None:
    ada = await server.joined("Ada")
    given = await announced(ada)
    assert (await refused(ada, "chat", file=given["file"]["id"]))["code"] == "file_not_there"
    assert (await brought(server, given)).status == 201
    assert (await brought(server, given)).code == "file_exists"
    await ada.asks("chat", file=given["file"]["id"])
    assert (await refused(ada, "chat", file=given["file"]["id"]))["code"] == "file_sent"


async def test_a_chat_line_without_words_needs_a_file(server: Signalling) -> None:
    ada = await server.joined("Ada")
    assert (await refused(ada, "chat", text="  "))["code"] == "invalid"
    assert (await refused(ada, "chat", file="FI" + "0" * 32))["code"] == "file_not_found"


async def test_so_many_files_come_at_a_time(tmp_path: Path) -> None:
    async with signalling(tmp_path, files_coming=2) as server:
        ada = await server.joined("Ada")
        first, _ = await announced(ada), await announced(ada)
        problem = await refused(ada, "upload", name="a", type=PNG, size=9)
        assert (problem["code"], problem["retry_after"]) == ("too_many_uploads", 5)
        await brought(server, first)
        await announced(ada)


async def test_one_person_and_a_meeting_have_their_share(tmp_path: Path) -> None:
    size = len(png())
    limits: dict[str, Any] = {
        "file_bytes_of_participant": 2 * size,
        "max_room_files_size": 3 * size,
    }
    async with signalling(tmp_path, **limits) as server:
        ada, ben = await server.joined("Ada"), await server.joined("Ben")
        for who in (ada, ada, ben):
            await sent(server, who)
        asked = {"name": "a", "type": PNG, "size": 1}
        assert (await refused(ada, "upload", **asked))["code"] == "your_files_full"
        assert (await refused(ben, "upload", **asked))["code"] == "room_files_full"


async def test_where_no_files_are_sent_clients_know(tmp_path: Path) -> None:
    async with signalling(tmp_path, max_file_size=0) as server:
        ada = await server.joined("Ada")
        assert ada.place["files"] is None
        assert (await refused(ada, "upload", name="a", type=PNG, size=9))["code"] == "files_off"


async def test_a_flood_of_files_is_slowed(server: Signalling) -> None:
    ada = await server.joined("Ada")
    acks = await asyncio.gather(
        *(ada.raw("upload", {"name": "a", "type": "x/y", "size": 1}) for _ in range(40))
    )
    codes = [ack["error"]["code"] for ack in acks]
    assert codes[0] == "file_type_not_allowed"
    assert codes.count("rate_limited") > 20


async def test_who_guesses_tickets_is_slowed(server: Signalling) -> None:
    url = "/v1/files/FI" + "0" * 32

    async def guess() -> int:
        async with server.http.get(url, params={"ticket": "x"}) as reply:
            return reply.status

    statuses = [await guess() for _ in range(80)]
    assert statuses[0] == 401
    assert statuses[-1] == 429


# --- the end -------------------------------------------------------------------------------------


async def test_files_are_deleted_with_the_chat(server: Signalling, tmp_path: Path) -> None:
    ada = await server.joined("Ada")
    file = await sent(server, ada)
    assert on_disk(tmp_path) == [file["id"]]
    await ada.asks("moderate_end")
    await until(lambda: nothing_left(server, tmp_path))


async def test_what_is_nobodys_is_swept_away_and_what_is_somebodys_stays(tmp_path: Path) -> None:
    async with signalling(tmp_path) as server:
        ada = await server.joined("Ada")
        file = await sent(server, ada)
        room = ada.place["snapshot"]["room"]["sid"]
        for name in (f"{room}/FI{'9' * 32}", f"RM{'8' * 32}/FI{'8' * 32}.part"):
            orphan = tmp_path / "files" / name
            orphan.parent.mkdir(exist_ok=True)
            orphan.write_bytes(b"x")
        await server.services.parts.file_keeping.tidy()
        assert on_disk(tmp_path) == [file["id"]]
