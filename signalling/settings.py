"""What signalling must be told by the program that starts it."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from offhook.core.mail.smtp import SmtpSettings


class SignallingSettings(Struct, frozen=True, kw_only=True):
    """Times are seconds. `demo`: any room name opens by link.

    `allowed_origins`: other origins whose pages may use socket.io. `static_dir`: where the built
    pages are. `trusted_proxies`: addresses whose X-Forwarded-For is believed.
    """

    version: str = "0.0.0"
    demo: bool = True
    #: The port of the page that plays a stranger's shop; the demo site lets it in.
    shop_port: int = 8092
    public_url: str = ""
    #: How others reach this server: `public_url`, or where it listens.
    url: str = ""
    #: Where letters are handed in; None: nowhere.
    smtp: SmtpSettings | None = None
    media_port: int = 7882
    static_dir: Path | None = None
    allowed_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    max_participants: int = 100
    #: Bytes of one file in a chat (0: there are none), and of all files of a meeting.
    max_file_size: int = 10 * 1024 * 1024
    max_room_files_size: int = 500 * 1024 * 1024
    #: Files of a meeting, and those of one person in it, with their bytes, and how many at a time.
    files_of_room: int = 1000
    files_of_participant: int = 100
    file_bytes_of_participant: int = 200 * 1024 * 1024
    files_coming: int = 5
    empty_timeout: int = 300
    departure_timeout: int = 20
    resume_window: int = 20
    join_timeout: int = 10
    media_timeout: int = 30
    node_timeout: float = 3.0
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = ""
    webhook_allowed_addresses: tuple[str, ...] = ()
    #: Where our own receiver of webhooks is; empty: there is none.
    sink_url: str = ""
    #: Seconds after which a socket without a place and without a good token is closed.
    idle_socket: float = 15.0
    #: Seconds after which a transport that has not come to the namespace is closed.
    idle_transport: float = 10.0
    #: Transports of sockets from one address at a time (0: no limit), and new ones each second.
    sockets_of_address: int = 1000
    sockets_per_second: int = 50
    #: REST requests of one account, knocks and failed logins of one address.
    requests_per_second: int = 100
    knocks_per_second: int = 10
    failures_per_second: int = 2
    #: How often a process that shares its store says that it is there, and when it is given up.
    beat_every: float = 1.0
    process_timeout: float = 3.0
    ping_interval: float = 5.0
    ping_timeout: float = 10.0
