"""What of an offered m-line we can take, and whether an answer fits its offer (RFC 3264 6)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from media.rtp.sdes import Crypto
from media.sip.sdp.crypto import choose, cryptos, paired
from media.sip.sdp.description import Description, Media
from media.sip.sdp.errors import BadDescription, NotAcceptable, Warned
from media.sip.sdp.formats import Format, formats_of, ranges
from media.sip.sdp.terms import SAVP, Srtp, Terms


@dataclass(frozen=True, slots=True)
class Fit:
    """What of one m-line is taken: formats with the offer's numbers, and the offered key."""

    formats: tuple[Format, ...]
    crypto: Crypto | None = None


def fit(offer: Description, media: Media, terms: Terms) -> Fit:
    """What can be taken of a live m-line; raises `NotAcceptable` when nothing can."""
    if media.kind != "audio":
        raise NotAcceptable(f"There is no {media.kind} here.", Warned.MEDIA_TYPE)
    connection = offer.connection_of(media)
    if connection is None:
        raise BadDescription("An m-line has no connection.")
    if connection.is_multicast or media.ports != 1:
        raise NotAcceptable("Audio goes to one address and one port.", Warned.MULTICAST)
    if not terms.takes_protocol(media.protocol):
        raise NotAcceptable(f"{media.protocol} is not spoken here.", Warned.TRANSPORT_PROTOCOL)
    return Fit(_formats(formats_of(media), terms), _crypto(media, terms))


def _crypto(media: Media, terms: Terms) -> Crypto | None:
    if terms.srtp is Srtp.OFF:
        return None
    chosen = choose(cryptos(media), terms.suites)
    if chosen is None and (media.protocol == SAVP or terms.srtp is Srtp.REQUIRED):
        raise NotAcceptable("There is no SRTP key that we can use.", Warned.TRANSPORT_PROTOCOL)
    return chosen


def _formats(offered: Iterable[Format], terms: Terms) -> tuple[Format, ...]:
    """The formats of the answer: their numbers and names, our parameters (RFC 3264 6.1)."""
    ours = {f.key: f for f in reversed(terms.formats)}
    both: dict[object, Format] = {}
    for theirs in offered:
        if theirs.key in ours:
            both.setdefault(theirs.key, _answered(theirs, ours[theirs.key]))
    found = list(both.values())
    if terms.ours_first:
        order = list(ours)[::-1]
        found.sort(key=lambda f: order.index(f.key))
    return tuple(_fewer(found) if terms.one_codec else _whole(found))


def _answered(theirs: Format, ours: Format) -> Format:
    parameters = ours.parameters
    if ours.is_event:
        parameters = ranges(ours.events & theirs.events)
    return replace(theirs, parameters=parameters)


def _whole(found: list[Format]) -> list[Format]:
    """All of them, without events that nothing is left of; raise when no voice is there."""
    if not any(f.is_voice for f in found):
        raise NotAcceptable("There is no codec that both sides have.", Warned.MEDIA_FORMAT)
    return [f for f in found if not f.is_event or f.parameters]


def _fewer(found: list[Format]) -> list[Format]:
    """The first voice codec, with the noise and events of its clock, or any events there are."""
    whole = _whole(found)
    voice = next(f for f in whole if f.is_voice)
    beside = [f for f in whole if not f.is_voice and f.clock_rate == voice.clock_rate]
    if not any(f.is_event for f in beside):
        beside += [f for f in whole if f.is_event][:1]
    return [voice, *beside]


def chosen(offer: Description, terms: Terms, used: int | None) -> tuple[int, Fit | None]:
    """The m-line to take: the one in use, one with a key, the first. None when the offer has no
    live line at all; raises `NotAcceptable` when it has and none fits."""
    fits: dict[int, Fit] = {}
    refusals: list[NotAcceptable] = []
    for index, media in enumerate(offer.media):
        if media.rejected:
            continue
        try:
            fits[index] = fit(offer, media, terms)
        except NotAcceptable as refusal:
            refusals.append(refusal)
    if fits:
        best = min(fits, key=lambda index: (index != used, fits[index].crypto is None, index))
        return best, fits[best]
    if refusals:
        raise _telling(refusals)
    return 0, None


def _telling(refusals: Iterable[NotAcceptable]) -> NotAcceptable:
    """The refusal that tells most: why the audio did not fit, if there was any."""
    return min(refusals, key=lambda refusal: refusal.warning is Warned.MEDIA_TYPE)


def check_answer(offer: Description, answer: Description, *, keyed: bool = False) -> None:
    """Raise `BadDescription` unless this can be the answer to our offer (RFC 3264 6, 7).

    `keyed` is whether audio without a key is no answer, whatever its protocol.
    """
    if len(answer.media) != len(offer.media):
        raise BadDescription("The answer has not as many m-lines as the offer.")
    for asked, said in zip(offer.media, answer.media, strict=True):
        if asked.kind != said.kind:
            raise BadDescription("The answer's m-lines are not those of the offer.")
        for problem in _problems(asked, said, answer, keyed=keyed):
            raise BadDescription(problem)


def _problems(asked: Media, said: Media, answer: Description, *, keyed: bool) -> Iterator[str]:
    if said.rejected:
        return
    if asked.rejected:
        yield "The answer takes an m-line that the offer does not have."
    if asked.protocol != said.protocol:
        yield "The answer changes the protocol of an m-line."
    connection = answer.connection_of(said)
    if connection is None or connection.is_multicast:
        yield "An m-line of the answer has no address to send to."
    if not any(f.is_voice for f in common(said, asked)):
        yield "The answer has no codec of the offer."
    if (keyed or asked.protocol == SAVP) and paired(asked, said) is None:
        yield "The answer has no key for one of the keys of the offer."


def common(media: Media, other: Media) -> tuple[Format, ...]:
    """The formats of an m-line that the other one has too, with the numbers of the first."""
    keys = {f.key for f in formats_of(other)}
    return tuple(f for f in formats_of(media) if f.key in keys)
