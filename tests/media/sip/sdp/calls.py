"""Two ends of a call that offer and answer, and descriptions as phones write them."""

from __future__ import annotations

import itertools

from media.sip.sdp import (
    Agreement,
    AnswerReceived,
    AnswerWanted,
    Description,
    OfferAnswer,
    OfferReceived,
    OfferWanted,
    SendAnswer,
    SendOffer,
    Stream,
    Terms,
    parse,
)
from offhook.core.clock import Micros

NOW = Micros(0)

#: RFC 4566 5 / 8866 5, with the lines that a telephone overlooks.
EXAMPLE = """v=0
o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1
s=Call to John Smith
i=SDP Offer #1
u=http://www.jdoe.example.com/home.html
e=Jane Doe <jane@jdoe.example.com>
p=+1 617 555-6011
c=IN IP4 198.51.100.1
t=0 0
m=audio 49170 RTP/AVP 0
m=audio 49180 RTP/AVP 0
m=video 51372 RTP/AVP 99
c=IN IP6 2001:db8::2
a=rtpmap:99 h263-1998/90000
"""

ALICE = Terms("192.0.2.1", 20_000)
BOB = Terms("198.51.100.2", 30_000)


def offer(*lines: str, address: str = "IP4 198.51.100.9") -> Description:
    """An offer of somebody with these m-lines and a-lines."""
    head = f"v=0\no=phone 1 1 IN {address}\ns=-\nc=IN {address}\nt=0 0\n"
    return parse(head + "".join(f"{line}\n" for line in lines))


def end(session_id: int = 1) -> OfferAnswer:
    """One side of a call; its keys are 01…, 02…, and so on."""
    numbers = itertools.count(session_id)
    return OfferAnswer(session_id, lambda size: bytes([next(numbers) % 256]) * size)


def offered(side: OfferAnswer, terms: Terms) -> Description:
    """What a side offers; it has gone through text, as on the wire."""
    (effect,) = side.handle(OfferWanted(terms), NOW)
    assert isinstance(effect, SendOffer)
    return parse(effect.description.encode())


def answered(side: OfferAnswer, description: Description, terms: Terms) -> Description:
    """What a side answers to an offer."""
    assert side.handle(OfferReceived(description), NOW) == []
    effect, _ = side.handle(AnswerWanted(terms), NOW)
    assert isinstance(effect, SendAnswer)
    return parse(effect.description.encode())


def agree(asks: OfferAnswer, terms: Terms, says: OfferAnswer, theirs: Terms) -> None:
    """A whole exchange."""
    asks.handle(AnswerReceived(answered(says, offered(asks, terms), theirs)), NOW)


def agreement(side: OfferAnswer) -> Agreement:
    """What was agreed."""
    assert side.agreed is not None
    return side.agreed


def stream(side: OfferAnswer) -> Stream:
    """The audio that was agreed."""
    found = agreement(side).stream
    assert found is not None
    return found


def answer_to(description: Description, terms: Terms = BOB) -> tuple[Description, Stream]:
    """The answer of somebody new to an offer, and the audio it comes to."""
    side = end()
    text = answered(side, description, terms)
    return text, stream(side)
