"""Whether a master key is the one that a store was sealed with."""

from __future__ import annotations

from enum import Enum, auto

from sqlalchemy import Connection, select

from offhook.core.seal import SealBroken, Sealer
from offhook.core.store.tables import api_keys

_FIRST = select(api_keys.c.key_id, api_keys.c.sealed_secret).order_by(api_keys.c.key_id).limit(1)


class Fits(Enum):
    """What is known of a master key and a store."""

    YES = auto()
    NO = auto()
    NOTHING_SEALED = auto()


def fits(connection: Connection, sealer: Sealer | None) -> Fits:
    """Try the oldest secret: every account has one, since the server signs with it.

    Without a sealer, whether there is anything to open.
    """
    row = connection.execute(_FIRST).first()
    if row is None:
        return Fits.NOTHING_SEALED
    if sealer is None:
        return Fits.NO
    try:
        sealer.open(row.sealed_secret, row.key_id.encode())
    except SealBroken:
        return Fits.NO
    return Fits.YES
