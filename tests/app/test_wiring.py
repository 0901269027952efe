"""What operators set reaches the parts that are meant."""

from __future__ import annotations

import pytest

from offhook.app.config import Config
from offhook.app.wiring import signalling_settings

pytestmark = pytest.mark.unit


def test_every_setting_that_signalling_knows_by_the_same_name_reaches_it() -> None:
    config = Config(
        demo=False,
        public_url="https://calls.example.com",
        media_port=7,
        allowed_origins=("https://shop.example.com",),
        trusted_proxies=("192.0.2.1",),
        max_participants=8,
        empty_timeout=9,
        departure_timeout=10,
        resume_window=11,
        turn_urls=("turn:turn.example.com:3478",),
        turn_secret="shared",
        webhook_allowed_addresses=("10.0.0.0/8",),
    )
    settings = signalling_settings(config)
    shared = set(config.__struct_fields__) & set(settings.__struct_fields__)
    assert {"trusted_proxies", "turn_secret"} <= shared
    assert {n: getattr(settings, n) for n in shared} == {n: getattr(config, n) for n in shared}
