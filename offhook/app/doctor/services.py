"""What the server leans on: its store, Redis, and the TURN server."""

from __future__ import annotations

import asyncio
import contextlib
import time

from offhook.app.config import Config
from offhook.app.doctor.findings import Finding, fail, note, ok, warn
from offhook.core.clock import SystemClock
from offhook.core.mail.smtp import MailFailed, Security, SmtpSender

_PATIENCE = 5.0
#: Streams of the bus need it.
_OLDEST_REDIS = (6, 2)


async def redis(config: Config) -> list[Finding]:
    """Whether the bus between processes is there, and keeps what it is given."""
    if not config.redis_url:
        return []
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    client = Redis.from_url(config.redis_url, socket_connect_timeout=_PATIENCE)
    try:
        async with asyncio.timeout(_PATIENCE):
            info = await client.info()
            started = time.perf_counter()
            await client.ping()
            took = time.perf_counter() - started
    except (RedisError, TimeoutError, OSError) as error:
        advice = "start it, or correct `redis_url`; without it roles do not find each other"
        return [fail("redis", f"it does not answer: {error}", advice)]
    finally:
        await client.aclose()
    version = str(info.get("redis_version", "0"))
    if tuple(map(int, version.split(".")[:2])) < _OLDEST_REDIS:
        return [fail("redis", f"{version} is too old", "install Redis 6.2 or newer")]
    found = [ok("redis", f"{version}, answers in {took * 1000:.1f} ms")]
    policy = info.get("maxmemory_policy", "noeviction")
    if info.get("maxmemory") and policy != "noeviction":
        advice = "`maxmemory-policy noeviction`: commands under way must not be thrown away"
        found.append(warn("redis", f"its maxmemory-policy is {policy}", advice))
    return found


async def mail(config: Config) -> list[Finding]:
    """Whether the mail server answers, encrypts as it is told to, and lets us sign in."""
    if config.smtp is None:
        return []
    where = f"{config.smtp.host}:{config.smtp.port}"
    sender = SmtpSender(config.smtp, SystemClock(), patience=_PATIENCE)
    try:
        async with asyncio.timeout(2 * _PATIENCE):
            offered = await sender.greet()
    except MailFailed as error:
        return [fail("mail", f"{where}: {error.detail}", _MAIL_ADVICE[error.code])]
    except TimeoutError:
        advice = _MAIL_ADVICE["smtp_unreachable"]
        return [fail("mail", f"{where}: The mail server has no end of answering.", advice)]
    signed_in = " and lets us sign in" if config.smtp.user else ""
    found = [ok("mail", f"{where} answers, {_encryption(config.smtp.security)}{signed_in}")]
    if config.smtp.security == "none" and offered:
        advice = "set `smtp_tls` to starttls, so that nobody on the way reads the links"
        found.append(warn("mail", "it offers TLS, and we do not use it", advice))
    if not config.public_url:
        advice = "set `public_url`: letters are read on other machines"
        found.append(warn("mail", f"links in letters lead to {config.url}", advice))
    return found


_MAIL_ADVICE = {
    "smtp_unreachable": "start it, or correct `smtp_host`, `smtp_port` and the firewall; a wrong "
    "`smtp_tls` looks the same",
    "smtp_tls": "its certificate must name `smtp_host` and be from an authority that this machine "
    "trusts (SSL_CERT_FILE adds one); try another `smtp_tls`",
    "smtp_sign_in": "correct `smtp_user` and `smtp_password`, and whether it asks for them here",
    "smtp_refused": "ask its operator whether this machine may hand letters in",
}


def _encryption(security: Security) -> str:
    return "unencrypted" if security == "none" else f"encrypted ({security})"


async def turn(config: Config) -> list[Finding]:
    """Whether every TURN URL gives a relay to the credentials that browsers will get."""
    if not config.turn_urls:
        text = f"none: browsers without UDP use TCP {config.media_port}"
        advice = "set `turn_urls` for people whose firewall lets only well-known ports out"
        return [note("turn", text, advice)]
    return [await _relay(config, url) for url in config.turn_urls]


async def _relay(config: Config, url: str) -> Finding:
    from aioice import stun
    from aioice.turn import create_turn_endpoint

    from signalling.services.ice import credentials

    scheme, _, rest = url.partition(":")
    place, _, query = rest.partition("?")
    host, _, port = place.rpartition(":") if ":" in place else (place, "", "")
    secure = scheme == "turns"
    transport = "tcp" if secure or "transport=tcp" in query else "udp"
    where = (host.strip("[]"), int(port or ("5349" if secure else "3478")))
    username, password = credentials(config.turn_secret, "doctor", SystemClock().now())
    try:
        async with asyncio.timeout(_PATIENCE):
            relay, _ = await create_turn_endpoint(
                asyncio.DatagramProtocol,
                server_addr=where,
                username=username,
                password=password,
                ssl=secure,
                transport=transport,
            )
    except stun.TransactionFailed as error:
        code = error.response.attributes.get("ERROR-CODE", (0, ""))
        advice = "`turn_secret` must be its static-auth-secret, and the clocks must agree"
        return fail("turn", f"{url} refuses: {code[0]} {code[1]}", advice)
    except (TimeoutError, OSError, stun.TransactionError) as error:
        reason = str(error) or "no answer"
        return fail("turn", f"{url}: {reason}", "start it, or correct `turn_urls` and its firewall")
    address = relay.get_extra_info("sockname")[0]
    with contextlib.suppress(Exception):
        relay.close()
    return ok("turn", f"{url} gives a relay on {address}")
