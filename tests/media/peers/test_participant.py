"""A participant in a room: what it sends is heard, what is sent to it is heard, and what breaks is
mended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from av import AudioFrame, VideoFrame
from av.frame import Frame

from media.peers.participant import Participant
from media.peers.protocol import Left
from media.peers.room_socket import RoomSocket
from media.tracks.listen import Listener
from media.tracks.picture import PictureTrack
from media.tracks.report import Sound
from media.tracks.tone import ToneTrack
from media.tracks.watch import Watcher
from offhook.core.contracts.media import OfferedTrack
from offhook.core.errors import Conflict, Forbidden, NotFound, Unauthenticated, Unavailable
from offhook.core.tasks import Tasks
from tests.media.peers.room_double import RoomDouble, problem, room_double

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("fixed")]


@pytest.fixture
async def room() -> AsyncIterator[RoomDouble]:
    async with room_double() as double:
        yield double


class Ears:
    """What a participant heard, by track."""

    def __init__(self) -> None:
        self.sounds: dict[str, Listener] = {}
        self.sights: dict[str, Watcher] = {}
        self._news = asyncio.Event()

    def __call__(self, offered: OfferedTrack, frame: Frame) -> None:
        if isinstance(frame, AudioFrame):
            self.sounds.setdefault(offered.track, Listener()).feed(frame)
        elif isinstance(frame, VideoFrame):
            self.sights.setdefault(offered.track, Watcher()).feed(frame)
        self._news.set()

    async def tone(self, track: str, hz: float) -> None:
        """Return when half a second of this track is this tone."""
        async with asyncio.timeout(30):
            while not (await self._half_second(track)).is_tone(hz):
                pass

    async def _half_second(self, track: str) -> Sound:
        self.sounds.pop(track, None)
        while track not in self.sounds or len(self.sounds[track]) < 25:
            self._news.clear()
            await self._news.wait()
        return self.sounds[track].take()


class Peer:
    """A participant under test, and how its stay ended."""

    def __init__(self, participant: Participant, ears: Ears, stay: asyncio.Task[Left]) -> None:
        self.participant = participant
        self.ears = ears
        self.stay = stay


@asynccontextmanager
async def joined(room: RoomDouble, *, deaf: bool = False) -> AsyncIterator[Peer]:
    """A participant in the room."""
    async with Tasks() as tasks:
        ears = Ears()
        socket = RoomSocket(room.url, "good")
        participant = Participant(socket, tasks, None if deaf else ears)
        try:
            await participant.join()
            yield Peer(participant, ears, tasks.spawn(participant.run(), "stay"))
        finally:
            await participant.close()


async def test_what_it_publishes_is_heard_and_seen(room: RoomDouble) -> None:
    async with joined(room) as peer:
        await peer.participant.publisher.publish("microphone", lambda: ToneTrack(440))
        await peer.participant.publisher.publish("camera", lambda: PictureTrack(5))
        assert (await room.hears["microphone"].hear(25)).is_tone(440)
        assert (await room.hears["camera"].see(10)).shows(5)
        assert peer.participant.publisher.sids() == {
            "microphone": "TR-microphone",
            "camera": "TR-camera",
        }
    assert [name for name, _ in room.commands] == ["join", "offer", "offer", "leave"]


async def test_what_is_sent_to_it_is_heard_and_told_apart(room: RoomDouble) -> None:
    async with joined(room) as peer:
        await room.offer({"TR-1": ToneTrack(440)})
        await peer.ears.tone("TR-1", 440)
        await room.offer({"TR-2": ToneTrack(880), "TR-3": ToneTrack(1320)})
        for track, hz in (("TR-1", 440), ("TR-2", 880), ("TR-3", 1320)):
            await peer.ears.tone(track, hz)


async def test_a_deaf_participant_answers_and_is_sent_nothing(room: RoomDouble) -> None:
    async with joined(room, deaf=True) as peer:
        answer = await room.offer({"TR-1": ToneTrack(440), "TR-2": PictureTrack(1)})
        assert answer.count("a=inactive") == 2
        assert peer.ears.sounds == {}


async def test_the_room_is_known_from_the_snapshot_and_the_facts(room: RoomDouble) -> None:
    async with joined(room) as peer:
        await room.publishes("TR-8", "camera")
        await room.offer({"TR-1": ToneTrack(440)})
        known = peer.participant.roster.track("TR-8")
        assert known is not None
        assert (known.identity, known.track.kind) == ("ada", "video")


async def test_a_refused_track_leaves_the_others_alone(room: RoomDouble) -> None:
    async with joined(room) as peer:
        publisher = peer.participant.publisher
        await publisher.publish("microphone", lambda: ToneTrack(440))
        room.refuse["offer"] = problem(403, "may_not_publish")
        with pytest.raises(Forbidden, match="may_not_publish"):
            await publisher.publish("camera", lambda: PictureTrack(5))
        assert publisher.sids() == {"microphone": "TR-microphone"}
        assert (await room.hears["microphone"].hear(25)).is_tone(440)


async def test_a_source_is_published_once(room: RoomDouble) -> None:
    async with joined(room) as peer:
        publisher = peer.participant.publisher
        await publisher.publish("microphone", lambda: ToneTrack(440))
        with pytest.raises(Conflict):
            await publisher.publish("microphone", lambda: ToneTrack(880))


async def test_an_ended_track_is_missing_from_the_next_offer(room: RoomDouble) -> None:
    async with joined(room) as peer:
        publisher = peer.participant.publisher
        await publisher.publish("microphone", lambda: ToneTrack(440))
        await publisher.publish("camera", lambda: PictureTrack(5))
        await publisher.unpublish("camera")
        last = await room.commanded("offer", 3)
        assert [track["source"] for track in last["tracks"]] == ["microphone"]
        assert last["sdp"].count("a=inactive") == 1
        with pytest.raises(NotFound):
            await publisher.unpublish("camera")
        await publisher.publish("camera", lambda: PictureTrack(6))
        assert (await room.hears["camera"].see(10)).shows(6)


async def test_mute_is_told_to_the_room(room: RoomDouble) -> None:
    async with joined(room) as peer:
        publisher = peer.participant.publisher
        await publisher.publish("microphone", lambda: ToneTrack(440))
        await publisher.mute("microphone", True)
        assert await room.commanded("mute") == {"sid": "TR-microphone", "muted": True}
        with pytest.raises(NotFound):
            await publisher.mute("camera", True)


async def test_a_lost_socket_is_resumed_and_media_go_on(room: RoomDouble) -> None:
    async with joined(room) as peer:
        await peer.participant.publisher.publish("microphone", lambda: ToneTrack(440))
        await room.publishes("TR-8", "camera")
        await room.offer({"TR-1": ToneTrack(880)})
        await room.tell("refresh_token", {"token": "better"})
        await room.offer({})
        room.cut()
        assert await room.commanded("resume") == {"resume_token": "resume-1", "last_seq": 2}
        assert room.tokens == ["good", "better"]
        await peer.ears.tone("TR-1", 880)
        assert (await room.hears["microphone"].hear(25)).is_tone(440)
        assert len([name for name, _ in room.commands if name == "offer"]) == 1


async def test_lost_media_are_made_again_after_a_resume(room: RoomDouble) -> None:
    async with joined(room) as peer:
        await peer.participant.publisher.publish("microphone", lambda: ToneTrack(440))
        room.media_after_resume = "lost"
        room.cut()
        assert await room.commanded("restart_subscribe") == {"fresh": True}
        await room.offer({"TR-1": ToneTrack(880)}, fresh=True)
        await peer.ears.tone("TR-1", 880)
        assert (await room.hears["microphone"].hear(25)).is_tone(440)


async def test_media_are_not_mended_before_the_place_is_taken_up_again(room: RoomDouble) -> None:
    async with joined(room) as peer:
        await peer.participant.publisher.publish("microphone", lambda: ToneTrack(440))
        assert (await room.hears["microphone"].hear(5)).is_tone(440)
        assert room.publish is not None
        room.refuse["resume"] = problem(503, "unavailable")
        room.cut()
        await room.publish.close()
        await room.commanded("offer", 2)
        assert (await room.hears["microphone"].hear(25)).is_tone(440)
        order = [name for name, _ in room.commands]
        assert order == ["join", "offer", "resume", "resume", "offer"]


async def test_lost_media_are_asked_for_until_they_are_there(room: RoomDouble) -> None:
    async with joined(room) as peer:
        await peer.participant.publisher.publish("microphone", lambda: ToneTrack(440))
        room.media_after_resume = "lost"
        room.refuse["offer"] = problem(503, "unavailable")
        room.refuse["restart_subscribe"] = problem(503, "unavailable")
        room.cut()
        await room.commanded("offer", 3)
        await room.commanded("restart_subscribe", 2)
        assert (await room.hears["microphone"].hear(25)).is_tone(440)


async def test_a_place_that_was_given_up_is_taken_anew(room: RoomDouble) -> None:
    async with joined(room) as peer:
        await peer.participant.publisher.publish("microphone", lambda: ToneTrack(440))
        room.refuse["resume"] = problem(404, "gone")
        room.cut()
        await room.commanded("join", 2)
        await room.commanded("offer", 2)
        assert (await room.hears["microphone"].hear(25)).is_tone(440)


async def test_the_rooms_media_moving_makes_both_connections_anew(room: RoomDouble) -> None:
    async with joined(room) as peer:
        await peer.participant.publisher.publish("microphone", lambda: ToneTrack(440))
        await room.tell("reconnect", {})
        await room.commanded("offer", 2)
        await room.commanded("restart_subscribe")
        assert (await room.hears["microphone"].hear(25)).is_tone(440)


async def test_a_subscribe_connection_that_ends_is_asked_for_again(room: RoomDouble) -> None:
    async with joined(room) as peer:
        await room.offer({"TR-1": ToneTrack(880)})
        await peer.ears.tone("TR-1", 880)
        assert room.subscribe is not None
        await room.subscribe.close()
        assert await room.commanded("restart_subscribe") == {"fresh": True}


async def test_a_publish_connection_that_ends_is_made_again(room: RoomDouble) -> None:
    async with joined(room) as peer:
        await peer.participant.publisher.publish("microphone", lambda: ToneTrack(440))
        assert (await room.hears["microphone"].hear(5)).is_tone(440)
        assert room.publish is not None
        await room.publish.close()
        await room.commanded("offer", 2)
        assert (await room.hears["microphone"].hear(25)).is_tone(440)


async def test_recovery_is_tried_until_it_succeeds(room: RoomDouble) -> None:
    async with joined(room) as peer:
        await peer.participant.publisher.publish("microphone", lambda: ToneTrack(440))
        room.refuse["restart_subscribe"] = problem(503, "unavailable")
        await room.tell("reconnect", {})
        await room.commanded("restart_subscribe", 2)
        assert (await room.hears["microphone"].hear(25)).is_tone(440)


async def test_an_answer_that_came_too_late_is_no_harm(room: RoomDouble) -> None:
    async with joined(room) as peer:
        room.refuse["answer"] = problem(409, "stale_version")
        await room.send_offer({"TR-1": ToneTrack(880)})
        await room.commanded("answer")
        await room.offer({"TR-1": ToneTrack(660)}, fresh=True)
        await peer.ears.tone("TR-1", 660)
        assert not peer.stay.done()


async def test_being_put_out_ends_the_stay_with_the_reason(room: RoomDouble) -> None:
    async with joined(room) as peer:
        await room.tell("leave", {"reason": "participant_removed", "action": "disconnect"})
        assert (await peer.stay).reason == "participant_removed"


async def test_being_asked_to_come_back_is_obeyed(room: RoomDouble) -> None:
    async with joined(room) as peer:
        await peer.participant.publisher.publish("microphone", lambda: ToneTrack(440))
        await room.tell("leave", {"reason": "server_shutdown", "action": "reconnect"})
        await room.commanded("join", 2)
        await room.commanded("offer", 2)
        assert (await room.hears["microphone"].hear(25)).is_tone(440)
        assert not peer.stay.done()


async def test_a_socket_that_the_server_ends_without_a_word_is_resumed(room: RoomDouble) -> None:
    async with joined(room) as peer:
        await room.disconnect()
        assert (await room.commanded("resume"))["resume_token"] == "resume-1"
        assert not peer.stay.done()


async def test_a_server_that_is_away_for_a_while_is_waited_for(room: RoomDouble) -> None:
    async with joined(room) as peer:
        room.refuse["connect"] = problem(503, "unavailable")
        room.cut()
        await room.commanded("resume")
        assert len(room.tokens) == 3
        assert not peer.stay.done()


@pytest.mark.parametrize("command", ["connect", "resume"])
async def test_a_token_that_no_longer_admits_ends_the_stay(room: RoomDouble, command: str) -> None:
    async with joined(room) as peer:
        room.refuse[command] = problem(401, "token_expired")
        room.cut()
        assert (await peer.stay).reason == "token_expired"


async def test_a_forged_token_is_refused_with_its_problem(room: RoomDouble) -> None:
    room.refuse["connect"] = problem(401, "token_invalid")
    socket = RoomSocket(room.url, "forged")
    with pytest.raises(Unauthenticated) as caught:
        await socket.open()
    assert caught.value.code == "token_invalid"
    await socket.close()


async def test_a_refused_join_is_raised(room: RoomDouble) -> None:
    room.refuse["join"] = problem(409, "room_full")
    with pytest.raises(Conflict, match="room_full"):
        async with joined(room):
            pass


async def test_a_server_that_is_not_there_is_named() -> None:
    socket = RoomSocket("http://127.0.0.1:9", "good")
    with pytest.raises(Unavailable, match="cannot connect"):
        await socket.open()
    await socket.close()
