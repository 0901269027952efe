"""Sends pages of the desk away whose sign-in has ended, at whichever process that was done."""

from __future__ import annotations

from offhook.core.clock import SECOND, Micros
from offhook.core.errors import OffhookError, Unauthenticated
from signalling.api import desk_messages as messages
from signalling.api.namespace import Connection
from signalling.services.agents_desk import Seat
from signalling.services.services import Services


class SignInWatch:
    """Looks at the sign-ins behind sockets of this process, again and again."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._clock = services.parts.clock
        self._every = round(services.settings.idle_socket * SECOND)

    def begin(self, connection: Connection[Seat], token: str, role: str) -> None:
        """The socket came with this sign-in; `role` is who it was let in as."""
        if connection.watch is not None:
            connection.watch.cancel()
        at = Micros(self._clock.now() + self._every)
        connection.watch = self._clock.call_at(at, lambda: self._wake(connection, token, role))

    def _wake(self, connection: Connection[Seat], token: str, role: str) -> None:
        looking = self._look(connection, token, role)
        self._services.parts.tasks.spawn(looking, f"look who is at {connection.socket}")

    async def _look(self, connection: Connection[Seat], token: str, role: str) -> None:
        border, socket = self._services.border, connection.socket
        if not border.alive(socket):
            return
        try:
            found = await self._services.sign_ins.recognise(token)
        except Unauthenticated:
            await border.emit([socket], "signed_out", messages.SignedOut())
            await border.close(socket)
        except OffhookError:  # the store is away; it is looked at again
            self.begin(connection, token, role)
        else:
            if found.user.role != role:
                await border.close(socket)  # it comes back as who it is now
            elif border.alive(socket):
                self.begin(connection, token, role)
