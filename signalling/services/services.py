"""All use cases of signalling, made and joined together, with their start and their end."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Any

import structlog

from offhook.core.bus.bus import Bus, Registration
from offhook.core.clock import Clock
from offhook.core.contracts.media import MEDIA_TOPIC
from offhook.core.errors import OffhookError
from offhook.core.ids import AccountId, Ids
from offhook.core.mail.smtp import SmtpSender
from offhook.core.processes import Processes
from offhook.core.seal import Sealer
from offhook.core.shelf.shelf import Shelf
from offhook.core.store import idempotency
from offhook.core.store.outbox import OutboxItem, Relay
from offhook.core.store.store import Store
from offhook.core.tasks import Tasks
from offhook.core.telemetry import Metrics
from offhook.core.text import Catalogue
from signalling.services.accounts import Accounts
from signalling.services.admission import Admissions
from signalling.services.agents_desk import AgentsDesk
from signalling.services.api_keys import ApiKeys
from signalling.services.audience import Audience
from signalling.services.bans import Bans
from signalling.services.border import Border
from signalling.services.call_rooms import CallRooms
from signalling.services.callback_links import CallbackLinks
from signalling.services.configuration import Configuration
from signalling.services.contact_centre import ContactCentre
from signalling.services.contacts import Contacts
from signalling.services.conversation import Conversation
from signalling.services.demonstration import Demonstration
from signalling.services.desks import Desks
from signalling.services.directory import MediaDirectory
from signalling.services.events import Events
from signalling.services.figures import Figures
from signalling.services.file_keeping import FileKeeping
from signalling.services.files import Files
from signalling.services.history import History
from signalling.services.http_sessions import HttpSessions
from signalling.services.joining import Joining
from signalling.services.letters import Letters
from signalling.services.mails import Mails
from signalling.services.media import Errands
from signalling.services.moderation import Moderation
from signalling.services.news import MediaNewsDesk
from signalling.services.others import Others
from signalling.services.parts import Parts
from signalling.services.passwords import Passwords
from signalling.services.people import People
from signalling.services.post import Post
from signalling.services.presence import Presence
from signalling.services.repeats import Repeats
from signalling.services.rooms import Rooms
from signalling.services.sign_ins import SignIns
from signalling.services.sink import Sink
from signalling.services.status import Status
from signalling.services.tokens import ResumeTokens, Tokens, VisitTokens
from signalling.services.users import Users
from signalling.services.visits import Visits
from signalling.services.webhooks import Webhooks
from signalling.settings import SignallingSettings
from signalling.stores.keeping import MEDIA_ERRANDS, Keeping

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

#: Seconds.
_TIDY_EVERY = 3600


class Services:
    """What the doors call. `start` after the store is migrated; `close` after the doors closed."""

    def __init__(self, parts: Parts, errands: Errands) -> None:
        self.parts = parts
        self.settings = parts.settings
        self.figures = parts.figures
        self.audience = parts.audience
        self.directory = parts.directory
        self.border = parts.border
        self.processes = parts.processes
        self.errands = errands
        self.tokens = Tokens(parts)
        self.keys = ApiKeys(parts, self.tokens)
        self.accounts = Accounts(parts, self.keys)
        passwords = Passwords()
        self.users = Users(parts, passwords)
        self.sign_ins = SignIns(parts, passwords)
        self.configuration = Configuration(parts)
        self.demonstration = Demonstration(parts, self.users, self.configuration)
        self.rooms = Rooms(parts)
        self.people = People(parts, self.rooms)
        self.bans = Bans(parts, self.rooms)
        self.moderation = Moderation(parts, self.rooms)
        self.events = Events(parts)
        self.webhooks = Webhooks(parts)
        self.sink = Sink(parts, self.webhooks)
        self.status = Status(parts, self.rooms)
        self.repeats = Repeats(parts)
        self.admissions = Admissions(parts, self.rooms, self.tokens)
        self.files = Files(parts, self.rooms, self.tokens)
        self.conversation = Conversation(parts, self.rooms, self.files)
        self.joining = Joining(
            parts, self.rooms, self.tokens, ResumeTokens(self.tokens), History(parts)
        )
        self.http_sessions = HttpSessions(
            parts, self.rooms, self.joining, self.conversation, self.tokens
        )
        smtp, callbacks = parts.settings.smtp, parts.kept.callbacks
        letters = Letters(parts, callbacks, possible=smtp is not None)
        links = CallbackLinks(parts, self.configuration, callbacks)
        visit_tokens = VisitTokens(self.tokens)
        call_rooms = CallRooms(self.rooms, self.people, self.tokens, parts.border)
        self.desks = Desks(parts, self.configuration, call_rooms, letters, visit_tokens)
        self.users.on_change.append(self.desks.changed)
        sender = None if smtp is None else SmtpSender(smtp, parts.clock)
        catalogue = Catalogue.load()
        self.mails = Mails(parts, self.configuration, self.desks, callbacks, sender, catalogue)
        letters.attend(self.mails.wake)
        self.visits = Visits(parts, self.configuration, self.desks, visit_tokens, links, letters)
        self.agents_desk = AgentsDesk(self.desks, links, letters)
        self.contact_centre = ContactCentre(parts, self.desks, links)
        self.contacts = Contacts(parts)
        self.figures.rooms.set_function(self.status.rooms)
        self.figures.participants.set_function(self.status.participants)
        self.figures.media_nodes.set_function(self.directory.__len__)
        self.figures.processes.set_function(lambda: len(parts.processes.all()))
        self.figures.sockets_elsewhere.set_function(self.border.__len__)
        self.figures.tasks.set_function(_tasks)
        parts.processes.on_death.append(self._succeed)
        parts.processes.on_doubt.append(self._recheck)
        self._news = MediaNewsDesk(parts, self.rooms)
        self._hearing: Registration | None = None
        self._main: AccountId | None = None

    @property
    def main(self) -> AccountId:
        """The account that pages without a token belong to."""
        if self._main is None:
            raise RuntimeError("the services have not started")
        return self._main

    async def start(self) -> None:
        """Make the account when there is none, hear the other processes and the media nodes, wake
        what was under way."""
        self._main = await self.accounts.ensure()
        await self.border.start()
        await self.processes.start()
        self._hearing = await self.parts.bus.subscribe(MEDIA_TOPIC, self._news.hear)
        self.parts.directory.start()
        await self.rooms.restore()
        await self.desks.start()
        self.parts.relay.start()
        self.mails.start()
        self.parts.post.start()
        await self.sink.start(self._main)
        self.parts.tasks.spawn(self._tidy(), "tidy")

    def _succeed(self, node: str) -> None:
        self.parts.tasks.spawn(self.rooms.restore(), f"wake the rooms of {node}")
        self.parts.tasks.spawn(self.desks.restore(), f"open the desks of {node}")

    def _recheck(self) -> None:
        self.parts.tasks.spawn(self.rooms.recheck(), "look which rooms are still ours")
        self.parts.tasks.spawn(self.desks.recheck(), "look which desks are still ours")

    async def hand_over(self) -> None:
        """Before the doors close: leave rooms and desks to the other processes, when there are
        any."""
        if self.processes.shared:
            await self.border.stop()
            await self.desks.close()
            await self.rooms.close()
            await self.processes.close()

    async def _tidy(self) -> None:
        """Once an hour, forget what was kept for a while only."""
        while True:
            try:
                await self.parts.store.write(self._prune)
                await self.parts.post.courier.prune()
                await self.parts.file_keeping.tidy()
            except OffhookError as error:
                log.warning("store not tidied", code=error.code)
            except OSError as error:
                log.warning("files not tidied", reason=error.strerror)
            await asyncio.sleep(_TIDY_EVERY)

    def _prune(self, connection: Any) -> int:
        self.parts.kept.users.prune(connection, self.parts.clock.now())
        self.parts.kept.callbacks.prune(connection, self.parts.clock.now())
        return idempotency.prune(connection, self.parts.clock.now())

    async def close(self) -> None:
        """Stop in the reverse order; meetings stay in the store and go on after the next start."""
        await self.mails.close()
        await self.parts.relay.close()
        await self.parts.post.close()
        self.parts.directory.close()
        if self._hearing is not None:
            await self._hearing.close()
        await self.border.stop()
        await self.desks.close()
        await self.rooms.close()
        await self.processes.close()
        await self.parts.tasks.close()


def _tasks() -> int:
    """Tasks of the running loop."""
    return len(asyncio.all_tasks())


def make_services(
    *,
    store: Store,
    shelf: Shelf,
    bus: Bus,
    clock: Clock,
    ids: Ids,
    sealer: Sealer,
    metrics: Metrics,
    settings: SignallingSettings,
    random: Callable[[int], bytes] = os.urandom,
    shared: bool = False,
) -> Services:
    """Join everything together. The caller keeps what it gives, and closes it afterwards.

    `shelf`: where files of chats are kept. `shared`: other processes may own rooms of the same
    store, and are reached over the bus; they have the same shelf.
    """
    made = _Assembly(store, shelf, bus, clock, ids, sealer, metrics, settings, random, shared)
    return made.services


class _Assembly:
    """Ties the two knots: the directory looks after rooms, and the relay carries their errands."""

    def __init__(
        self,
        store: Store,
        shelf: Shelf,
        bus: Bus,
        clock: Clock,
        ids: Ids,
        sealer: Sealer,
        metrics: Metrics,
        settings: SignallingSettings,
        random: Callable[[int], bytes],
        shared: bool,
    ) -> None:
        tasks, figures, kept = Tasks(), Figures(metrics), Keeping(sealer, ids)
        processes = Processes(
            store,
            clock,
            ids.new("ND"),
            shared=shared,
            every=settings.beat_every,
            patience=settings.process_timeout,
        )
        border = Border(Others(bus, processes), clock, tasks)
        parts = Parts(
            store=store,
            bus=bus,
            clock=clock,
            ids=ids,
            sealer=sealer,
            tasks=tasks,
            figures=figures,
            settings=settings,
            kept=kept,
            relay=Relay(store, clock, {MEDIA_ERRANDS: self._carry}),
            post=Post(
                store=store,
                clock=clock,
                ids=ids,
                sealer=sealer,
                metrics=metrics,
                settings=settings,
                log=kept.log,
                random=random,
            ),
            audience=Audience(tasks, border),
            processes=processes,
            border=border,
            presence=Presence(),
            file_keeping=FileKeeping(store, kept.files, shelf, clock),
            directory=MediaDirectory(clock, settings.node_timeout, self._look),
            random=random,
        )
        self.services = Services(parts, Errands(parts))

    async def _carry(self, item: OutboxItem) -> None:
        await self.services.errands.carry(item)

    def _look(self) -> None:
        unwelcome = []
        for owner in self.services.rooms.awake():
            owner.move_media()
            if owner.unwelcome:
                unwelcome.append(owner)
        for owner in unwelcome[: 1 + len(unwelcome) // 20]:
            owner.leave_node()
