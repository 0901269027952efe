"""Telephones that register: kept, refreshed, removed, and only by who proves it (RFC 3261 10)."""

from __future__ import annotations

import pytest

from media.sip.auth import DigestClient, DigestServer, Login, Nonces, digest
from media.sip.auth.secrets import Password
from media.sip.message import Headers, Request, Response, parse
from media.sip.registrar.bindings import Bindings, RegistrarLimits
from media.sip.registrar.registrar import Registrar
from media.sip.transaction.effects import Requested
from media.sip.transaction.hop import Hop
from media.sip.transport.guard import Bounds, Guard
from offhook.core.clock import SECOND, Micros

pytestmark = pytest.mark.unit

ADA, DESK, MOBILE = "sip:ada@pbx.example", "<sip:ada@192.0.2.5:5060>", "<sip:ada@192.0.2.9>"
START = Micros(1_800_000_000 * SECOND)
PASSWORDS = {"ada": "lovelace", "bob": "builder"}
FLOW = Hop("TCP", "192.0.2.5", 40_001, connection=7)


class Phones:
    """A registrar, and telephones that talk to it without a wire between."""

    def __init__(self, limits: RegistrarLimits | None = None) -> None:
        self.now = START
        self.guard = Guard(Bounds(patience=200))
        self.bindings = Bindings(limits)
        secrets = {name: Password(text) for name, text in PASSWORDS.items()}
        digests = DigestServer("pbx", secrets.get, Nonces(b"n" * 16), lambda: b"salted")
        self.registrar = Registrar(["pbx.example"], self.bindings, digests, self.guard)
        self.clients = {
            name: DigestClient([Login(name, text)], lambda: "cnonce")
            for name, text in PASSWORDS.items()
        }
        self.cseq = 0

    def registers(self, *contacts: str, to: str = ADA, who: str = "ada", **more: str) -> Response:
        """Register, with the password when it is asked for."""
        attempt = self.clients[who].attempt()
        while True:
            self.cseq += 1
            request = self.request(contacts, to, **more)
            covered = digest.Request("REGISTER", request.uri)
            for name, value in attempt.headers(covered):
                request.headers.add(name, value)
            answer = self.sends(request, Hop("UDP", "192.0.2.5", 5060))
            asks = answer.headers.all("WWW-Authenticate")
            if answer.status != 401 or not attempt.challenged(asks):
                return answer

    def request(self, contacts: tuple[str, ...], to: str, **more: str) -> Request:
        """A REGISTER as it is on the wire."""
        headers = Headers()
        for name, value in (
            ("Via", f"SIP/2.0/UDP 192.0.2.5;branch=z9hG4bK{self.cseq}"),
            ("Max-Forwards", "70"),
            ("From", f"<{to}>;tag=1"),
            ("To", f"<{to}>"),
            ("Call-ID", more.pop("call_id", "call@phone")),
            ("CSeq", f"{more.pop('cseq', self.cseq)} REGISTER"),
            *(("Contact", contact) for contact in contacts),
            *((name.title(), value) for name, value in more.items()),
        ):
            headers.add(name, value)
        made = parse(Request("REGISTER", "sip:pbx.example", headers).encode())
        assert isinstance(made, Request)
        return made

    def sends(self, request: Request, source: Hop) -> Response:
        """What the registrar says."""
        return self.registrar.answer(Requested(request, source, "t"), self.now)

    def passes(self, seconds: int) -> None:
        """Time goes by."""
        self.now = Micros(self.now + seconds * SECOND)

    def reached(self, address: str = "ada@pbx.example") -> list[str]:
        """Where somebody is reached, in order."""
        return [each.contact.uri for each in self.bindings.of(address, self.now)]


@pytest.fixture
def phones() -> Phones:
    """A registrar nobody has registered with."""
    return Phones()


def contacts(response: Response) -> list[str]:
    """What the answer says is registered."""
    return response.headers.all("Contact")


# who


def test_who_knows_the_password_is_registered(phones: Phones) -> None:
    answer = phones.registers(DESK)
    assert (answer.status, contacts(answer)) == (200, [f"{DESK};expires=3600"])
    assert phones.reached() == ["sip:ada@192.0.2.5:5060"]


def test_without_a_password_it_is_asked_for_and_nothing_is_kept(phones: Phones) -> None:
    answer = phones.sends(phones.request((DESK,), ADA), FLOW)
    assert answer.status == 401
    assert len(answer.headers.all("WWW-Authenticate")) == 2
    assert not len(phones.bindings)


def test_nobody_registers_another(phones: Phones) -> None:
    """Step 4 of RFC 3261 10.3."""
    assert phones.registers(DESK, who="bob").status == 403
    assert phones.reached() == []


def test_an_address_of_another_domain_is_not_found(phones: Phones) -> None:
    """Step 5 of RFC 3261 10.3."""
    assert phones.registers(DESK, to="sip:ada@elsewhere.example").status == 404


def test_an_unknown_user_is_asked_as_a_known_one_is(phones: Phones) -> None:
    known = phones.sends(phones.request((DESK,), ADA), FLOW)
    unknown = phones.sends(phones.request((DESK,), "sip:eve@pbx.example"), FLOW)
    asked = known.headers.all("WWW-Authenticate")
    assert (unknown.status, unknown.headers.all("WWW-Authenticate")) == (401, asked)


def test_who_tries_passwords_is_soon_not_listened_to(phones: Phones) -> None:
    phones.clients["ada"] = DigestClient([Login("ada", "wrong")], lambda: "cnonce")
    for _ in range(4):
        assert phones.registers(DESK).status == 401
    assert phones.guard.banned("192.0.2.5", phones.now)


# what


def test_a_question_changes_nothing(phones: Phones) -> None:
    phones.registers(DESK)
    phones.passes(100)
    assert contacts(phones.registers()) == [f"{DESK};expires=3500"]


def test_the_contact_says_how_long_before_the_header_does(phones: Phones) -> None:
    answer = phones.registers(f"{DESK};expires=120", MOBILE, expires="300")
    assert sorted(contacts(answer)) == sorted([f"{DESK};expires=120", f"{MOBILE};expires=300"])


def test_too_short_a_time_is_refused_with_the_least(phones: Phones) -> None:
    answer = phones.registers(DESK, expires="59")
    assert (answer.status, answer.headers.get("Min-Expires")) == (423, "60")
    assert phones.reached() == []


def test_too_long_a_time_is_cut(phones: Phones) -> None:
    assert contacts(phones.registers(DESK, expires="99999999999")) == [f"{DESK};expires=7200"]


def test_what_is_over_is_gone(phones: Phones) -> None:
    phones.registers(DESK, expires="60")
    phones.passes(60)
    assert phones.reached() == []
    phones.bindings.expire(phones.now)
    assert not len(phones.bindings)


def test_a_contact_is_refreshed_and_removed_under_any_spelling(phones: Phones) -> None:
    phones.registers("<sip:ada@HOST.example;transport=tcp>")
    assert len(contacts(phones.registers("<sip:ada@host.EXAMPLE;Transport=TCP>"))) == 1
    assert contacts(phones.registers("<sip:ada@host.example;transport=tcp>;expires=0")) == []


def test_the_wildcard_removes_all(phones: Phones) -> None:
    phones.registers(DESK, MOBILE)
    assert contacts(phones.registers("*", expires="0")) == []


@pytest.mark.parametrize(("given", "expires"), [(("*",), "60"), (("*", MOBILE), "0")])
def test_the_wildcard_stands_alone_and_only_removes(
    phones: Phones, given: tuple[str, ...], expires: str
) -> None:
    """Step 6 of RFC 3261 10.3."""
    phones.registers(DESK)
    assert phones.registers(*given, expires=expires).status == 400
    assert len(phones.reached()) == 1


def test_what_was_sent_before_does_not_undo_what_was_sent_after(phones: Phones) -> None:
    """Step 7 of RFC 3261 10.3; another telephone has a Call-ID of its own."""
    phones.registers(DESK)
    assert phones.registers(DESK, expires="0", cseq="1").status == 500
    assert phones.reached() == ["sip:ada@192.0.2.5:5060"]
    assert phones.registers(DESK, expires="0", cseq="1", call_id="other").status == 200


def test_all_of_a_request_is_done_or_nothing(phones: Phones) -> None:
    assert phones.registers(DESK, f"{MOBILE};expires=5").status == 423
    assert phones.reached() == []


def test_those_that_are_wanted_first_are_tried_first(phones: Phones) -> None:
    phones.registers(f"{DESK};q=0.2", f"{MOBILE};q=0.8", "<sip:ada@192.0.2.7>;q=0.2;expires=90")
    assert phones.reached() == ["sip:ada@192.0.2.9", "sip:ada@192.0.2.5:5060", "sip:ada@192.0.2.7"]


@pytest.mark.parametrize("q", ["2", "-1", "x", "nan"])
def test_a_wrong_preference_is_refused(phones: Phones, q: str) -> None:
    assert phones.registers(f"{DESK};q={q}").status == 400


def test_one_telephone_is_one_contact_wherever_it_is(phones: Phones) -> None:
    """RFC 5626 6."""
    phone = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>";reg-id=1'
    phones.registers(f"{DESK};{phone}")
    phones.registers(f"{MOBILE};{phone}", call_id="after-a-restart")
    assert phones.reached() == ["sip:ada@192.0.2.9"]


def test_only_so_many_contacts_are_kept(phones: Phones) -> None:
    many = [f"<sip:ada@192.0.2.{number}>" for number in range(11)]
    assert phones.registers(*many).status == 503
    assert phones.registers(*many[:10]).status == 200


def test_only_so_many_addresses_are_kept() -> None:
    phones = Phones(RegistrarLimits(addresses=1))
    phones.registers(DESK)
    assert phones.registers(DESK, to="sip:bob@pbx.example", who="bob").status == 503


def test_a_path_is_kept_and_told(phones: Phones) -> None:
    """RFC 3327 5.3."""
    answer = phones.registers(DESK, path="<sip:edge.example;lr>")
    assert answer.headers.all("Path") == ["<sip:edge.example;lr>"]
    [binding] = phones.bindings.of("ada@pbx.example", phones.now)
    assert binding.path == ("<sip:edge.example;lr>",)


def test_who_was_reached_by_a_connection_is_gone_with_it(phones: Phones) -> None:
    request = phones.request((DESK,), ADA)
    phones.bindings.register("ada@pbx.example", request, FLOW, phones.now)
    phones.bindings.forget(Hop("UDP", "192.0.2.5", 5060))
    assert len(phones.bindings) == 1
    phones.bindings.forget(FLOW)
    assert not len(phones.bindings)
