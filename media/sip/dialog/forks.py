"""The dialogs that one INVITE makes at its UAC, when proxies fork it (RFC 3261 13.2.2, 12.1.2)."""

from __future__ import annotations

from dataclasses import dataclass

from media.sip.dialog.dialog import Dialog
from media.sip.message import Request, Response
from offhook.core.clock import Micros


@dataclass(frozen=True, slots=True)
class Heard:
    """What a response meant: its dialog, and whether it is the first that we hear of it.

    `confirmed` says that this 2xx is the first of its dialog; copies come without it.
    """

    dialog: Dialog
    new: bool
    confirmed: bool


class Forks:
    """One INVITE, and a dialog for each tag that answers it.

    All are early until one is accepted; `patience` (64*T1) after the first 2xx those that are
    still early are over (13.2.2.4), and with a refusal all of them (13.2.2.3). What answers in the
    manner of RFC 2543, without a tag, makes one dialog under the empty tag.
    """

    def __init__(self, invite: Request, patience: int) -> None:
        self.invite = invite
        self.dialogs: dict[str, Dialog] = {}
        self.deadline: Micros | None = None
        self._patience = patience

    def hear(self, response: Response, now: Micros) -> Heard | None:
        """Take a 101–299; None for one that makes no dialog: a provisional one without a tag or
        without a Contact. Raises `BadMessage` for a 2xx that nobody can be reached by."""
        tag = response.to.tag
        if response.status < 200 and (response.status == 100 or not tag):
            return None
        known = self.dialogs.get(tag)
        if known is None and response.status < 200 and "Contact" not in response.headers:
            return None
        dialog = known or Dialog.of_response(self.invite, response)
        self.dialogs[tag] = dialog
        confirmed = response.status >= 200 and (known is None or known.early)
        if confirmed:
            self._confirm(dialog, response, now)
        return Heard(dialog, known is None, confirmed)

    def refuse(self) -> list[Dialog]:
        """A refusal ends all that is early; those dialogs (12.3)."""
        return self._drop_early()

    def tick(self, now: Micros) -> list[Dialog]:
        """At `deadline` no other branch will answer any more; the early dialogs that end so."""
        if self.deadline is None or now < self.deadline:
            return []
        self.deadline = None
        return self._drop_early()

    def _confirm(self, dialog: Dialog, response: Response, now: Micros) -> None:
        dialog.confirm(response)
        if self.deadline is None:
            self.deadline = Micros(now + self._patience)

    def _drop_early(self) -> list[Dialog]:
        early = {tag: dialog for tag, dialog in self.dialogs.items() if dialog.early}
        for tag in early:
            del self.dialogs[tag]
        return list(early.values())
