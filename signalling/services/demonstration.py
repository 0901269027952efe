"""The contact centre of the demo data: a support queue, two agents, a supervisor and a site."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Final

from offhook.core.ids import AccountId
from signalling.domain.configured.activity import ACTIVITY, ActivitySettings
from signalling.domain.configured.agent import AGENT, AgentSettings
from signalling.domain.configured.disposition import DISPOSITION, DispositionSettings
from signalling.domain.configured.kind import Kind
from signalling.domain.configured.queue import QUEUE, QueueSettings, Requirement
from signalling.domain.configured.reply import REPLY, ReplySettings
from signalling.domain.configured.site import (
    SITE,
    FieldOption,
    SiteConsent,
    SiteField,
    SiteSettings,
    SiteTheme,
)
from signalling.domain.configured.values import Target
from signalling.domain.signing_in import UserRole
from signalling.services.configuration import Configuration
from signalling.services.parts import Parts
from signalling.services.users import OneTime, Users
from signalling.stores.configured import Configured
from signalling.stores.keeping import forget
from signalling.stores.users import User

_PEOPLE: Final[tuple[tuple[str, str, UserRole], ...]] = (
    ("emma", "Emma Clarke", "agent"),
    ("chloe", "Chloé Martin", "agent"),
    ("sam", "Sam Okafor", "supervisor"),
)
#: What the agents among them speak.
_LANGUAGES: Final = {"emma": "en", "chloe": "fr"}
_CONSENT: Final = SiteConsent(
    version="1",
    text={
        "en": "This call may be recorded so that we can help you better.",
        "fr": "Cet appel peut être enregistré afin de mieux vous aider.",
    },
)
_FORM: Final = [
    SiteField(key="name", kind="name", label={"en": "Your name", "fr": "Votre nom"}, required=True),
    SiteField(key="email", kind="email", label={"en": "E-mail", "fr": "E-mail"}),
    SiteField(
        key="reason",
        kind="select",
        label={"en": "What is it about?", "fr": "De quoi s’agit-il ?"},
        options=[
            FieldOption(value="order", label={"en": "An order", "fr": "Une commande"}),
            FieldOption(value="advice", label={"en": "Advice", "fr": "Un conseil"}),
            FieldOption(value="other", label={"en": "Something else", "fr": "Autre chose"}),
        ],
    ),
]


@dataclass(frozen=True, slots=True)
class Staffed:
    """Somebody of the demonstration, with a one-time password that is shown now and never again."""

    role: UserRole
    name: str
    given: OneTime


@dataclass(frozen=True, slots=True)
class Centre:
    """A contact centre that is drawn and not kept yet."""

    people: tuple[tuple[User, OneTime], ...]
    objects: tuple[tuple[Kind[Any], Configured[Any]], ...]

    @property
    def staff(self) -> tuple[Staffed, ...]:
        """Who is in it."""
        return tuple(Staffed(user.role, user.name, given) for user, given in self.people)


class Demonstration:
    """Draws the contact centre, and keeps it in the transaction that makes its account."""

    def __init__(self, parts: Parts, users: Users, configuration: Configuration) -> None:
        self._kept = parts.kept
        self._shop = shop_origins(parts.settings.shop_port)
        self._users = users
        self._configuration = configuration

    async def draw(self, account: AccountId) -> Centre:
        """People with new passwords, and everything they need to take calls."""
        people = await asyncio.gather(*(self._users.draw(account, *each) for each in _PEOPLE))
        return Centre(tuple(people), tuple(self._objects(account)))

    def keep(self, connection: Any, centre: Centre) -> None:
        """Keep it all."""
        for user, _ in centre.people:
            self._kept.staffing.create(connection, user, forget)
        for kind, each in centre.objects:
            self._kept.configuring.create(connection, kind, each, forget)

    def _objects(self, account: AccountId) -> list[tuple[Kind[Any], Configured[Any]]]:
        """Those that others name come before them."""
        drawn: list[tuple[Kind[Any], Configured[Any]]] = []

        def add(kind: Kind[Any], body: Any) -> str:
            drawn.append((kind, self._configuration.draw(account, kind, body)))
            return drawn[-1][1].id

        add(ACTIVITY, ActivitySettings(name="Available", available=True))
        away = add(ACTIVITY, ActivitySettings(name="Break"))
        add(ACTIVITY, ActivitySettings(name="Lunch"))
        add(ACTIVITY, ActivitySettings(name="Offline", offline=True))
        queue = add(QUEUE, _queue(away))
        for login, language in _LANGUAGES.items():
            add(AGENT, _agent(login, language))
        for disposition in _dispositions():
            add(DISPOSITION, disposition)
        for reply in _replies():
            add(REPLY, reply)
        add(SITE, _site(queue, self._shop))
        return drawn


def _queue(away: str) -> QueueSettings:
    spoken = "task.language == null OR languages HAS task.language"
    return QueueSettings(
        name="Support",
        requirements=[Requirement(name="language", expression=spoken, relaxed_after=45)],
        away_activity=away,
        max_wait=600,
        otherwise="callback",
    )


def _agent(login: str, language: str) -> AgentSettings:
    return AgentSettings(user=login, skills={language: 5}, attributes={"languages": [language]})


def _dispositions() -> list[DispositionSettings]:
    return [
        DispositionSettings(name="Resolved"),
        DispositionSettings(name="Follow up", outcome="follow_up", note=True),
        DispositionSettings(name="Not resolved", outcome="unresolved", note=True),
        DispositionSettings(name="Nobody there", outcome="not_reached"),
    ]


def _replies() -> list[ReplySettings]:
    return [
        ReplySettings(
            name="Welcome",
            texts={
                "en": "Hello {{visitor.name}}, this is {{agent.name}}. How can I help?",
                "fr": "Bonjour {{visitor.name}}, ici {{agent.name}}. Comment puis-je vous aider ?",
            },
        ),
        ReplySettings(
            name="One moment",
            texts={"en": "One moment please, I am looking.", "fr": "Un instant, je regarde."},
        ),
        ReplySettings(
            name="Goodbye",
            texts={
                "en": "Thank you for calling {{site.name}}. Goodbye!",
                "fr": "Merci d’avoir appelé {{site.name}}. Au revoir !",
            },
        ),
    ]


def shop_origins(port: int) -> list[str]:
    """Where the page may stand that plays a stranger's shop."""
    return [f"http://{host}:{port}" for host in ("localhost", "127.0.0.1")]


def _site(queue: str, shop: list[str]) -> SiteSettings:
    return SiteSettings(
        name="Demo shop",
        allowed_origins=shop,
        target=Target(queue=queue),
        languages=["en", "fr"],
        form=_FORM,
        consent=_CONSENT,
        theme=SiteTheme(launcher={"en": "Call us", "fr": "Appelez-nous"}),
    )
