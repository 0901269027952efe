"""Parsers of what comes over HTTP and sockets: SDP, packets, tokens, bodies, webhooks."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import msgspec
from multidict import MultiDict

from media.sfu import sdp
from offhook.core.clock import Micros
from offhook.core.errors import InvalidInput, OffhookError, Unauthenticated, UnsupportedMedia
from offhook.core.webhooks import signature
from offhook.core.webhooks.addresses import AllowedAddresses
from offhook.core.webhooks.addresses import Target as Address
from offhook.core.zones import time_zone
from signalling.api import desk_messages, http, messages, sockets, visit_messages
from signalling.api.app import ROUTES
from signalling.api.decoding import argument_of, converted
from signalling.api.routes.files import disposition
from signalling.domain import names, tokens
from signalling.domain.calendar import Calendar
from signalling.domain.configured.kinds import KINDS
from signalling.domain.contacts import exporting, sheet
from signalling.domain.contacts.columns import recognised
from signalling.domain.contacts.taking_in import Plan, card_of
from signalling.domain.files.kinds import KINDS as FILES
from signalling.domain.files.kinds import FileKind
from signalling.domain.files.naming import clean_name
from signalling.domain.ice_fragment import IceFragment
from signalling.domain.routing.expression import MAX_LENGTH, BadExpression, Expression
from signalling.services import tokens as bearer
from tests.fuzz.target import Target
from tests.media.sfu.browser import CHROMIUM
from tests.media.sfu.test_sdp import FIREFOX
from tests.support.files import GOOD, inspect

_SECRET = "s" * 40
_LOCAL = sdp.Transport("u" * 4, "p" * 22, (("sha-256", "AA:BB"),), "actpass")


def _description() -> Callable[[bytes], object]:
    """Whatever is understood can be answered, both ways, and the answers are understood again."""

    def read(data: bytes) -> None:
        offer = sdp.parse(data.decode("utf-8", "replace"))
        mids = {media.mid for media in offer.media}
        sdp.parse(sdp.write(sdp.answer(offer, _LOCAL, mids)))
        sdp.parse(sdp.write(sdp.answer_viewer(offer, _LOCAL)))

    return read


def _fragment() -> Callable[[bytes], object]:
    """What is understood is written, and understood as the same."""

    def read(data: bytes) -> None:
        found = IceFragment.parse(data.decode("utf-8", "replace"))
        assert IceFragment.parse(str(found)) == found

    return read


def _packet() -> Callable[[bytes], object]:
    """A socket.io packet that is an event is one of a name and arguments; its command is read."""

    def read(data: bytes) -> None:
        packet = sockets.TextPacket(encoded_packet=data.decode("utf-8", "replace") or "4")
        if packet.data and packet.packet_type == 2:
            command, *arguments = packet.data
            sockets._weight(tuple(arguments))
            for commands in (messages.COMMANDS, desk_messages.COMMANDS, visit_messages.COMMANDS):
                if command in commands:
                    argument = argument_of(commands[command][0], tuple(arguments))
                    msgspec.json.encode(argument)

    return read


def _token() -> Callable[[bytes], object]:
    """A token whose bytes are anything, and one that is signed and says anything."""
    key = SimpleNamespace(secret=_SECRET)

    def read(data: bytes) -> None:
        text = data.decode("utf-8", "surrogateescape")
        try:
            bearer._issuer(text)
            bearer._payload(text, key)  # type: ignore[arg-type]
        except Unauthenticated:
            pass
        payload = msgspec.json.decode(data)
        if isinstance(payload, dict):
            claims = tokens.parse(payload)
            tokens.check_times(claims, Micros(1_800_000_000_000_000))
            tokens.profile_of(claims)
            tokens.identity_of(claims)
            if claims.video is not None:
                tokens.grants_of(claims.video)
            signed = bearer.sign(claims, _SECRET)
            assert tokens.parse(bearer._payload(signed, key)) == claims  # type: ignore[arg-type]

    return read


def _body() -> Callable[[bytes], object]:
    """Bodies and queries of all routes: the first byte says which."""
    routes = [route for route in ROUTES if route.body is not None or route.query is not None]

    def read(data: bytes) -> None:
        route, rest = routes[(data or b"\0")[0] % len(routes)], data[1:]
        if route.body is not None:
            http._decoded(route, rest)
        else:
            text = rest.decode("utf-8", "surrogateescape")
            pairs = (part.partition("=")[::2] for part in text.split("&"))
            http._query(route, MultiDict(pairs))

    return read


def _names() -> Callable[[bytes], object]:
    """What people and programs call things, and what they write."""

    def read(data: bytes) -> None:
        text = data.decode("utf-8", "surrogatepass" if data[:1] == b"s" else "replace")
        for check in (names.room_name, names.identity, names.display_name, names.chat_text):
            try:
                check(text).encode()
            except InvalidInput:
                continue
        names.attributes({text: text})

    return read


def _webhook() -> Callable[[bytes], object]:
    """A webhook that comes: headers as a server reads them, a line each, and the body."""

    def read(data: bytes) -> None:
        lines = data.decode("utf-8", "surrogateescape").split("\n", 3)
        fields = (signature.ID_HEADER, signature.TIME_HEADER, signature.SIGNATURE_HEADER)
        given = dict(zip(fields, lines, strict=False))
        secret = signature.encode_secret(b"k" * 24)
        signature.verify([secret], given, data[-8:], Micros(1_800_000_000_000_000))

    return read


def _address() -> Callable[[bytes], object]:
    """Where a webhook may go: URLs, secrets, and the operator's entries."""

    def read(data: bytes) -> None:
        text = data.decode("utf-8", "replace")
        for check in (signature.decode_secret, lambda entry: AllowedAddresses([entry])):
            try:
                check(text)
            except OffhookError:
                continue
        target = Address.parse(text)
        assert target.host
        assert 0 < target.port < 65536

    return read


def _expression() -> Callable[[bytes], object]:
    """What is understood is written, understood as the same, and can be asked of anything."""
    agent = {"skills": {"fr": 3}, "tags": ["vip"], "tier": "gold", "a": {"b": None}}

    def read(data: bytes) -> None:
        found = Expression.parse(data.decode("utf-8", "surrogateescape"))
        written = str(found.root)
        if len(written) <= MAX_LENGTH:
            assert Expression.parse(written) == found
        assert found.holds(agent, agent) in (True, False)

    return read


def _configured() -> Callable[[bytes], object]:
    """What the first byte's kind takes is kept, is the same when it is read and saved again, and
    works: hours can be described, and origins can stand in a header."""

    def read(data: bytes) -> None:
        kind = KINDS[data[0] % len(KINDS)] if data else KINDS[0]
        body = converted(lambda shape: msgspec.json.decode(data[1:], type=shape), kind.shape)
        kept = kind.checked(body, time_zone)
        stored = msgspec.json.decode(msgspec.json.encode(kept))
        assert kind.checked(kind.read(stored), time_zone) == kept
        hours = getattr(kept, "hours", None)
        if hours is not None:
            Calendar.of(hours, time_zone).describe(Micros(1_790_000_000_000_000))
        assert all(origin.isascii() for origin in getattr(kept, "allowed_origins", ()))

    return read


def _file() -> Callable[[bytes], object]:
    """The first byte says which kind of file the others are said to be; however they are cut in
    pieces, they are taken or refused alike."""

    def refused(kind: FileKind, data: bytes, piece: int) -> bool:
        try:
            inspect(kind.type, data, piece)
        except UnsupportedMedia:
            return True
        return False

    def read(data: bytes) -> None:
        kind, rest = FILES[(data or b"\0")[0] % len(FILES)], data[1:]
        assert refused(kind, rest, 5) == refused(kind, rest, 1 << 20)

    return read


def _file_name() -> Callable[[bytes], object]:
    """Whatever a file is called, it has a name that can be shown, saved, and said in a header."""

    def read(data: bytes) -> None:
        kind, rest = FILES[(data or b"\0")[0] % len(FILES)], data[1:]
        name = clean_name(rest.decode("utf-8", "surrogatepass"), kind)
        assert clean_name(name, kind) == name
        assert disposition(name).isascii()
        assert not set('/\\"\r\n\u202e') & set(name)

    return read


def _table() -> Callable[[bytes], object]:
    """A table of contacts: what is read is planned, and what is written of it is read the same."""

    def read(data: bytes) -> None:
        found = sheet.read(data)
        columns = recognised(found.heads)
        plan = Plan({})
        for row in found.rows:
            try:
                plan.take(row, card_of(row, columns, "FR"))
            except InvalidInput as error:
                plan.take(row, error)
        cards = [each.card for each in plan.outcomes if each.card is not None]
        written = sheet.read(exporting.table(cards).encode())
        assert [r.cells[0] for r in written.rows] == [exporting.harmless(c.name) for c in cards]

    return read


_TABLES = (
    b'name,email,phone\r\n"Ada ""L""",ada@example.com; a@b.example,06 12 34 56 78\r\n',
    b"sep=;\nNom;Pr\xe9nom;Courriel;T\xe9l\xe9phone\nKing;Ada;a@b.example;+33612345678\n",
    "\ufeffVorname\tNachname\tE-Mail\tattributes.tier\n=1\tx\ta@b.example\tgold".encode(),
)
_SET_UP = (
    b'\0{"name":"S","allowed_origins":["https://a.example:8443","http://[::1]:1"],"target":{"queue":'
    b'"QU00000000000000000000000000000000"},"languages":["fr"],"theme":{"accent":"#00ff00"},"form":'
    b'[{"key":"a","kind":"select","label":{"fr":"A"},"options":[{"value":"x","label":{"fr":"X"}}]}]}',
    b'\1{"name":"Q","requirements":[{"expression":"skills.fr >= 3"}],"hours":{"time_zone":"UTC"'
    b',"week":{"monday":[{"opens":"22:00","closes":"02:00"}]},"holidays":[{"first":"2024-02-29",'
    b'"last":"2024-03-01","yearly":true,"hours":[{"opens":"00:00","closes":"24:00"}]}]}}',
    b'\2{"name":"W","default":{"queue":"QU00000000000000000000000000000000","order_by":"a DESC"}}',
    b'\4{"user":"ada","skills":{"fr":5},"attributes":{"a":["x"],"b":1.5},"exclusive":["voice"]}',
    b'\6{"name":"R","texts":{"en":"Hi {{visitor.name}} {{form.x}}"},"channels":["sms"]}',
)
_COMMANDS = (
    b'2/room,1["join",{"name":"Ada"}]',
    b'2/room,2["offer",{"sdp":"v=0","tracks":[{"mid":"0","source":"camera","muted":true}]}]',
    b'2/room,3["subscription",{"tracks":[{"track":"TR1","width":640,"enabled":false}]}]',
    b'2/room,4["update",{"attributes":{"a":"b"}}]',
    b'2/room,5["moderate_permissions",{"participant":"PA1","can_publish_sources":["camera"]}]',
    b'0/room,{"token":"x.y.z"}',
    b"3/room,7[]",
    b'51-/room,["join",{"_placeholder":true,"num":0}]',
)
_CLAIMS = (
    b'{"iss":"AK1","exp":1900000000,"sub":"ada","nbf":1,"name":"Ada","attributes":{"a":"b"},'
    b'"video":{"roomJoin":true,"room":"demo","canPublishSources":["camera"]}}',
    b'{"iss":"AK1","exp":1.5e9,"sub":"x","sip":{"admin":true},"desk":{"role":"agent"}}',
)
_BODIES = tuple(
    bytes((number,)) + body
    for number in range(24)
    for body in (b'{"name":"demo","max_participants":3,"metadata":"","identity":"a"}', b"limit=3")
)

TARGETS = (
    Target("sdp", _description, (sdp.SdpError,), (CHROMIUM.encode(), FIREFOX.encode()), 16_384),
    Target(
        "fragment",
        _fragment,
        (InvalidInput,),
        (
            b"a=ice-ufrag:abcd\r\na=ice-pwd:" + b"p" * 22 + b"\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n"
            b"a=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=end-of-candidates\r\n",
        ),
    ),
    Target("sockets", _packet, (ValueError, InvalidInput), _COMMANDS),
    Target("tokens", _token, (Unauthenticated, msgspec.DecodeError, UnicodeDecodeError), _CLAIMS),
    Target("bodies", _body, (InvalidInput,), _BODIES),
    Target(
        "files",
        _file,
        (),
        tuple(bytes((n,)) + GOOD[kind.type] for n, kind in enumerate(FILES)),
    ),
    Target(
        "file_names",
        _file_name,
        (UnicodeDecodeError,),
        (b"\0a.png", b"\x04../CON.pdf", "\5\u202etxt.e\u0301".encode()),
        512,
    ),
    Target("names", _names, (InvalidInput, UnicodeDecodeError), (b"Ada", "Ädä\u202e".encode())),
    Target(
        "expressions",
        _expression,
        (BadExpression,),
        (
            b"skills.fr >= 3 AND NOT (tier IN ['gold', \"silver\"] OR task.tags NOT HAS 'vip')",
            b"a.'b c' == null or 2.5e3 < -1 and true",
        ),
        512,
    ),
    Target("tables", _table, (InvalidInput,), _TABLES, 4_096),
    Target("configured", _configured, (InvalidInput,), _SET_UP),
    Target(
        "webhooks",
        _webhook,
        (Unauthenticated,),
        (b"EV1\n1800000000\nv1,AAAA v1,BBBB\n{}",),
        512,
    ),
    Target(
        "addresses",
        _address,
        (InvalidInput,),
        (b"https://hooks.example.com:8443/x?y=z", b"http://[2001:db8::1]/", b"10.0.0.0/8"),
        512,
    ),
)
