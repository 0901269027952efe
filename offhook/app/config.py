"""Every setting, declared once: name, type, default, help, and whether a reload takes it up.

The sample file, the help and the documentation are made from this declaration. A value comes from
the command line, else from `OFFHOOK_<NAME>` in the environment, else from the TOML file, else it is
the default. A key that is not declared here is refused with the nearest one that is.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from offhook.core.errors import InvalidInput, Misconfigured
from offhook.core.mail.address import mailbox
from offhook.core.mail.smtp import Security, SmtpSettings

_ENVIRONMENT = "OFFHOOK_"
#: In the environment without being settings: where the file is, and what the command line reads.
_NOT_SETTINGS = frozenset({"CONFIG", "API_KEY", "API_SECRET"})

Role = Literal["all", "signalling", "media", "messaging"]
_SMTP_PORTS: Mapping[Security, int] = {"starttls": 587, "tls": 465, "none": 25}
Port = Annotated[int, Meta(ge=1, le=65535)]


class Config(Struct, frozen=True, kw_only=True):
    """The settings of one process."""

    role: Annotated[
        Role,
        Meta(
            description="Which part this process is; `all` is everything in one, and the others "
            "need `redis_url` to find each other."
        ),
    ] = "all"
    host: Annotated[
        str, Meta(description="Address that HTTP and socket.io listen on; loopback by default.")
    ] = "127.0.0.1"
    port: Annotated[Port, Meta(description="Port of HTTP and socket.io.")] = 8080
    media_host: Annotated[
        str,
        Meta(
            description="Addresses that WebRTC listens on, with commas between; each must be one "
            "of this machine's, never 0.0.0.0. Empty: the same as `host`."
        ),
    ] = ""
    media_port: Annotated[
        Port, Meta(description="The one UDP port of WebRTC, and its TCP twin.")
    ] = 7882
    advertise_ip: Annotated[
        str,
        Meta(
            description="Address told to browsers instead of `media_host`, when this machine is "
            "behind NAT."
        ),
    ] = ""
    hold_music: Annotated[
        str,
        Meta(
            description="Sound file that who is on hold hears instead of our own music: any format "
            "that FFmpeg reads, the first five minutes of it, over and over."
        ),
    ] = ""
    messaging_port: Annotated[
        Port, Meta(description="HTTP port of the messaging sidecar when it runs alone.")
    ] = 8090
    health_port: Annotated[
        Port,
        Meta(description="HTTP port of health and figures of a media process that runs alone."),
    ] = 8091
    shop_port: Annotated[
        int,
        Meta(
            ge=0,
            le=65535,
            description="Port of the demo shop, a stranger's page with the call button; 0: none. "
            "The demo data's site lets it in.",
        ),
    ] = 8092
    public_url: Annotated[
        str,
        Meta(description="How browsers reach this server, such as https://calls.example.com."),
    ] = ""
    tls_cert: Annotated[
        str,
        Meta(
            description="Certificate of the HTTP door with its chain, a PEM file; a renewed one is "
            "taken up without a restart. Empty: plain HTTP, for a proxy in front that has TLS."
        ),
    ] = ""
    tls_key: Annotated[str, Meta(description="Private key of `tls_cert`, a PEM file.")] = ""
    lan: Annotated[
        bool,
        Meta(
            description="Listen on the local network with a certificate of our own: browsers give "
            "no microphone to plain HTTP from another machine. For trying out; browsers warn once."
        ),
    ] = False
    data_dir: Annotated[
        str, Meta(description="Folder of the store and of the master key; made when missing.")
    ] = "data"
    database_url: Annotated[
        str,
        Meta(
            description="PostgreSQL database that keeps everything, such as "
            "postgresql://offhook:password@127.0.0.1:5432/offhook; several processes may share it. "
            "Empty: a SQLite file in `data_dir`, for one process. The master key is in `data_dir` "
            "either way, and must be the same for all who share a database.",
            extra={"secret": True},
        ),
    ] = ""
    database_writers: Annotated[
        int,
        Meta(ge=1, le=32, description="Transactions that a process may have open to write."),
    ] = 4
    migrate: Annotated[
        bool,
        Meta(
            description="Bring the store to this version at the start. Without it, an older store "
            "is refused with what is missing, and `offhook migrate` does it."
        ),
    ] = True
    redis_url: Annotated[
        str,
        Meta(
            description="Bus between processes, such as redis://127.0.0.1:6379/0. Empty: one "
            "process, no Redis."
        ),
    ] = ""
    demo: Annotated[
        bool,
        Meta(
            description="On an empty store, make a room and an API key to try; with it, any room "
            "name opens by link."
        ),
    ] = True
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        Meta(description="Least severe log line that is written.", extra={"reloadable": True}),
    ] = "info"
    log_format: Annotated[
        Literal["console", "json"], Meta(description="For people, or for a log collector.")
    ] = "console"
    turn_urls: Annotated[
        tuple[str, ...],
        Meta(description="TURN servers for browsers, such as turn:turn.example.com:3478."),
    ] = ()
    turn_secret: Annotated[
        str,
        Meta(
            description="Secret shared with the TURN server (coturn: static-auth-secret); "
            "credentials made from it last one hour.",
            extra={"secret": True},
        ),
    ] = ""
    allowed_origins: Annotated[
        tuple[str, ...],
        Meta(description="Other origins whose pages may use socket.io; ours always may."),
    ] = ()
    trusted_proxies: Annotated[
        tuple[str, ...],
        Meta(
            description="Addresses of the proxies in front, whose X-Forwarded-For is believed; "
            "without it, all who come through one share the limits of one address."
        ),
    ] = ()
    sockets_per_address: Annotated[
        int,
        Meta(
            ge=0,
            description="Most pages connected at a time from one address, and four times as many "
            "HTTP connections; 0: no limit. A whole office may be behind one address.",
        ),
    ] = 1000
    smtp_host: Annotated[
        str,
        Meta(
            description="Mail server that sends visitors the links of their callbacks, such as "
            "smtp.example.com. Empty: no e-mail is sent."
        ),
    ] = ""
    smtp_port: Annotated[
        int,
        Meta(
            ge=0,
            le=65535,
            description="Its port; 0: 587 for starttls, 465 for tls, 25 for none.",
        ),
    ] = 0
    smtp_user: Annotated[
        str, Meta(description="Whom we sign in to it as. Empty: without signing in.")
    ] = ""
    smtp_password: Annotated[
        str, Meta(description="Password of `smtp_user`.", extra={"secret": True})
    ] = ""
    smtp_tls: Annotated[
        Security,
        Meta(
            description="How the way to it is encrypted: starttls begins in the clear and must "
            "then encrypt, tls encrypts from the first byte. With a password, none is for a server "
            "on this machine only."
        ),
    ] = "starttls"
    smtp_from: Annotated[
        str,
        Meta(
            description="Whom letters are from, such as calls@example.com or "
            "Example <calls@example.com>. Needed with `smtp_host`."
        ),
    ] = ""
    webhook_allowed_addresses: Annotated[
        tuple[str, ...],
        Meta(
            description="Where webhooks may go beside public addresses: an address, a network such "
            "as 10.0.0.0/8, a name, a name with a port, or one exact URL."
        ),
    ] = ()
    max_participants: Annotated[
        int, Meta(ge=1, le=10_000, description="Most people in a room that sets no number itself.")
    ] = 100
    max_file_size: Annotated[
        int,
        Meta(
            ge=0,
            le=1024**3,
            description="Largest file that may be sent in a chat, in bytes; 0: no files are sent.",
        ),
    ] = 10 * 1024 * 1024
    max_room_files_size: Annotated[
        int,
        Meta(ge=0, description="Most bytes of all files that are sent in one meeting."),
    ] = 500 * 1024 * 1024
    files_dir: Annotated[
        str,
        Meta(
            description="Folder of the files that are sent in chats; they are deleted with the "
            "chat. Empty: `files` in `data_dir`. Several signalling processes need the same one."
        ),
    ] = ""
    empty_timeout: Annotated[
        int, Meta(ge=1, description="Seconds after which a room that nobody entered ends.")
    ] = 300
    departure_timeout: Annotated[
        int, Meta(ge=1, description="Seconds after the last one left until the room ends.")
    ] = 20
    resume_window: Annotated[
        int,
        Meta(ge=1, description="Seconds that a place is kept for somebody whose socket is lost."),
    ] = 20
    drain_limit: Annotated[
        int,
        Meta(
            ge=0,
            description="Seconds that a media process which is told to stop waits for its rooms to "
            "move to others.",
        ),
    ] = 20

    @property
    def smtp(self) -> SmtpSettings | None:
        """Where letters are handed in; None when no mail is sent."""
        if not self.smtp_host:
            return None
        return SmtpSettings(
            host=self.smtp_host,
            port=self.smtp_port or _SMTP_PORTS[self.smtp_tls],
            sender=self.smtp_from,
            user=self.smtp_user,
            password=self.smtp_password,
            security=self.smtp_tls,
        )

    @property
    def media_hosts(self) -> tuple[str, ...]:
        """The addresses to bind for WebRTC."""
        return tuple(part.strip() for part in (self.media_host or self.host).split(","))

    @property
    def sink_url(self) -> str:
        """Where the demonstration's own receiver of webhooks is; empty without demo data."""
        if not self.demo:
            return ""
        if self.tls_cert:
            return f"{self.url}/demo/sink"
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104  not bound
        return f"http://{_bracketed(host)}:{self.port}/demo/sink"

    @property
    def url(self) -> str:
        """How browsers reach this server, without a slash at the end."""
        scheme = "https" if self.tls_cert else "http"
        return self.public_url.rstrip("/") or f"{scheme}://{_bracketed(self.host)}:{self.port}"


class Key(Struct, frozen=True, kw_only=True):
    """One setting as declared."""

    name: str
    type: str
    default: Any
    help: str
    reloadable: bool
    secret: bool


def declared() -> Iterator[Key]:
    """Every setting, in the order of the declaration."""
    for field in msgspec.structs.fields(Config):
        info = msgspec.inspect.type_info(field.type)
        extra: dict[str, Any] = {}
        schema: dict[str, Any] = {}
        while isinstance(info, msgspec.inspect.Metadata):
            extra |= info.extra or {}
            schema |= info.extra_json_schema or {}
            info = info.type
        yield Key(
            name=field.name,
            type=_type_name(info),
            default=field.default,
            help=schema.get("description", ""),
            reloadable=bool(extra.get("reloadable")),
            secret=bool(extra.get("secret")),
        )


def load(
    overrides: Mapping[str, Any],
    *,
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Config:
    """Read the settings; raise `Misconfigured` naming the key that is wrong and what is meant.

    `overrides` are those of the command line, None meaning not given. Without `file`, the one that
    `OFFHOOK_CONFIG` names is read, else `offhook.toml` in the current folder when there is one.
    """
    environment = os.environ if environment is None else environment
    values = _from_file(file or _default_file(environment))
    values |= _from_environment(environment)
    values |= {name: value for name, value in overrides.items() if value is not None}
    return _converted(values)


def _default_file(environment: Mapping[str, str]) -> Path | None:
    if named := environment.get(f"{_ENVIRONMENT}CONFIG"):
        return Path(named)
    here = Path("offhook.toml")
    return here if here.exists() else None


def _from_file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misconfigured(f"Cannot read {path}: {error.strerror}.") from error
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"{path} is not TOML: {error}.") from error
    for name in values:
        _require_known(name, f"{path}: ")
    return values


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for variable, text in environment.items():
        name = variable.removeprefix(_ENVIRONMENT)
        if name == variable or name in _NOT_SETTINGS:
            continue
        _require_known(name.lower(), "environment: ", shown=variable)
        values[name.lower()] = text
    return values


def _require_known(name: str, where: str, *, shown: str | None = None) -> None:
    known = [key.name for key in declared()]
    if name in known:
        return
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    if not nearest:
        hint = " `config.example.toml` lists all of them."
    elif shown:
        hint = f" Did you mean {_ENVIRONMENT}{nearest[0].upper()}?"
    else:
        hint = f" Did you mean `{nearest[0]}`?"
    raise Misconfigured(f"{where}there is no setting `{shown or name}`.{hint}", field=name)


def _converted(values: dict[str, Any]) -> Config:
    for key in declared():
        given = values.get(key.name)
        if key.type == "list of strings" and isinstance(given, str):
            values[key.name] = tuple(part.strip() for part in given.split(",") if part.strip())
    try:
        config = msgspec.convert(values, Config, strict=False)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `$.")
        name = path.rstrip("`").partition("[")[0]
        wanted = next((key.type for key in declared() if key.name == name), "")
        raise Misconfigured(
            f"The setting `{name}` is wrong: {text} (it is: {wanted}).", field=name
        ) from error
    _require_possible(config)
    return config


def _require_possible(config: Config) -> None:
    """What no single key can tell."""
    if config.role != "all" and not config.redis_url and config.role != "messaging":
        raise Misconfigured(
            f"The role `{config.role}` needs `redis_url`, or its other half cannot find it.",
            field="redis_url",
        )
    for host in config.media_hosts if config.role in {"all", "media"} else ():
        if host in {"0.0.0.0", "::", ""}:  # noqa: S104  refused, not bound
            raise Misconfigured(
                "`media_host` must name addresses of this machine: with 0.0.0.0 answers leave from "
                "the wrong one on a machine with several. Try `hostname -I`.",
                field="media_host",
            )
    if bool(config.tls_cert) != bool(config.tls_key):
        raise Misconfigured("`tls_cert` and `tls_key` go together.", field="tls_cert")
    if config.lan and config.tls_cert:
        raise Misconfigured(
            "`lan` brings a certificate of its own; leave it out when you have `tls_cert`, and set "
            "`host` and `media_host`.",
            field="lan",
        )
    if config.database_url:
        _require_database(config.database_url)
    _require_mail(config)
    if config.turn_urls and not config.turn_secret:
        raise Misconfigured("`turn_urls` needs `turn_secret`.", field="turn_secret")


def _require_mail(config: Config) -> None:
    """A password is never sent in the clear to another machine."""
    if not config.smtp_host:
        return
    if not config.smtp_from:
        raise Misconfigured("`smtp_host` needs `smtp_from`.", field="smtp_from")
    try:
        mailbox(config.smtp_from)
    except InvalidInput as error:
        raise Misconfigured("`smtp_from` is no address.", field="smtp_from") from error
    if bool(config.smtp_user) != bool(config.smtp_password):
        raise Misconfigured("`smtp_user` and `smtp_password` go together.", field="smtp_user")
    here = config.smtp_host in {"localhost", "127.0.0.1", "::1"}
    if config.smtp_password and config.smtp_tls == "none" and not here:
        raise Misconfigured(
            "`smtp_tls` must not be none when there is a password: it would be sent in the clear.",
            field="smtp_tls",
        )


def _require_database(url: str) -> None:
    from offhook.core.store.postgres import address

    address(url)


def _type_name(info: msgspec.inspect.Type) -> str:
    match info:
        case msgspec.inspect.LiteralType(values=values):
            return " | ".join(f'"{value}"' for value in values)
        case msgspec.inspect.BoolType():
            return "true or false"
        case msgspec.inspect.IntType():
            return "number"
        case msgspec.inspect.VarTupleType():
            return "list of strings"
        case _:
            return "string"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def sample() -> str:
    """The text of config.example.toml."""
    lines = [
        "# Every setting of Offhook with its default. Copy it to offhook.toml and change what you "
        "need.",
        "# The environment wins over this file: OFFHOOK_PORT=8081. Made by `make generate`.",
    ]
    for key in declared():
        lines += ["", *_wrapped(key.help)]
        if "|" in key.type:
            lines.append(f"# One of {key.type}.")
        lines.append(f"# {key.name} = {_toml(key.default)}")
    return "\n".join(lines) + "\n"


def _wrapped(text: str, width: int = 96) -> list[str]:
    lines, line = [], "#"
    for word in text.split():
        if len(line) + len(word) + 1 > width:
            lines.append(line)
            line = "#"
        line += f" {word}"
    return [*lines, line]


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{item}"' for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)
