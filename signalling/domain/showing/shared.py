"""What every view of a desk is made from, and what several have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from offhook.core.clock import Micros, isoformat
from signalling.domain.configured.site import SiteSettings
from signalling.domain.desk import Desk
from signalling.domain.desk_views import (
    ConsideredView,
    DecisionView,
    EarlierView,
)
from signalling.domain.routing.explaining import Decision
from signalling.domain.routing.task import Task
from signalling.domain.sessions.base import OVER
from signalling.domain.sessions.base import State as Stage
from signalling.domain.sessions.session import Session
from signalling.domain.visit_views import (
    CallView,
)

#: Signs a token: for the room, the identity and the name that are given.
Token = Callable[[str, str, str], str]


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called, and the sites with what they ask."""

    activities: Mapping[str, str]
    queues: Mapping[str, str]
    sites: Mapping[str, SiteSettings]
    #: Seconds within which each queue is to answer.
    service_levels: Mapping[str, int]
    dispositions: tuple[str, ...] = ()


class Shown:
    """What all views of a desk are made from. `token` signs for rooms of calls; `earlier`: a
    customer's sessions before this one, by session; `language`: of the agent who reads; `mails`:
    this server can send letters."""

    def __init__(
        self,
        desk: Desk,
        names: Names,
        token: Token,
        earlier: Mapping[str, list[EarlierView]],
        seq: int,
        now: Micros,
        language: str = "",
        *,
        mails: bool = False,
    ) -> None:
        self._desk = desk
        self._mails = mails
        self._router = desk.router
        self._names = names
        self._token = token
        self._earlier = earlier
        self._seq = seq
        self._now = now
        self._language = language

    def _call(self, session: Session, identity: str, name: str) -> CallView | None:
        """The room, for somebody who is a party of a call that is under way."""
        if session.parties.get(identity) is None or session.state in OVER:
            return None
        if session.state in (Stage.CLOSED, Stage.CALLBACK) and identity == session.visitor:
            return None
        if session.state is Stage.CLOSED:
            return None
        token = self._token(session.room, identity, name)
        return CallView(room=session.room, identity=identity, token=token)

    def _decision(self, decision: Decision) -> DecisionView:
        return DecisionView(
            at=isoformat(decision.at),
            decision="offered" if decision.offered else "waits",
            queue=self._names.queues.get(decision.queue or "", ""),
            considered=[
                ConsideredView(agent=agent, name=self._name(agent), reason=reason)
                for agent, reason in decision.agents
            ],
            others=sum(count for _, count in decision.others),
        )

    def _name(self, agent: str) -> str:
        known = self._router.agents.get(agent)
        return agent if known is None else known.profile.name

    def _queue_name(self, task: Task) -> str:
        return self._names.queues.get(task.queue or "", "")
