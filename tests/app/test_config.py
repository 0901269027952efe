"""Settings come from four places, and a wrong one is named with what was meant."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from offhook.app import config
from offhook.core.errors import Misconfigured

pytestmark = pytest.mark.unit

MAIL = {"OFFHOOK_SMTP_HOST": "mail.example.com", "OFFHOOK_SMTP_FROM": "calls@example.com"}
LOGIN = {"OFFHOOK_SMTP_USER": "calls", "OFFHOOK_SMTP_PASSWORD": "s3cret"}


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "offhook.toml"
    file.write_text('port = 1\nmedia_port = 1\nlog_level = "debug"\n')
    environment = {"OFFHOOK_PORT": "2", "OFFHOOK_MEDIA_PORT": "2"}
    read = config.load({"port": 3, "host": None}, file=file, environment=environment)
    assert (read.port, read.media_port, read.log_level, read.host) == (3, 2, "debug", "127.0.0.1")


@pytest.mark.parametrize(
    ("name", "meant"), [("OFFHOOK_PROT", "OFFHOOK_PORT"), ("OFFHOOK_REDIS", "OFFHOOK_REDIS_URL")]
)
def test_an_unknown_variable_is_refused_with_the_nearest_known_one(name: str, meant: str) -> None:
    with pytest.raises(Misconfigured, match=f"Did you mean {meant}"):
        config.load({}, environment={name: "1"})


def test_an_unknown_key_of_the_file_is_refused_with_the_nearest_known_one(tmp_path: Path) -> None:
    file = tmp_path / "offhook.toml"
    file.write_text("data_dri = 'x'\n")
    with pytest.raises(Misconfigured, match="Did you mean `data_dir`") as refused:
        config.load({}, file=file, environment={})
    assert refused.value.field == "data_dri"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"OFFHOOK_PORT": "99999"}, "port"),
        ({"OFFHOOK_PORT": "many"}, "port"),
        ({"OFFHOOK_ROLE": "pstn"}, "role"),
        ({"OFFHOOK_DEMO": "perhaps"}, "demo"),
        ({"OFFHOOK_ROLE": "media"}, "redis_url"),
        ({"OFFHOOK_MEDIA_HOST": "0.0.0.0"}, "media_host"),
        ({"OFFHOOK_TURN_URLS": "turn:a"}, "turn_secret"),
        ({"OFFHOOK_DATABASE_URL": "mysql://offhook:s3cret@db/offhook"}, "database_url"),
        ({"OFFHOOK_SMTP_HOST": "mail.example.com"}, "smtp_from"),
        ({**MAIL, "OFFHOOK_SMTP_FROM": "nobody"}, "smtp_from"),
        ({**MAIL, "OFFHOOK_SMTP_USER": "calls"}, "smtp_user"),
        ({**MAIL, "OFFHOOK_SMTP_TLS": "perhaps"}, "smtp_tls"),
        ({**MAIL, **LOGIN, "OFFHOOK_SMTP_TLS": "none"}, "smtp_tls"),
    ],
)
def test_a_value_that_cannot_be_names_its_key(given: dict[str, str], field: str) -> None:
    with pytest.raises(Misconfigured) as refused:
        config.load({}, environment=given)
    assert refused.value.field == field


def test_a_wrong_database_url_is_refused_without_showing_its_password() -> None:
    with pytest.raises(Misconfigured, match="postgresql://user:password@host") as refused:
        config.load({}, environment={"OFFHOOK_DATABASE_URL": "mysql://offhook:s3cret@db/offhook"})
    assert "s3cret" not in refused.value.detail


def test_the_port_of_mail_follows_from_how_it_is_encrypted() -> None:
    ports = {"starttls": 587, "tls": 465, "none": 25}
    for how, port in ports.items():
        smtp = config.load({}, environment={**MAIL, "OFFHOOK_SMTP_TLS": how}).smtp
        assert smtp is not None
        assert (smtp.security, smtp.port) == (how, port)
    assert config.load({}, environment={}).smtp is None


def test_a_password_may_go_unencrypted_to_this_machine_only() -> None:
    here = {**MAIL, **LOGIN, "OFFHOOK_SMTP_TLS": "none", "OFFHOOK_SMTP_HOST": "127.0.0.1"}
    assert config.load({}, environment=here).smtp is not None


def test_a_list_is_written_with_commas_in_the_environment() -> None:
    given = {"OFFHOOK_TURN_URLS": "turn:a, turn:b", "OFFHOOK_TURN_SECRET": "s"}
    assert config.load({}, environment=given).turn_urls == ("turn:a", "turn:b")


def test_the_sample_says_the_defaults_and_every_key_is_explained() -> None:
    lines = config.sample().splitlines()
    names = [key.name for key in config.declared()]
    settings = [
        line[2:] for line in lines if any(line.startswith(f"# {name} = ") for name in names)
    ]
    assert config.load(tomllib.loads("\n".join(settings)), environment={}) == config.Config()
    assert all(key.help for key in config.declared())


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    file = tmp_path / "offhook.toml"
    file.write_text("port 8080")
    with pytest.raises(Misconfigured, match="not TOML"):
        config.load({}, file=file, environment={})
