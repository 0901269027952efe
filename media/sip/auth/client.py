"""The client's side of digest: answers challenges of several realms, counts what it uses.

A `DigestClient` belongs to one account (a trunk, a registration) and remembers the challenges it
has met, so that later requests are good at once. An `Attempt` belongs to one request until it has
its final response, and knows when there is no use in trying again (RFC 3261 22.1).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from media.sip.auth.algorithms import Algorithm
from media.sip.auth.challenge import Challenge
from media.sip.auth.credentials import Credentials
from media.sip.auth.digest import AUTH, AUTH_INT, Request, response, user_hash

#: Realms that are remembered, and times that one request is sent again for a stale nonce.
MAX_REALMS, MAX_ROUNDS = 16, 4

AUTHORIZATION, PROXY_AUTHORIZATION = "Authorization", "Proxy-Authorization"


@dataclass(frozen=True, slots=True)
class Login:
    """A name and password for one realm, or for any that asks when `realm` is None."""

    username: str
    password: str = field(repr=False)
    realm: str | None = None


@dataclass(slots=True)
class _Met:
    """A challenge that was met, and how often its nonce was used."""

    challenge: Challenge
    cnonce: str
    count: int = 0


#: The header that answers it, and the realm.
_Door = tuple[str, str]


class DigestClient:
    """What one account knows about those who challenge it.

    `new_cnonce` gives random text; `integrity` prefers auth-int, which breaks when somebody on
    the way rewrites bodies; `weakest` is the least algorithm that a password is shown to.
    """

    def __init__(
        self,
        logins: Sequence[Login],
        new_cnonce: Callable[[], str],
        *,
        integrity: bool = False,
        weakest: Algorithm = Algorithm.MD5,
    ) -> None:
        self._logins = tuple(logins)
        self._new_cnonce = new_cnonce
        self._preferred = (AUTH_INT, AUTH) if integrity else (AUTH, AUTH_INT)
        self._weakest = weakest
        self._met: OrderedDict[_Door, _Met] = OrderedDict()

    def attempt(self) -> Attempt:
        """Begin one request."""
        return Attempt(self)

    def headers(self, request: Request) -> list[tuple[str, str]]:
        """Name and value of the headers that show who we are, one for each realm that asked."""
        return [(door[0], str(self._sign(met, request))) for door, met in self._met.items()]

    def login(self, realm: str) -> Login | None:
        """The login for a realm; one that names the realm goes before one for any."""
        for wanted in (realm, None):
            for login in self._logins:
                if login.realm == wanted:
                    return login
        return None

    def choose(self, challenges: Iterable[Challenge]) -> Challenge | None:
        """The strongest challenge that may be answered, the first of equals (RFC 8760 2.4)."""
        least = self._weakest.strength
        usable = [c for c in challenges if c.algorithm.strength >= least and self.login(c.realm)]
        return max(usable, key=lambda c: c.algorithm.strength, default=None)

    def meet(self, header: str, challenge: Challenge) -> None:
        """Answer this challenge from now on; a new nonce is counted from one."""
        door = (header, challenge.realm)
        known = self._met.get(door)
        if known and replace(known.challenge, stale=challenge.stale) == challenge:
            return
        self._met[door] = _Met(challenge, self._new_cnonce())
        if len(self._met) > MAX_REALMS:
            self._met.popitem(last=False)

    def forget(self, header: str, realm: str) -> None:
        """Show this realm nothing more: what it was shown is wrong."""
        self._met.pop((header, realm), None)

    def _sign(self, met: _Met, request: Request) -> Credentials:
        challenge, login = met.challenge, self.login(met.challenge.realm)
        if login is None:
            raise LookupError("a challenge is only met with a login for its realm")
        met.count += 1
        qop = next((qop for qop in self._preferred if qop in challenge.qops), "")
        unsigned = Credentials(
            username=login.username,
            realm=challenge.realm,
            nonce=challenge.nonce,
            uri=request.uri,
            response="",
            algorithm=challenge.algorithm,
            qop=qop,
            cnonce=met.cnonce if qop or challenge.algorithm.is_session else "",
            nc=f"{met.count:08x}" if qop else "",
            opaque=challenge.opaque,
        )
        secret = user_hash(challenge.algorithm, login.username, challenge.realm, login.password)
        signed = response(secret, unsigned, request.method, request.body)
        return replace(unsigned, response=signed)


class Attempt:
    """One request on its way through those who may challenge it."""

    def __init__(self, client: DigestClient) -> None:
        self._client = client
        self._answered: set[_Door] = set()
        self._rounds = 0

    def headers(self, request: Request) -> list[tuple[str, str]]:
        """The headers for this sending; every sending has counts of its own."""
        return self._client.headers(request)

    def challenged(self, www: Sequence[str] = (), proxy: Sequence[str] = ()) -> bool:
        """Take the WWW- and Proxy-Authenticate headers of a 401 or 407.

        True when the request should be sent again with `headers` (and a higher CSeq); False when
        nobody has a login for it, or what was shown was rejected, or it goes round in circles.
        """
        self._rounds += 1
        chosen = list(self._chosen(www, proxy))
        rejected = [(h, c) for h, c in chosen if (h, c.realm) in self._answered and not c.stale]
        for header, challenge in rejected:
            self._client.forget(header, challenge.realm)
        if rejected or self._rounds > MAX_ROUNDS:
            return False
        for header, challenge in chosen:
            self._answered.add((header, challenge.realm))
            self._client.meet(header, challenge)
        return bool(chosen)

    def _chosen(self, www: Sequence[str], proxy: Sequence[str]) -> Iterator[tuple[str, Challenge]]:
        """The best challenge of each realm, with the header that answers it."""
        for header, texts in ((AUTHORIZATION, www), (PROXY_AUTHORIZATION, proxy)):
            realms: dict[str, list[Challenge]] = {}
            for challenge in Challenge.parse_all(texts):
                realms.setdefault(challenge.realm, []).append(challenge)
            for challenges in realms.values():
                best = self._client.choose(challenges)
                if best is not None:
                    yield header, best
