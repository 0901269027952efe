"""The Grafana dashboard shows figures that exist."""

from __future__ import annotations

import json
import re

import pytest

from media.figures import MediaFigures
from offhook.core.lag import LoopLag
from offhook.core.telemetry import Metrics
from offhook.core.webhooks.figures import DeliveryFigures
from signalling.services.figures import Figures
from tests.build.compose import ROOT

pytestmark = pytest.mark.unit

DASHBOARD = json.loads((ROOT / "deploy" / "grafana" / "offhook.json").read_text(encoding="utf-8"))
_NAME = re.compile(r"\b(?:offhook|process)_\w+")
_SERIES = re.compile(r"_(?:bucket|count|sum)$")


def exported() -> dict[str, set[str]]:
    """Every figure of every role, with its labels."""
    metrics = Metrics()
    for make in (Figures, MediaFigures, LoopLag, DeliveryFigures):
        make(metrics)
    names: dict[str, set[str]] = {}
    for made in metrics._made.values():
        family = next(iter(made.describe()))
        suffix = "_total" if family.type == "counter" else ""
        names[f"{family.name}{suffix}"] = set(made._labelnames)
    return names


@pytest.mark.parametrize("panel", DASHBOARD["panels"], ids=lambda panel: panel["title"])
def test_a_panel_asks_for_what_is_exported(panel: dict[str, object]) -> None:
    known = exported()
    targets = panel["targets"]
    assert isinstance(targets, list)
    assert targets
    for target in targets:
        for name in _NAME.findall(target["expr"]):
            assert name.startswith("process_") or _SERIES.sub("", name) in known, name


def test_panels_do_not_overlap() -> None:
    cells: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        mine = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not mine & cells, panel["title"]
        cells |= mine
    assert max(x for x, _ in cells) == 23
