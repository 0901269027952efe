"""Letters to visitors as they are accepted: with their links, in the step that asks for them."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Any

from offhook.core.clock import SECOND, Micros
from offhook.core.ids import AccountId
from signalling.domain.callback_link import SECRET_BYTES, digest_of, secret_of
from signalling.domain.sessions.effects import Mail
from signalling.services.parts import Parts
from signalling.stores.callbacks import Callbacks, Link, Order

#: Letters to one address within so many seconds: nobody is flooded by what others ask for.
_MOST, _WITHIN = 5, 3600
#: Addresses that are remembered for it.
_REMEMBERED = 10_000


class Letters:
    """`possible`: this server can send mail."""

    def __init__(self, parts: Parts, rows: Callbacks, *, possible: bool) -> None:
        self._parts = parts
        self._rows = rows
        self._wake: Callable[[], None] = lambda: None
        self._written: OrderedDict[str, deque[int]] = OrderedDict()
        self.possible = possible

    def attend(self, wake: Callable[[], None]) -> None:
        """Say who carries letters out."""
        self._wake = wake

    def may_write(self, address: str) -> bool:
        """Whether letters may be sent there: mail is set up, and there were not too many of
        late."""
        if not self.possible or not address:
            return False
        now, whom = self._parts.clock.now(), address.lower()
        times = self._written.setdefault(whom, deque())
        self._written.move_to_end(whom)
        while len(self._written) > _REMEMBERED:
            self._written.popitem(last=False)
        while times and times[0] <= now - _WITHIN * SECOND:
            times.popleft()
        if len(times) >= _MOST:
            return False
        times.append(now)
        return True

    def accepted(self, account: AccountId, session: str, mail: Mail) -> Callable[[Any], None]:
        """What keeps a letter and its link; to be run in the transaction of the step."""
        now = self._parts.clock.now()
        secret = secret_of(self._parts.random(SECRET_BYTES))
        link = Link(account, session, mail.link_until)
        order = Order(session, mail.number, mail.kind, secret, mail.until, mail.link_until)

        def keep(connection: Any) -> None:
            self._rows.put_link(connection, digest_of(secret), link, Micros(now))
            self._rows.put_letter(connection, account, order, Micros(now))

        return keep

    def wake(self) -> None:
        """A letter was committed."""
        self._wake()
