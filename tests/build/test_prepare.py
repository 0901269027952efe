"""Each step is made once, again when what it is made from changed, and never left half done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import prepare
from scripts.prepare import Failed, Shell, Step, make

pytestmark = pytest.mark.integration


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout whose name has a space."""
    root = tmp_path / "a checkout"
    (root / ".make").mkdir(parents=True)
    monkeypatch.setattr(prepare, "ROOT", root)
    monkeypatch.setattr(prepare, "STAMPS", root / ".make")
    (root / "source").write_text("one", encoding="utf-8")
    return root


def copying(root: Path) -> Step:
    """A step that copies `source` to `result` and counts its runs in `runs`."""
    return step(
        root, lambda shell: shell.run("sh", "-c", "cp source result; echo >> runs", at=root)
    )


def step(root: Path, do: Callable[[Shell], None]) -> Step:
    return Step("copy", "Copy", [root / "source"], ["a fact"], [root / "result"], do)


def runs(root: Path) -> int:
    return len((root / "runs").read_text(encoding="utf-8").splitlines())


def test_a_step_is_made_once(checkout: Path) -> None:
    make(copying(checkout))
    make(copying(checkout))
    assert runs(checkout) == 1


def test_a_step_is_made_again_when_its_source_changed(checkout: Path) -> None:
    make(copying(checkout))
    (checkout / "source").write_text("two", encoding="utf-8")
    make(copying(checkout))
    assert (checkout / "result").read_text(encoding="utf-8") == "two"


def test_a_source_that_is_only_newer_changes_nothing(checkout: Path) -> None:
    make(copying(checkout))
    (checkout / "source").touch()
    make(copying(checkout))
    assert runs(checkout) == 1


def test_a_step_is_made_again_when_its_result_is_gone(checkout: Path) -> None:
    make(copying(checkout))
    (checkout / "result").unlink()
    make(copying(checkout))
    assert runs(checkout) == 2


def test_a_failed_step_shows_why_and_is_made_again(checkout: Path) -> None:
    make(copying(checkout))
    (checkout / "source").write_text("two", encoding="utf-8")
    broken = step(checkout, lambda shell: shell.run("sh", "-c", "echo no space left; exit 3"))
    with pytest.raises(Failed, match=r"no space left\nsh exited with 3; all of it: .make/copy.log"):
        make(broken)
    make(copying(checkout))
    assert runs(checkout) == 2


def test_a_step_that_made_nothing_has_failed(checkout: Path) -> None:
    with pytest.raises(Failed, match="copy left no result"):
        make(step(checkout, lambda shell: None))


def test_a_command_that_is_not_there_is_named(checkout: Path) -> None:
    absent = step(checkout, lambda shell: shell.run("offhook-absent"))
    with pytest.raises(Failed, match="offhook-absent"):
        make(absent)


@pytest.mark.parametrize(("version", "found"), [("v24.1.0", "v24.1.0"), ("v20.20.2", ""), ("", "")])
def test_the_node_of_the_machine_is_used_when_it_is_new_enough(
    version: str, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert prepare.system_node() == found


def test_a_node_without_npm_is_no_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "node").write_text("#!/bin/sh\necho v24.1.0\n", encoding="utf-8")
    (tmp_path / "node").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert prepare.system_node() == ""


def test_a_goal_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert prepare.main(["everything"]) == 2
    assert "run|test|lock" in capsys.readouterr().err
