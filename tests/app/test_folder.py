"""The data folder keeps its key to itself and a second server out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from offhook.app.folder import DataFolder
from offhook.core.errors import Misconfigured

pytestmark = pytest.mark.unit


def test_the_master_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "data")
    folder.make()
    key = folder.master_key()
    assert len(key) == 32
    assert DataFolder(tmp_path / "data").master_key() == key
    assert (folder.path / "master.key").stat().st_mode & 0o777 == 0o600


def test_a_store_without_its_master_key_is_not_given_a_new_one(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.store.touch()
    with pytest.raises(Misconfigured, match="backup"):
        folder.master_key()


def test_a_database_that_was_sealed_before_is_not_given_a_new_master_key(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="database offhook on db:5432"):
        DataFolder(tmp_path).master_key("database offhook on db:5432")
    assert list(tmp_path.iterdir()) == []


def test_processes_that_start_together_have_one_master_key(tmp_path: Path) -> None:
    folders = [DataFolder(tmp_path) for _ in range(8)]
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(DataFolder.master_key, folders))
    assert len(keys) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["master.key"]


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with (
        folder.locked(),
        pytest.raises(Misconfigured, match="Another Offhook server"),
        DataFolder(tmp_path).locked(),
    ):
        raise AssertionError("both hold the folder")
    with folder.locked():
        assert folder.path == tmp_path


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Misconfigured, match="data folder"):
        DataFolder(tmp_path / "file" / "data").make()
