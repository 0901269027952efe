"""Contacts over REST: kept, found, changed, deleted, refused, and many taken in at once."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.signalling.api.test_configured import somebody
from tests.signalling.rest import Api
from tests.signalling.signalling import Signalling

pytestmark = pytest.mark.integration

ADA = {
    "name": "Ada Lovelace",
    "company": "Analytical Engines",
    "emails": ["Ada@Example.com"],
    "phones": ["+33 6 12 34 56 78"],
    "language": "en",
    "attributes": {"tier": "gold"},
    "notes": "Likes numbers.",
}
CSV = {"Content-Type": "text/csv"}


async def made(api: Api, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = await api.post("/v1/contacts", {**ADA, **more}, expect=201)
    return found


async def found(api: Api, query: str) -> list[str]:
    return [each["name"] for each in (await api.get(f"/v1/contacts?{query}"))["items"]]


async def sent(api: Api, table: str | bytes, query: str = "", **more: Any) -> dict[str, Any]:
    raw = table if isinstance(table, bytes) else table.encode()
    headers = {**CSV, **more.pop("headers", {})}
    path = f"/v1/contacts/imports?{query}"
    told: dict[str, Any] = await api.send("POST", path, raw=raw, headers=headers, **more)
    return told


async def events(api: Api, type: str) -> list[dict[str, Any]]:
    return list((await api.get(f"/v1/events?type={type}"))["items"])


async def test_a_contact_is_made_read_changed_and_deleted(api: Api) -> None:
    ada = await made(api)
    assert ada["id"].startswith("CT")
    assert (ada["emails"], ada["phones"]) == (["Ada@example.com"], ["+33612345678"])
    path, tag = f"/v1/contacts/{ada['id']}", api.headers["ETag"]
    assert await api.get(path) == ada
    changed = await api.patch(path, {"name": "Ada King"}, headers={"If-Match": tag})
    assert (changed["name"], changed["notes"]) == ("Ada King", ada["notes"])
    late = await api.patch(path, {"name": "Late"}, headers={"If-Match": tag}, expect=412)
    assert late["code"] == "precondition_failed"
    await api.delete(path, headers={"If-Match": tag}, expect=412)
    await api.delete(path, expect=204)
    assert (await api.get(path, expect=404))["code"] == "contact_not_found"
    assert await found(api, "") == []


async def test_a_contact_is_found_as_somebody_types(api: Api) -> None:
    await made(api)
    await made(api, name="Bob", company="", emails=[], phones=["+33 6 12 34 56 78"])
    for text in ("ad", "lovel", "ANALYT ada", "ada%40exam"):
        assert await found(api, f"q={text}") == ["Ada Lovelace"]
    assert await found(api, "q=06+12+34") == ["Bob", "Ada Lovelace"]
    assert await found(api, "q=nobody") == []
    assert await found(api, "email=ADA@example.com") == ["Ada Lovelace"]
    assert await found(api, "email=ada@example.com&phone=%2B33612345678") == ["Ada Lovelace", "Bob"]
    first = await api.get("/v1/contacts?limit=1")
    rest = await api.get(f"/v1/contacts?limit=1&after={first['next']}")
    assert [each["items"][0]["name"] for each in (first, rest)] == ["Bob", "Ada Lovelace"]


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "invalid", "name"),
        ({"emails": ["ada"]}, "bad_email", "emails[0]"),
        ({"phones": ["0612345678"]}, "invalid_number", "phones[0]"),
        ({"name": "x" * 129}, "invalid", "name"),
        ({"name": "Ada", "shoes": 3}, "invalid", "shoes"),
    ],
)
async def test_what_is_wrong_is_named_and_changes_nothing(
    api: Api, body: dict[str, Any], code: str, field: str
) -> None:
    refused = await api.post("/v1/contacts", body, expect=422)
    assert (refused["code"], refused["field"]) == (code, field)
    assert await found(api, "") == []


async def test_an_email_is_one_contacts(api: Api) -> None:
    ada = await made(api)
    refused = await api.post("/v1/contacts", {"emails": ["ADA@example.com"]}, expect=409)
    assert refused["code"] == "email_taken"
    assert ada["id"] in refused["detail"]


async def test_the_same_key_makes_one_contact(api: Api) -> None:
    once = {"Idempotency-Key": "once"}
    ada = await api.post("/v1/contacts", ADA, expect=201, headers=once)
    assert await api.post("/v1/contacts", ADA, expect=201, headers=once) == ada


async def test_events_tell_of_contacts_and_not_who_they_are(api: Api) -> None:
    ada = await made(api)
    await api.patch(f"/v1/contacts/{ada['id']}", {"notes": ""})
    await api.delete(f"/v1/contacts/{ada['id']}", expect=204)
    told = [await events(api, f"contact.{what}") for what in ("created", "updated", "deleted")]
    assert [(e["subject"], e["seq"], e["data"]) for [e] in told] == [
        (ada["id"], n, {"revision": n}) for n in (1, 2, 3)
    ]


async def test_whom_a_session_is_with_is_kept_with_what_came_before(api: Api) -> None:
    queue = await api.post("/v1/queues", {"name": "Support"}, expect=201)
    who = {"name": "Ravi", "email": "Ravi@Example.com", "phone": "+33612345678"}
    work = {"queue": queue["id"], "channel": "message", "customer": who}
    first, second = [await api.post("/v1/tasks", work, expect=201) for _ in range(2)]
    at = f"/v1/sessions/{second['session']}"
    customer = (await api.get(at))["contact"]
    body = {"name": "Ravi", "emails": [who["email"]], "session": second["session"]}
    kept = await api.post("/v1/contacts", body, expect=201)
    assert kept["id"] == customer
    told = await api.get(f"/v1/contacts/{customer}/sessions")
    assert [(each["id"], each["own"]) for each in told["items"]] == [
        (second["session"], True),
        (first["session"], False),
    ]
    assert (await api.post("/v1/contacts", body, expect=409))["code"] == "contact_exists"
    assert await found(api, f"contact={customer}") == ["Ravi"]
    await api.delete(f"/v1/contacts/{customer}", expect=204)
    assert (await api.get(at))["customer"]["name"] == "Ravi"
    lost = {"name": "Ravi", "session": "SE" + "0" * 32}
    assert (await api.post("/v1/contacts", lost, expect=404))["code"] == "session_not_found"


async def test_a_table_is_looked_at_and_then_taken_in(api: Api) -> None:
    ada = await made(api)
    table = (
        "Nom;E-mail;Téléphone;Entreprise\r\n"
        "Ada King;ada@example.com;;\r\n"
        "Bob;bob@example.com;06 98 76 54 32;Acme\r\n"
        "Eve;eve at home;;\r\n"
        "Nobody;;;\r\n"
    )
    preview = await sent(api, table.encode("windows-1252"), "region=FR")
    counts = ("rows", "created", "updated", "unchanged", "failed", "next")
    assert [preview[each] for each in counts] == [4, 1, 1, 0, 2, None]
    assert (preview["encoding"], preview["delimiter"]) == ("windows-1252", "semicolon")
    assert [each["field"] for each in preview["columns"]] == ["name", "email", "phone", "company"]
    assert [(each["line"], each["code"]) for each in preview["problems"]] == [
        (4, "bad_email"),
        (5, "no_address"),
    ]
    assert preview["sample"][0]["contact"] == ada["id"]
    assert await found(api, "") == ["Ada Lovelace"]
    kept = await sent(api, table.encode("windows-1252"), "region=FR&mode=commit")
    assert kept["id"].startswith("IM")
    assert await found(api, "") == ["Bob", "Ada King"]
    [event] = await events(api, "contact.imported")
    assert (event["subject"], event["data"]["updated"]) == (kept["id"], [ada["id"]])
    again = await sent(api, table.encode("windows-1252"), "region=FR&mode=commit")
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)


async def test_a_long_table_is_taken_in_piece_by_piece(api: Api) -> None:
    table = "name,email\n" + "".join(f"Maria {n},m{n}@example.com\n" for n in range(7))
    first = await sent(api, table, "mode=commit&rows=4")
    assert (first["created"], first["next"]) == (4, 5)
    last = await sent(api, table, f"mode=commit&rows=4&first={first['next']}")
    assert (last["created"], last["next"]) == (3, None)
    assert len(await found(api, "q=maria")) == 7


async def test_the_same_key_takes_a_table_in_once(api: Api) -> None:
    once, table = {"Idempotency-Key": "once"}, "name,email\nAda,ada@example.com\n"
    first = await sent(api, table, "mode=commit", headers=once)
    assert first["created"] == 1
    assert await sent(api, table, "mode=commit", headers=once) == first


async def test_columns_may_be_named(api: Api) -> None:
    table = "A,B,C\nx,Ada,ada@example.com\n"
    assert (await sent(api, table))["failed"] == 1
    kept = await sent(api, table, "columns=attributes.tier,name,email&mode=commit")
    assert kept["created"] == 1
    [ada] = (await api.get("/v1/contacts"))["items"]
    assert (ada["name"], ada["attributes"]) == ("Ada", {"tier": "x"})
    refused = await sent(api, table, "columns=name,email", expect=422)
    assert (refused["code"], refused["field"]) == ("bad_columns", "columns")


@pytest.mark.parametrize(
    ("table", "status", "code"),
    [
        (b"", 422, "empty_csv"),
        (b'a,b\n"x', 422, "bad_csv"),
        (b"a\n\x81\xff", 422, "bad_encoding"),
        (b"a\n" + b"x\n" * 10_001, 413, "too_many_rows"),
        (b"a" * (1024 * 1024 + 1), 413, "too_large"),
    ],
)
async def test_what_is_no_table_is_refused(api: Api, table: bytes, status: int, code: str) -> None:
    assert (await sent(api, table, expect=status))["code"] == code


async def test_what_is_exported_can_be_taken_in_again_and_holds_no_formula(api: Api) -> None:
    await made(api, name="=HYPERLINK(1)", attributes={"tier": "gold"})
    headers = {"Authorization": api.basic(api.key, api.secret)}
    async with api.session.get("/v1/contacts/export", headers=headers) as reply:
        assert reply.status == 200
        assert reply.content_type == "text/csv"
        assert "attachment" in reply.headers["Content-Disposition"]
        table = await reply.read()
    [heads, row] = csv.reader(io.StringIO(table.decode("utf-8-sig")))
    assert dict(zip(heads, row, strict=True))["name"] == "'=HYPERLINK(1)"
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)
    assert (await sent(api, table))["unchanged"] == 1


async def test_agents_look_up_and_write_and_supervisors_do_the_rest(
    server: Signalling, api: Api
) -> None:
    ada = await made(api)
    agent = await somebody(server, api, "agent")
    boss = await somebody(server, api, "supervisor")
    path = f"/v1/contacts/{ada['id']}"
    assert (await agent.send("GET", "/v1/contacts?q=ada"))["items"] == [ada]
    await agent.send("POST", "/v1/contacts", {"name": "Bob"}, expect=201)
    await agent.send("GET", "/v1/contacts/export", expect=403)
    for person, allowed in ((agent, False), (boss, True)):
        await person.send(
            "POST", "/v1/contacts/imports", "x", expect=200 if allowed else 403, **CSV
        )
        await person.send("DELETE", path, expect=204 if allowed else 403)
