"""Who may open /r/<room>, with the demo data and without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.signalling.rest import Api
from tests.signalling.signalling import Signalling, signalling

pytestmark = pytest.mark.integration


async def knock(
    server: Signalling, room: str, token: str | None = None
) -> tuple[int, dict[str, Any]]:
    """The status and body that the page's door answers."""
    body = {} if token is None else {"token": token}
    async with server.http.post(f"/r/{room}/token", json=body) as reply:
        return reply.status, await reply.json()


def invitation(api: Api, room: str, **changed: Any) -> str:
    """A join token signed by the key."""
    payload: dict[str, Any] = {
        "iss": api.key,
        "sub": "ada",
        "name": "Ada",
        "exp": 4_000_000_000,
        "video": {"roomJoin": True, "room": room},
    }
    return jwt.encode({**payload, **changed}, api.secret, algorithm="HS256")


async def test_with_the_demo_data_any_name_opens(server: Signalling) -> None:
    status, admission = await knock(server, "Besprechung-ä")
    assert status == 200
    assert admission["room"] == admission["title"] == "Besprechung-ä"
    assert admission["name"] is None
    assert admission["present"] == []
    assert admission["grants"]["can_publish"]
    assert not admission["grants"]["room_admin"]
    ada = await server.joined("Ada", room="Besprechung-ä", token=admission["token"])
    assert ada.place["grants"]["room_admin"], "the first arrival moderates"
    _, second = await knock(server, "Besprechung-ä")
    assert [person["name"] for person in second["present"]] == ["Ada"]


async def test_a_reload_keeps_its_identity(server: Signalling) -> None:
    _, first = await knock(server, "demo")
    _, again = await knock(server, "demo", first["token"])
    assert again["identity"] == first["identity"]
    _, other = await knock(server, "demo")
    assert other["identity"] != first["identity"]


async def test_an_invitation_gives_its_own_identity_and_name(server: Signalling, api: Api) -> None:
    token = invitation(api, "demo")
    status, admission = await knock(server, "demo", token)
    assert status == 200
    assert (admission["identity"], admission["name"]) == ("ada", "Ada")
    assert admission["token"] == token


async def test_bad_tokens_are_refused_with_a_code(server: Signalling, api: Api) -> None:
    _, other = await knock(server, "other")
    for token, status, code in (
        (invitation(api, "other"), 403, "wrong_room"),
        (other["token"], 403, "wrong_room"),
        (invitation(api, "demo", exp=1_000_000_000), 401, "token_expired"),
        (invitation(api, "demo") + "x", 401, "token_invalid"),
        ("nonsense", 401, "token_invalid"),
    ):
        answered, problem = await knock(server, "demo", token)
        assert (answered, problem["code"]) == (status, code)


async def test_a_room_by_token_is_closed_even_with_the_demo_data(
    server: Signalling, api: Api
) -> None:
    await api.post("/v1/rooms", {"name": "board"}, expect=201)
    assert (await knock(server, "board"))[1]["code"] == "not_invited"
    assert (await knock(server, "board", invitation(api, "board")))[0] == 200


@pytest.mark.parametrize("name", ["a b", "x" * 129, "..%2F", "a%00b", "%F0%9F%98%80"])
async def test_a_name_that_no_room_can_have_is_refused(server: Signalling, name: str) -> None:
    async with server.http.post(f"/r/{name}/token", json={}) as reply:
        assert reply.status in {404, 422}


async def test_without_demo_only_link_rooms_and_invitations_admit(tmp_path: Path) -> None:
    async with signalling(tmp_path, demo=False) as server:
        api = Api(server)
        assert (await knock(server, "standup"))[1]["code"] == "room_not_found"
        await api.post("/v1/rooms", {"name": "open", "access": "link"}, expect=201)
        assert (await knock(server, "open"))[0] == 200
        status, admission = await knock(server, "invited", invitation(api, "invited"))
        assert status == 200
        assert (await knock(server, "invited"))[1]["code"] == "not_invited"
        ada = await server.joined(token=admission["token"])
        assert not ada.place["grants"]["room_admin"]


async def test_an_empty_store_without_demo_has_only_its_account(tmp_path: Path) -> None:
    async with signalling(tmp_path, demo=False, seed=False) as server:
        main = server.services.main
        assert await server.services.rooms.page(main, "", 10) == []
        assert await server.services.keys.page(main, "", 10) == []
        assert await server.services.accounts.ensure() == main


async def test_the_demo_data_are_made_once(tmp_path: Path) -> None:
    async with signalling(tmp_path) as server:
        assert server.seeded
        assert await server.services.accounts.seed() is None
        again = Api(server)
        assert len((await again.get("/v1/api-keys"))["items"]) == 1


async def test_turn_credentials_last_an_hour(tmp_path: Path) -> None:
    urls = ("turn:127.0.0.1:3478",)
    async with signalling(tmp_path, turn_urls=urls, turn_secret="shared") as server:
        ada = await server.joined("Ada")
        (ice,) = ada.place["ice_servers"]
        assert ice["urls"] == ["turn:127.0.0.1:3478"]
        expiry, _, who = ice["username"].partition(":")
        assert who == ada.me
        assert 3500 < int(expiry) - server.services.parts.clock.now() / 1e6 <= 3600
