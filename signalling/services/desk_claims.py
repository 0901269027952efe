"""Which process has the desk of an account: claimed in its row, as rooms are."""

from __future__ import annotations

from offhook.core.errors import Unavailable
from offhook.core.ids import AccountId
from offhook.core.store.claims import Claim
from signalling.services.elsewhere import DeskElsewhere
from signalling.services.parts import Parts
from signalling.stores.claiming import Claimant, Owned
from signalling.stores.desks import Desks as Rows
from signalling.stores.desks import Stored


class DeskClaims:
    """This process's desks.

    When it shares the store with others it could ask, the row of the desk names the owner. A
    process that knows of no others takes the store's own claim, so that a second one that was
    started by mistake leaves the desk alone.
    """

    def __init__(self, parts: Parts, rows: Rows) -> None:
        self._parts = parts
        self._rows = rows
        self._alone: dict[AccountId, Claim] = {}

    async def take(self, account: AccountId) -> Stored:
        """The desk as it was left, ours from now on. Raises `DeskElsewhere` while another process
        that lives has it, and `Unavailable` (`desk_elsewhere`) when it cannot be known which."""
        processes, store = self._parts.processes, self._parts.store
        if not processes.shared:
            await self._be_alone(account)
            return await store.write(lambda c: self._rows.open(c, account))
        claimant = Claimant(processes.node, processes.given_up())
        found = await store.write(lambda c: self._rows.claim(c, account, claimant))
        if isinstance(found, Owned):
            raise DeskElsewhere(found.node)
        return found

    async def leave(self, account: AccountId) -> None:
        """Let go of the store's claim, if there is one; the row still names this process."""
        claim = self._alone.pop(account, None)
        if claim is not None:
            await self._parts.store.release(claim)

    async def free(self) -> list[AccountId]:
        """Whose desk no other living process has, as far as it is for this one to take it."""
        processes = self._parts.processes
        owners = await self._parts.store.read(self._rows.owners)
        return [
            account
            for account, owner in owners.items()
            if owner == processes.node
            or ((owner is None or not processes.alive(owner)) and processes.elects(account))
        ]

    async def kept(self) -> frozenset[AccountId]:
        """Whose desk is still this process's."""
        node = self._parts.processes.node
        owners = await self._parts.store.read(self._rows.owners)
        return frozenset(account for account, owner in owners.items() if owner == node)

    async def _be_alone(self, account: AccountId) -> None:
        held = self._alone.get(account)
        if held is not None and held.held:
            return
        claim = await self._parts.store.claim(f"desk {account}")
        if claim is None:
            raise Unavailable(
                "The contact centre is looked after by another process.",
                code="desk_elsewhere",
                retry_after=1,
            )
        self._alone[account] = claim
