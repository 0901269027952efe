"""SIP transactions: one request, its answers, and everything that is sent again until it arrives.

The four machines of RFC 3261 section 17 with the corrections of RFC 6026 and RFC 4320, and the
layer that routes messages to them. All of it is pure: messages and `now` in, effects out.
"""

from media.sip.transaction.effects import (
    Acknowledged,
    Canceled,
    Effect,
    Ended,
    Ignored,
    Requested,
    Responded,
    Send,
    SendFailed,
    TimedOut,
    ToUser,
)
from media.sip.transaction.hop import Hop
from media.sip.transaction.keys import Key, Side
from media.sip.transaction.layer import Layer, Limits, NoTransaction
from media.sip.transaction.timers import Timers

__all__ = [
    "Acknowledged",
    "Canceled",
    "Effect",
    "Ended",
    "Hop",
    "Ignored",
    "Key",
    "Layer",
    "Limits",
    "NoTransaction",
    "Requested",
    "Responded",
    "Send",
    "SendFailed",
    "Side",
    "TimedOut",
    "Timers",
    "ToUser",
]
