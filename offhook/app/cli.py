"""The command line: `offhook serve`, `token`, `doctor`, `load-test` and the others."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import get_args

import offhook
from offhook.app import commands, load_test
from offhook.app.config import Config, Role, declared, load
from offhook.core.errors import OffhookError

_EPILOG = """\
Settings come from the command line, else from OFFHOOK_… in the environment, else from a TOML file
(--config, OFFHOOK_CONFIG or ./offhook.toml). config.example.toml lists every one."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code (0 well, 1 failed, 2 used wrongly)."""
    given = _parser().parse_args(arguments)
    command: Callable[[Config, argparse.Namespace], int] = given.command
    try:
        return command(_config(given), given)
    except OffhookError as error:
        sys.stderr.write(f"offhook: {error.detail}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _config(given: argparse.Namespace) -> Config:
    overrides = {key.name: getattr(given, key.name, None) for key in declared()}
    return load(overrides, file=given.config)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="offhook",
        description="A communications server you run yourself.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="TOML file with the settings")
    subparsers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_serve(subparsers)
    _add_token(subparsers)
    migrate = subparsers.add_parser("migrate", help="bring the store to this version's schema")
    _add_data_dir(migrate)
    migrate.set_defaults(command=commands.migrate)
    doctor = subparsers.add_parser(
        "doctor", help="check the machine and the settings, and say what to do"
    )
    doctor.add_argument("--json", action="store_true", help="print the findings as JSON")
    _add_data_dir(doctor)
    doctor.set_defaults(command=commands.doctor)
    demo = subparsers.add_parser(
        "demo", help="make the demo room and an API key in the store, and say how to try them"
    )
    _add_data_dir(demo)
    demo.set_defaults(command=commands.demo)
    password = subparsers.add_parser(
        "password", help="make a one-time password for somebody who lost theirs"
    )
    password.add_argument("login", nargs="?", default="admin", help="whose (default: admin)")
    _add_data_dir(password)
    password.set_defaults(command=commands.password)
    load_test.add(subparsers)
    version = subparsers.add_parser("version", help="print the version")
    version.set_defaults(command=_version)
    return parser


def _add_data_dir(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data-dir", metavar="DIR", help="folder of the store (default: data)")


def _add_serve(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = subparsers.add_parser(
        "serve", help="run the server (everything in one process, or one role)"
    )
    serve.add_argument("--role", choices=get_args(Role), help="which part to be (default: all)")
    serve.add_argument("--host", help="address of HTTP (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, help="port of HTTP (default: 8080)")
    serve.add_argument("--media-host", help="address of WebRTC (default: that of HTTP)")
    serve.add_argument("--media-port", type=int, help="UDP and TCP port of WebRTC (default: 7882)")
    serve.add_argument(
        "--lan",
        action="store_const",
        const=True,
        help="listen on the local network, with a certificate of our own",
    )
    serve.add_argument("--redis-url", metavar="URL", help="the bus between roles")
    serve.add_argument(
        "--no-demo",
        dest="demo",
        action="store_const",
        const=False,
        help="leave an empty store empty; rooms open by invitation only",
    )
    _add_data_dir(serve)
    serve.set_defaults(command=commands.serve)


def _add_token(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    token = subparsers.add_parser(
        "token",
        help="make a join token for a room",
        description="Make a join token. It is signed with --key and --secret (or OFFHOOK_API_KEY "
        "and OFFHOOK_API_SECRET), else with the key that this machine's store keeps for itself.",
    )
    token.add_argument("--room", required=True, help="name of the room it opens")
    token.add_argument("--identity", required=True, help="who it is for; unique in the room")
    token.add_argument("--name", help="name that others see (default: asked when joining)")
    token.add_argument("--ttl", default="6h", help="how long it can be used: 90s, 15m, 6h, 7d")
    token.add_argument("--admin", action="store_true", help="may moderate the room")
    token.add_argument("--hidden", action="store_true", help="others do not see this participant")
    token.add_argument("--no-publish", action="store_true", help="may only listen and watch")
    token.add_argument("--key", metavar="ID", help="API key id")
    token.add_argument("--secret", metavar="SECRET", help="API key secret")
    token.add_argument("--url", action="store_true", help="print the link instead of the token")
    _add_data_dir(token)
    token.set_defaults(command=commands.token)


def _version(_config: Config, _given: argparse.Namespace) -> int:
    sys.stdout.write(f"offhook {offhook.__version__}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
