"""What visitors do: open a contact, wait, talk, be called back, leave a message, rate."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import structlog
from msgspec.structs import replace as changed

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import Conflict, InvalidInput, NotFound, OffhookError, Unauthenticated
from offhook.core.ids import AccountId, ContactId
from offhook.core.mail.address import checked
from offhook.core.zones import time_zone
from signalling.domain import visiting
from signalling.domain.calendar import Calendar
from signalling.domain.configured.planning import hours_of
from signalling.domain.configured.site import SiteSettings
from signalling.domain.desk import NewSession, ToSession
from signalling.domain.hours import OpeningHours
from signalling.domain.routing.events import TaskAdded
from signalling.domain.routing.task import PATIENT
from signalling.domain.sessions import events as told
from signalling.domain.sessions.customer import Customer
from signalling.domain.sessions.session import Session
from signalling.domain.visit_views import SiteView, Visit
from signalling.services.callback_links import CallbackLinks
from signalling.services.configuration import Configuration
from signalling.services.desks import GRACE, Desks, tell
from signalling.services.letters import Letters
from signalling.services.open_desk import OpenDesk
from signalling.services.parts import Parts
from signalling.services.tokens import VisitTokens
from signalling.stores.configured import Configured

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a page tells of itself when the panel opens. `resume` is the secret of a contact that
    it had before, `link` that of a callback, and `again` the contact that its socket opened by it;
    `identity` the site's own word for the visitor."""

    site: str
    language: str
    url: str
    title: str
    referrer: str
    identity: str | None
    attributes: dict[str, str]
    resume: str | None
    link: str | None = None
    again: Place | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The contact that a socket is in."""

    account: AccountId
    session: str
    site: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A contact, new or gone on with; `displaced` is the socket that had it before."""

    place: Place
    site: SiteView
    visit: Visit
    resume: str
    displaced: str | None


class Visits:
    """Every method raises `NotFound` (`session_over`) when it is too late for what is asked."""

    def __init__(
        self,
        parts: Parts,
        configuration: Configuration,
        desks: Desks,
        tokens: VisitTokens,
        links: CallbackLinks,
        letters: Letters,
    ) -> None:
        self._parts = parts
        self._links = links
        self._letters = letters
        self._configuration = configuration
        self._desks = desks
        self._tokens = tokens

    async def site(self, key: str) -> SiteSettings | None:
        """The site with this public key."""
        found = await self._configuration.site_of_key(key)
        return None if found is None else found.body

    # --- opening --------------------------------------------------------------------------------

    async def open(self, socket: str, opening: Opening) -> Opened:
        """Go on with the contact of the page, or begin one. Raises `NotFound` (`unknown_site`),
        `Unauthenticated` (`identity_invalid`, `identity_expired`, `identity_needed`), and for a
        link as `CallbackLinks.opened`."""
        site = await self._configuration.site_of_key(opening.site)
        if site is None:
            log.info("unknown site", site=opening.site[:64])
            raise NotFound("There is no such site.", code="unknown_site", field="site")
        made = await self._desks.up_to_date(site.account)
        session = await self._session(made, site, opening)
        displaced = made.audience.seat_visitor(session.id, socket)
        await tell(made, session.id, told.PageBack())
        visit = made.show_visit(session.id)
        if visit is None:
            raise _over()
        made.audience.remember(socket, visit)
        return Opened(
            place=Place(site.account, session.id, site.id),
            site=self._site_view(made, site, session.language),
            visit=visit,
            resume=await self._tokens.make(site.account, session.id),
            displaced=displaced,
        )

    async def _session(
        self, made: OpenDesk, site: Configured[SiteSettings], opening: Opening
    ) -> Session:
        if opening.again is not None:
            return self._found(opening.again)[1]
        if opening.link is not None:
            return await self._links.opened(made, site.id, opening.link)
        known = await self._resumed(made, site, opening)
        return known if known is not None else await self._begun(made, site, opening)

    async def _resumed(
        self, made: OpenDesk, site: Configured[SiteSettings], opening: Opening
    ) -> Session | None:
        if not opening.resume:
            return None
        try:
            account, id = await self._tokens.open(opening.resume)
        except Unauthenticated:
            return None
        session = made.desk.sessions.get(id)
        if account != site.account or session is None or session.site != site.id:
            return None
        return session

    async def _begun(
        self, made: OpenDesk, site: Configured[SiteSettings], opening: Opening
    ) -> Session:
        now = self._parts.clock.now()
        customer = visiting.came_from(Customer(), opening.url, opening.title, opening.referrer)
        given = visiting.attributes(opening.attributes, "attributes")
        customer = changed(customer, page_attributes=given)
        contact, is_new = ContactId(self._parts.ids.new("CT")), True
        if opening.identity is not None:
            found = visiting.vouched(opening.identity, site.signing(now), now)
            customer = visiting.known(customer, found)
            contact, is_new = await self._contact(site, found.sub, contact), False
        elif site.body.identity_required:
            raise Unauthenticated("Sign in on this page first.", code="identity_needed")
        session = Session(
            self._parts.ids.new("SE"),
            account=site.account,
            site=site.id,
            contact=contact,
            language=visiting.language_of(site.body, opening.language),
            mode=site.body.mode,
            customer=customer,
            now=now,
        )
        asks = bool(site.body.form) and not customer.verified
        new = contact if is_new else None
        await made.owner.begin(NewSession(session, told.Opened(asks)), new)
        return session

    async def _contact(
        self, site: Configured[SiteSettings], sub: str, drawn: ContactId
    ) -> ContactId:
        digest = hashlib.sha256(f"{site.id} {sub}".encode()).digest()
        rows, now = self._desks.rows, self._parts.clock.now()
        return await self._parts.store.write(
            lambda c: rows.know(c, site.account, digest, drawn, now)
        )

    def _site_view(self, made: OpenDesk, site: Configured[SiteSettings], language: str) -> SiteView:
        hours, now = self._hours(made, site.body), self._parts.clock.now()
        return visiting.site_view(site.body, language, hours, time_zone, now)

    def _hours(self, made: OpenDesk, site: SiteSettings) -> OpeningHours | None:
        return hours_of(site, made.planned.bodies)

    def lost(self, place: Place, socket: str) -> None:
        """The socket closed; the contact is kept for a while."""
        made = self._desks.at_hand(place.account)
        if made is None or not made.audience.leave_visitor(place.session, socket):
            return
        session = made.desk.sessions.get(place.session)
        if session is not None:
            until = self._parts.clock.now() + GRACE * SECOND
            made.owner.post(ToSession(place.session, told.PageLost(until)))

    # --- waiting --------------------------------------------------------------------------------

    async def fill(self, place: Place, answers: dict[str, str]) -> None:
        """Say who one is; raises `InvalidInput` with the field."""
        made, session, site = self._found(place)
        customer = visiting.answered(site, session.customer, answers)
        await tell(made, place.session, told.FormFilled(customer))

    async def start(
        self, place: Place, consent: bool | None, version: str | None, *, video: bool
    ) -> None:
        """Wait for an agent from now on."""
        made, session, site = self._found(place)
        if site.mode == "call-me-back":
            raise Conflict("This site calls back; ask for that.", code="callback_only")
        answered = visiting.consent(site, consent, version)
        await made.recall(place.session)
        task = self._task(made, session, site, "video" if video and site.video else "voice")
        refused = "closed" if self._closed(made, site) else None
        started = told.Started(task, consent, answered, session.language, refused)
        await tell(made, place.session, started)

    def _closed(self, made: OpenDesk, site: SiteSettings) -> bool:
        hours = self._hours(made, site)
        if hours is None:
            return False
        return not Calendar.of(hours, time_zone).is_open(self._parts.clock.now())

    def _task(
        self, made: OpenDesk, session: Session, site: SiteSettings, channel: str
    ) -> TaskAdded:
        target: dict[str, Any] = {"workflow": site.target.workflow, "queue": site.target.queue}
        if site.target.agent is not None:
            target = {"only_agent": site.target.agent}
        elif site.mode == "direct" and channel not in PATIENT:
            target["at_once"] = True
        return TaskAdded(
            task=self._parts.ids.new("TA"),
            channel=channel,
            attributes=visiting.routed(site, session.customer, session.language),
            contact=session.contact,
            preferred_agent=made.agent_of(session.id),
            waited=self._waited(made, session),
            **target,
        )

    def _waited(self, made: OpenDesk, session: Session) -> float:
        """Seconds that the contact has waited already, in the queue that it leaves."""
        task = made.desk.router.tasks.get(session.task or "")
        return 0 if task is None else task.waited_by(self._parts.clock.now()) / SECOND

    async def moved(self, place: Place, url: str, title: str, referrer: str) -> None:
        """The visitor is on another page of the site."""
        made, session, _ = self._found(place)
        customer = visiting.came_from(session.customer, url, title, referrer)
        await tell(made, place.session, told.PageMoved(customer))

    # --- instead of waiting ---------------------------------------------------------------------

    async def ask_callback(
        self, place: Place, at: Micros | None, answers: dict[str, str], email: str = ""
    ) -> None:
        """Be called back, with the link at `email`; raises `Conflict` (`no_callback`,
        `callback_due`), `InvalidInput` (`bad_time`, `bad_email`)."""
        made, session, site = self._found(place)
        allowed = site.callback
        if allowed is None or not (allowed.now if at is None else allowed.scheduled):
            raise Conflict("This site does not call back.", code="no_callback")
        now = self._parts.clock.now()
        soonest = now + allowed.notice * 60 * SECOND
        if at is not None and not soonest <= at <= now + allowed.days * 86_400 * SECOND:
            raise InvalidInput("Choose another time.", code="bad_time", field="at")
        address = checked(email) if email else ""
        if answers:
            await self.fill(place, answers)
        await made.recall(place.session)
        task = self._task(made, session, site, "callback")
        tasks = (task.task, *(self._parts.ids.new("TA") for _ in range(allowed.tries - 1)))
        mail = self._letters.may_write(address or session.customer.reach)
        asked = told.CallbackAsked(task, tasks, at, allowed.window, mail, address)
        await tell(made, place.session, asked)

    async def cancel_callback(self, place: Place) -> None:
        """Not to be called back after all."""
        await tell(self._found(place)[0], place.session, told.CallbackCanceled())

    async def answer(self, place: Place) -> None:
        """Take the agent's call."""
        await tell(self._found(place)[0], place.session, told.CallbackAnswered())

    async def leave_message(self, place: Place, text: str, answers: dict[str, str]) -> None:
        """Write instead of waiting; raises `Conflict` (`no_messages`)."""
        made, session, site = self._found(place)
        if not site.message:
            raise Conflict("This site takes no messages.", code="no_messages")
        customer = session.customer
        if answers:
            customer = visiting.answered(site, customer, answers)
        customer = changed(customer, message=visiting.letter(text))
        await made.recall(place.session)
        task = self._task(made, session, site, "message")
        await tell(made, place.session, told.MessageLeft(task, customer))

    # --- the end --------------------------------------------------------------------------------

    async def hang_up(self, place: Place) -> None:
        """Leave the queue, or end the call."""
        await tell(self._found(place)[0], place.session, told.VisitorLeft())

    async def rate(self, place: Place, stars: int, comment: str) -> None:
        """Rate what is over, once."""
        if not 1 <= stars <= 5:
            raise InvalidInput("One to five stars.", code="bad_rating", field="stars")
        rated = told.Rated(stars, visiting.comment(comment))
        await tell(self._found(place)[0], place.session, rated)

    def _found(self, place: Place) -> tuple[OpenDesk, Session, SiteSettings]:
        made = self._desks.here(place.account)
        session = made.desk.sessions.get(place.session)
        site = made.planned.bodies.get(place.site)
        if session is None or not isinstance(site, SiteSettings):
            raise _over()
        return made, session, site


def _over() -> OffhookError:
    return NotFound("This contact is over.", code="session_over")
