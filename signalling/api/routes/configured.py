"""/v1/sites, /v1/queues and the like: what the contact centre is set up with, each kind alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from offhook.core.errors import PreconditionFailed
from offhook.core.policy import Permission
from signalling.api import resources as common
from signalling.api import shapes as common_shapes
from signalling.api import webhook_resources
from signalling.api.configured_resources import SHAPES, NewSite, Shapes
from signalling.api.configured_shapes import etag, given, new_site, whole
from signalling.api.routing import Answer, Ask, Refusal, Route
from signalling.domain.configured.kind import Kind
from signalling.domain.configured.kinds import KINDS
from signalling.domain.configured.reply import REPLY
from signalling.domain.configured.site import SITE
from signalling.stores.configured import Configured

_BAD_EXPRESSION = Refusal(
    422, "bad_expression", "An expression is wrong; `position` is the character, from 1."
)
_NO_ZONE = Refusal(422, "unknown_time_zone", "There is no such time zone.")
#: What a kind refuses beside what all refuse.
_ITS_OWN: dict[str, tuple[Refusal, ...]] = {
    "site": (
        _NO_ZONE,
        Refusal(422, "bad_origin", "An origin is no exact https origin."),
        Refusal(422, "low_contrast", "The words of the button could not be read."),
        Refusal(422, "unknown_queue", "There is no such queue."),
        Refusal(422, "unknown_workflow", "There is no such workflow."),
        Refusal(422, "unknown_agent", "There is no such agent."),
    ),
    "queue": (
        _BAD_EXPRESSION,
        _NO_ZONE,
        Refusal(422, "unknown_activity", "There is no such activity."),
        Refusal(422, "activity_available", "In the away activity work is offered."),
        Refusal(422, "unknown_queue", "There is no such queue to overflow to."),
    ),
    "workflow": (_BAD_EXPRESSION, Refusal(422, "unknown_queue", "There is no such queue.")),
    "agent": (Refusal(422, "unknown_user", "Nobody has this login."),),
    "disposition": (Refusal(422, "unknown_queue", "There is no such queue."),),
    "reply": (Refusal(422, "bad_variable", "A text names a variable that does not exist."),),
}

#: What a kind refuses only when it is changed.
_CHANGING: dict[str, tuple[Refusal, ...]] = {
    "activity": (Refusal(409, "in_use", "Queues set agents to it because no work is offered."),)
}


@dataclass(frozen=True)
class _Door:
    """The handlers and routes of one kind."""

    kind: Kind[Any]
    shapes: Shapes
    made: list[Route] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/v1/{self.kind.plural}"

    @property
    def tag(self) -> str:
        return self.kind.plural.capitalize()

    @property
    def noun(self) -> str:
        return self.kind.noun

    @property
    def one(self) -> str:
        return f"{'an' if self.noun[0] == 'a' else 'a'} {self.noun}"

    def may(self, what: str) -> Permission:
        """The permission to read or write this kind."""
        return cast("Permission", f"{self.kind.plural}.{what}")

    # --- handlers ----------------------------------------------------------------------------

    def answer(self, found: Configured[Any]) -> Answer:
        return Answer(whole(self.kind, found), headers={"ETag": etag(found)})

    def first_answer(self, made: Configured[Any]) -> Answer:
        """Sites show their secret when they are made."""
        return _with_secret(made) if self.kind.noun == SITE.noun else self.answer(made)

    async def list(self, ask: Ask) -> Answer:
        limit, configuration = ask.query.limit, ask.services.configuration
        found = await configuration.page(ask.account, self.kind, ask.query.after, limit + 1)
        items, after = common_shapes.paged(
            found, limit, lambda each: whole(self.kind, each), lambda each: each.id
        )
        return Answer(self.shapes.page(items=items, next=after))

    async def create(self, ask: Ask) -> Answer:
        [route] = self.made
        made = await ask.services.configuration.create(
            ask.account,
            self.kind,
            ask.body,
            lambda connection, made: ask.remember(route, connection, self.first_answer(made)),
        )
        return self.first_answer(made)

    async def get(self, ask: Ask) -> Answer:
        return self.answer(await self.found(ask))

    async def update(self, ask: Ask) -> Answer:
        revision = await self.revision(ask)
        return self.answer(
            await ask.services.configuration.update(
                ask.account, self.kind, ask.path["id"], given(ask.body), revision
            )
        )

    async def delete(self, ask: Ask) -> Answer:
        revision = await self.revision(ask)
        configuration = ask.services.configuration
        await configuration.delete(ask.account, self.kind, ask.path["id"], revision)
        return Answer()

    async def found(self, ask: Ask) -> Configured[Any]:
        return await ask.services.configuration.get(ask.account, self.kind, ask.path["id"])

    async def revision(self, ask: Ask) -> int | None:
        """The revision that If-Match names, which must be the present one."""
        if ask.if_match is None:
            return None
        found = await self.found(ask)
        if etag(found) not in ask.if_match:
            raise PreconditionFailed(
                f"The {self.noun} was changed since you read it.", field="If-Match"
            )
        return found.revision

    # --- routes ------------------------------------------------------------------------------

    def routes(self) -> tuple[Route, ...]:
        none = Refusal(404, f"{self.noun}_not_found", f"The account has no such {self.noun}.")
        taken = Refusal(409, f"{self.noun}_exists", f"There is such {self.one} already.")
        changed = Refusal(
            412, "precondition_failed", f"The {self.noun} was changed since its ETag was read."
        )
        own = _ITS_OWN.get(self.noun, ())
        create = self.creating(taken, own)
        self.made.append(create)
        listing = Route(
            method="GET",
            path=self.path,
            id=f"list{self.tag}",
            tag=self.tag,
            summary=f"List the {self.kind.plural}",
            handler=self.list,
            permission=self.may("read"),
            query=common.PageQuery,
            reply=self.shapes.page,
        )
        return (
            listing,
            create,
            self.looking(none),
            self.updating((none, taken, changed, *own, *_CHANGING.get(self.noun, ()))),
            self.deleting(none, changed),
        )

    def creating(self, taken: Refusal, own: tuple[Refusal, ...]) -> Route:
        text = f"The account has {self.kind.most} {self.kind.plural} already."
        many = Refusal(409, f"too_many_{self.kind.plural}", text)
        is_site = self.kind.noun == SITE.noun
        return Route(
            method="POST",
            path=self.path,
            id=f"create{self.noun.capitalize()}",
            tag=self.tag,
            summary=f"Make {self.one}" + ("; its secret is shown once" if is_site else ""),
            handler=self.create,
            permission=self.may("write"),
            body=self.shapes.create,
            reply=NewSite if is_site else self.shapes.whole,
            status=201,
            refusals=(taken, many, *own),
            creates=True,
            etag=True,
        )

    def looking(self, none: Refusal) -> Route:
        return Route(
            method="GET",
            path=f"{self.path}/{{id}}",
            id=f"get{self.noun.capitalize()}",
            tag=self.tag,
            summary=f"Look at {self.one}",
            handler=self.get,
            permission=self.may("read"),
            reply=self.shapes.whole,
            refusals=(none,),
            etag=True,
        )

    def updating(self, refusals: tuple[Refusal, ...]) -> Route:
        return Route(
            method="PATCH",
            path=f"{self.path}/{{id}}",
            id=f"update{self.noun.capitalize()}",
            tag=self.tag,
            summary=f"Change {self.one}; what is not given stays",
            handler=self.update,
            permission=self.may("write"),
            body=self.shapes.patch,
            reply=self.shapes.whole,
            refusals=refusals,
            etag=True,
            if_match=True,
        )

    def deleting(self, none: Refusal, changed: Refusal) -> Route:
        used = Refusal(409, "in_use", f"Others name the {self.noun}; the problem says which.")
        free = self.kind in (SITE, REPLY)
        return Route(
            method="DELETE",
            path=f"{self.path}/{{id}}",
            id=f"delete{self.noun.capitalize()}",
            tag=self.tag,
            summary=f"Delete {self.one}",
            handler=self.delete,
            permission=self.may("write"),
            status=204,
            refusals=(none, changed) if free else (none, changed, used),
            if_match=True,
        )


def _with_secret(made: Configured[Any]) -> Answer:
    return Answer(new_site(made), headers={"ETag": etag(made)})


async def _rotate(ask: Ask) -> Answer:
    rotated = await ask.services.configuration.rotate_secret(
        ask.account,
        ask.path["id"],
        ask.body.overlap,
        lambda connection, made: ask.remember(ROTATE, connection, _with_secret(made)),
    )
    return _with_secret(rotated)


ROTATE = Route(
    method="POST",
    path="/v1/sites/{id}/rotate-secret",
    id="rotateSiteSecret",
    tag="Sites",
    summary="Have a new identity secret, shown once; the old one counts too for a while",
    handler=_rotate,
    permission="sites.secrets",
    body=webhook_resources.SecretRotation,
    body_optional=True,
    reply=NewSite,
    refusals=(Refusal(404, "site_not_found", "The account has no such site."),),
    creates=True,
    etag=True,
)

ROUTES: tuple[Route, ...] = (
    *(route for kind in KINDS for route in _Door(kind, SHAPES[kind.noun]).routes()),
    ROTATE,
)
