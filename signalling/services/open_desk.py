"""One account's desk at work: its machine, its plans, and what pages see of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from signalling.domain.callback_link import own_path
from signalling.domain.configured.disposition import DispositionSettings
from signalling.domain.configured.queue import QueueSettings
from signalling.domain.configured.site import SiteSettings
from signalling.domain.desk import Desk
from signalling.domain.desk_views import ColleagueView, EarlierView, Live, QueueView
from signalling.domain.desk_views import Desk as DeskView
from signalling.domain.sessions.session import Session
from signalling.domain.showing.history import earlier_view
from signalling.domain.showing.shared import Names, Token
from signalling.domain.showing.showing import Showing
from signalling.domain.visit_views import Visit
from signalling.services.attendance import Attendance
from signalling.services.configuration import Planned
from signalling.services.desk_audience import DeskAudience
from signalling.services.desk_owner import DeskOwner
from signalling.services.parts import Parts
from signalling.stores.desks import Desks as Rows

T = TypeVar("T")
_EARLIER = 5


class OpenDesk:
    """One account's desk at work: its owner, its plans, and who sees it."""

    def __init__(
        self,
        parts: Parts,
        rows: Rows,
        owner: DeskOwner,
        planned: Planned,
        token: Token,
        secret: Callable[[str], str],
        *,
        mails: bool,
    ) -> None:
        self._parts = parts
        self._rows = rows
        self._secret = secret
        self._mails = mails
        self.owner = owner
        self.plan(planned)
        self.audience = DeskAudience(parts.clock, parts.tasks, parts.border)
        self.attendance = Attendance(parts, owner)
        self._token = token
        self._tokens: dict[tuple[str, str], str] = {}
        self._earlier: dict[str, list[EarlierView]] = {}
        self._last_agents: dict[str, str] = {}
        self._languages: dict[str, str] = {}
        #: Numbers what is shown. Not the count of steps alone: pages that are looked at again while
        #: a step is being stored see what it changed under the number of the step before.
        self._shown = 0
        self._colleagues: list[ColleagueView] = []
        self._queues: list[QueueView] = []

    @property
    def desk(self) -> Desk:
        """The machine."""
        return self.owner.desk

    def plan(self, planned: Planned) -> None:
        """Show what ids are called now."""
        self.planned, bodies = planned, planned.bodies
        queues = _of(QueueSettings, bodies)
        self.names = Names(
            activities={id: activity.name for id, activity in planned.plans.activities.items()},
            queues={id: each.name for id, each in queues.items()},
            sites=_of(SiteSettings, bodies),
            service_levels={id: each.service_level for id, each in queues.items()},
            dispositions=tuple(each.name for each in _of(DispositionSettings, bodies).values()),
        )

    def showing(self, language: str = "") -> Showing:
        """The desk as it is now, to be shown to somebody who reads this language."""
        now = self._parts.clock.now()
        self._shown = max(self._shown + 1, self.owner.version)
        given = self.desk, self.names, self._signed, self._earlier, self._shown, now
        return Showing(*given, language, mails=self._mails)

    def speaks(self, agent: str, language: str) -> None:
        """The agent's page is in this language."""
        self._languages[agent] = language

    def _signed(self, room: str, identity: str, name: str) -> str:
        """A token for a call; the same one for as long as the desk is open."""
        known = self._tokens.get((room, identity))
        if known is None:
            known = self._tokens[room, identity] = self._token(room, identity, name)
        return known

    async def recall(self, session: str) -> None:
        """Have a customer's earlier sessions at hand before anybody is asked to answer."""
        current = self.desk.sessions.get(session)
        if current is None:
            return
        found = await self._parts.store.read(
            lambda c: self._rows.earlier(c, self.owner.account, current.contact, _EARLIER + 1)
        )
        others = [each for each in found if each.id != session][:_EARLIER]
        self._earlier[session] = [earlier_view(each, "") for each in others]
        agents = (agent for each in others for agent, _ in reversed(each.agents))
        known = next((agent for agent in agents if agent in self.desk.router.agents), None)
        if known is not None:
            self._last_agents[session] = known
        for gone in self._earlier.keys() - self.desk.sessions.keys():
            del self._earlier[gone]
            self._last_agents.pop(gone, None)
            for key in [key for key in self._tokens if key[0] == f"call-{gone}"]:
                del self._tokens[key]

    def agent_of(self, session: str) -> str | None:
        """Who talked to this customer last, of those who are still agents."""
        return self._last_agents.get(session)

    # --- what pages see (Shows) -----------------------------------------------------------------

    def refresh(self) -> None:
        """Work out anew what all agents see of each other and of the queues."""
        showing = self.showing()
        self._colleagues, self._queues = showing.colleagues(), showing.queues()

    def show_visit(self, session: str) -> Visit | None:
        """What the visitor of a session is shown."""
        found = self.desk.sessions.get(session)
        if found is None:
            return None
        site = self.planned.bodies.get(found.site)
        after = site.max_wait_offer if isinstance(site, SiteSettings) else None
        return self.showing().visit(found, offers_after=after, link=self._own_link(found))

    def _own_link(self, session: Session) -> str:
        """With which the visitor goes on with a callback in another browser of theirs."""
        key = self.planned.keys.get(session.site, "")
        return own_path(key, self._secret(session.id)) if key and session.callback_state else ""

    def show_desk(self, agent: str) -> DeskView | None:
        """What an agent is shown."""
        found = self.desk.router.agents.get(agent)
        if found is None:
            return None
        showing = self.showing(self._languages.get(agent, ""))
        return showing.desk(found, self._colleagues, self._queues)

    def show_live(self) -> Live:
        """What supervisors are shown."""
        return self.showing().live(*self.owner.tally.of(self._parts.clock.now()))


def _of(shape: type[T], bodies: Mapping[str, object]) -> dict[str, T]:
    return {id: body for id, body in bodies.items() if isinstance(body, shape)}
