"""Makes the parts of one process, joins them, starts them in order and stops them in reverse."""

from __future__ import annotations

import asyncio
import errno
import gc
import random
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

import structlog
from aiohttp import web

import offhook
from media.node import MediaSettings
from media.sfu.music import make_clip
from media.worker import MediaWorker
from offhook.app import health
from offhook.app.config import Config
from offhook.app.demo_shop import Shop, make_shop
from offhook.app.folder import DataFolder
from offhook.app.greeting import greeting
from offhook.app.patience import PatientRunner
from offhook.app.storage import Storage, storage
from offhook.app.tls import ServerTls
from offhook.core.bus.bus import Bus
from offhook.core.bus.local import LocalBus
from offhook.core.clock import SystemClock
from offhook.core.errors import Misconfigured
from offhook.core.ids import RandomIds
from offhook.core.lag import LoopLag
from offhook.core.shelf.disk import DiskShelf
from offhook.core.store.store import Store
from offhook.core.tasks import Tasks
from offhook.core.telemetry import Metrics
from signalling.api.app import make_app
from signalling.api.http import LINE_LIMIT
from signalling.services.accounts import Seeded
from signalling.services.demonstration import shop_origins
from signalling.services.services import Services, make_services
from signalling.services.users import OneTime
from signalling.settings import SignallingSettings

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

STATIC = Path(__file__).parent / "static"
#: Seconds that requests under way get to end when the server stops.
_LAST_REQUESTS = 2.0
#: Seconds between two looks at the certificate's files.
_LOOK_AT_CERTIFICATE = 60.0
#: Objects made, and collections of the younger ones, until the collector looks.
_COLLECT = (10_000, 20, 50)
#: HTTP connections that one connected page may need: its socket, and those it loads itself by.
_CONNECTIONS_OF_A_PAGE = 4


async def serve(config: Config, stop: asyncio.Event, say: Callable[[str], None]) -> None:
    """Run this process' role until `stop` is set; `say` what people should know once it is ready.

    Raises `Misconfigured` when it cannot start. The order of start is the order of the lines
    below; everything is closed in reverse (docs/closures.md).
    """
    async with AsyncExitStack() as stack:
        metrics = Metrics()
        lag = LoopLag(metrics)
        lag.start()
        stack.callback(lag.close)
        seeded: Seeded | None = None
        admin: OneTime | None = None
        shop = ""
        if config.role == "messaging":
            app = health.make_app(config.role, metrics, offhook.__version__)
            await stack.enter_async_context(_site(app, config.host, config.messaging_port))
        else:
            bus = await stack.enter_async_context(_bus(config))
            services: Services | None = None
            if config.role in {"all", "signalling"}:
                started = await stack.enter_async_context(_signalling(config, bus, metrics))
                services, seeded = started
                admin = await services.users.first_admin(services.main)
            if config.role in {"all", "media"}:
                await stack.enter_async_context(_media(config, bus, metrics))
            if config.role == "media":
                app = health.make_app(config.role, metrics, offhook.__version__)
                await stack.enter_async_context(_site(app, config.host, config.health_port))
            if services is not None:
                app = make_app(services)
                tls = _tls(config)
                await stack.enter_async_context(_public(app, config, tls))
                shop = await stack.enter_async_context(_shop(config, services))
        _set_apart_what_stays()
        say(greeting(config, seeded, admin, shop))
        await stop.wait()


@asynccontextmanager
async def _shop(config: Config, services: Services) -> AsyncIterator[str]:
    """The demo shop, where it is: its URL, or nothing without demo data or a free port for it."""
    key = None
    if config.demo and config.shop_port:
        key = await services.configuration.key_for(services.main, shop_origins(config.shop_port)[0])
    if key is None:
        yield ""
        return
    app = make_shop(Shop(server=config.url, site=key))
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(_site(app, "127.0.0.1", config.shop_port))
        except Misconfigured as error:
            log.warning("no demo shop", reason=error.detail)
            yield ""
        else:
            yield f"http://127.0.0.1:{config.shop_port}/demo-shop"


def _set_apart_what_stays() -> None:
    """Modules and tables live as long as the process: the collector need not walk them again and
    again, and need not look for cycles at every few hundred messages."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT)


@asynccontextmanager
async def offline(config: Config) -> AsyncIterator[Services]:
    """The use cases over the store alone, for commands that run beside a server or without one."""
    folder = DataFolder(config.data_dir)
    folder.make()
    async with AsyncExitStack() as stack:
        bus = LocalBus()
        stack.push_async_callback(bus.close)
        kept = await stack.enter_async_context(storage(config, folder))
        yield _services(config, kept, bus, Metrics())


@asynccontextmanager
async def _bus(config: Config) -> AsyncIterator[Bus]:
    bus: Bus
    if config.redis_url:
        from offhook.core.bus.redis import RedisBus

        bus = RedisBus(config.redis_url)
    else:
        bus = LocalBus()
    try:
        yield bus
    finally:
        await bus.close()


def _hold_music(config: Config) -> str:
    """The operator's sound file, empty for our own music."""
    if config.hold_music and not Path(config.hold_music).is_file():
        raise Misconfigured(f"hold_music names {config.hold_music}, and there is no such file.")
    return config.hold_music


@asynccontextmanager
async def _media(config: Config, bus: Bus, metrics: Metrics) -> AsyncIterator[None]:
    advertised = (config.advertise_ip,) if config.advertise_ip else ()
    worker = MediaWorker(
        bus=bus,
        node=RandomIds().new("ND"),
        clock=SystemClock(),
        settings=MediaSettings(
            addresses=config.media_hosts, announced=advertised, port=config.media_port
        ),
        randomness=random.SystemRandom(),
        metrics=metrics,
        make_clip=partial(make_clip, _hold_music(config)),
    )
    await worker.start()
    try:
        yield
        if config.role == "media":
            await worker.drain(config.drain_limit)
    finally:
        await worker.close()


@asynccontextmanager
async def _signalling(
    config: Config, bus: Bus, metrics: Metrics
) -> AsyncIterator[tuple[Services, Seeded | None]]:
    """Started before the media node, so that the node's first word is heard."""
    folder = DataFolder(config.data_dir)
    folder.make()
    async with AsyncExitStack() as stack:
        if not config.database_url:
            stack.enter_context(folder.locked())
        kept = await stack.enter_async_context(storage(config, folder))
        if not _shared(config):
            await _be_alone(kept.store)
        services = _services(config, kept, bus, metrics, shared=_shared(config))
        demonstration = services.demonstration
        seeded = await services.accounts.seed(demonstration) if config.demo else None
        stack.push_async_callback(services.close)
        await services.start()
        await kept.require_key()
        yield services, seeded


def _shared(config: Config) -> bool:
    """Whether there may be several signalling processes: they need one database and one bus."""
    return bool(config.database_url and config.redis_url)


async def _be_alone(store: Store) -> None:
    """Raise `Misconfigured` when another process owns the rooms of this store."""
    if await store.claim("rooms of one process") is None:
        raise Misconfigured(
            "Another signalling process uses this database. Several may, if each is told the same "
            "Redis by OFFHOOK_REDIS_URL; without it there can be one only.",
            code="store_in_use",
            field="redis_url",
        )


def _services(
    config: Config, kept: Storage, bus: Bus, metrics: Metrics, *, shared: bool = False
) -> Services:
    """Not started yet."""
    return make_services(
        store=kept.store,
        shelf=DiskShelf(Path(config.files_dir) if config.files_dir else kept.folder.files),
        bus=bus,
        clock=SystemClock(),
        ids=RandomIds(),
        sealer=kept.sealer,
        metrics=metrics,
        settings=signalling_settings(config),
        shared=shared,
    )


def _public(
    app: web.Application, config: Config, tls: ServerTls | None
) -> AbstractAsyncContextManager[None]:
    """The door for everybody: bounded for each address, but for the proxies in front."""
    most = _CONNECTIONS_OF_A_PAGE * config.sockets_per_address
    exempt = config.trusted_proxies
    return _site(app, config.host, config.port, tls, most=most, exempt=exempt)


def _tls(config: Config) -> ServerTls | None:
    if not config.tls_cert:
        return None
    return ServerTls(Path(config.tls_cert), Path(config.tls_key))


@asynccontextmanager
async def _site(
    app: web.Application,
    host: str,
    port: int,
    tls: ServerTls | None = None,
    *,
    most: int = 0,
    exempt: Collection[str] = (),
) -> AsyncIterator[None]:
    """Serve `app` on one address; raise `Misconfigured` when the port is taken.

    `most`: connections of one address at a time, unless it is one of `exempt`.
    """
    runner = PatientRunner(
        app,
        most=most,
        exempt=exempt,
        handle_signals=False,
        access_log=None,
        shutdown_timeout=_LAST_REQUESTS,
        max_line_size=LINE_LIMIT,
    )
    await runner.setup()
    try:
        try:
            context = None if tls is None else tls.context
            await web.TCPSite(runner, host, port, ssl_context=context).start()
        except OSError as error:
            raise _cannot_listen(host, port, error) from error
        async with Tasks() as tasks:
            if tls is not None:
                tasks.spawn(_renewed(tls), "certificate renewal")
            yield
    finally:
        await runner.cleanup()


async def _renewed(tls: ServerTls) -> None:
    """Take up a certificate that was renewed; one that cannot be used is passed over."""
    while True:
        await asyncio.sleep(_LOOK_AT_CERTIFICATE)
        try:
            if await asyncio.to_thread(tls.refresh):
                log.info("certificate was renewed")
        except Misconfigured as error:
            log.error("certificate cannot be renewed", problem=error.detail)


def signalling_settings(config: Config) -> SignallingSettings:
    """What signalling must be told."""
    return SignallingSettings(
        version=offhook.__version__,
        demo=config.demo,
        public_url=config.public_url,
        url=config.url,
        smtp=config.smtp,
        media_port=config.media_port,
        shop_port=config.shop_port,
        static_dir=STATIC,
        allowed_origins=config.allowed_origins,
        trusted_proxies=config.trusted_proxies,
        sockets_of_address=config.sockets_per_address,
        max_participants=config.max_participants,
        max_file_size=config.max_file_size,
        max_room_files_size=config.max_room_files_size,
        empty_timeout=config.empty_timeout,
        departure_timeout=config.departure_timeout,
        resume_window=config.resume_window,
        turn_urls=config.turn_urls,
        turn_secret=config.turn_secret,
        webhook_allowed_addresses=config.webhook_allowed_addresses,
        sink_url=config.sink_url,
    )


def _cannot_listen(host: str, port: int, error: OSError) -> Misconfigured:
    if error.errno == errno.EADDRINUSE:
        return Misconfigured(
            f"Port {port} on {host} is taken by another program. Stop that program, or choose "
            f"another port with --port or OFFHOOK_PORT (`ss -ltnp 'sport = :{port}'` shows who "
            "has it).",
            code="port_busy",
            field="port",
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return Misconfigured(
            f"This machine has no address {host}; `hostname -I` lists those it has.",
            code="no_such_address",
            field="host",
        )
    return Misconfigured(f"Cannot listen on {host}:{port}: {error.strerror}.", field="port")
