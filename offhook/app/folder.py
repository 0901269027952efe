"""The data folder: the store, the master key, and a lock that keeps a second server out."""

from __future__ import annotations

import fcntl
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from offhook.core.errors import Misconfigured

_KEY_BYTES = 32


class DataFolder:
    """One folder on disk, readable by its owner only."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    @property
    def store(self) -> Path:
        """The SQLite file."""
        return self.path / "offhook.db"

    @property
    def files(self) -> Path:
        """The files that are sent in chats."""
        return self.path / "files"

    def make(self) -> None:
        """Make the folder when it is missing; raise `Misconfigured` when that cannot be."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Misconfigured(
                f"Cannot make the data folder {self.path}: {error.strerror}. "
                "Choose another with --data-dir or OFFHOOK_DATA_DIR.",
                field="data_dir",
            ) from error

    @property
    def master_key_path(self) -> Path:
        """The file of the master key."""
        return self.path / "master.key"

    def master_key(self, sealed_in: str = "") -> bytes:
        """The 32 bytes that secrets and personal data are sealed with; made at the first call.

        `sealed_in`: the database elsewhere that holds what is sealed already; then no other key
        is made. Whoever has the store and this file can read both: back them up apart.
        """
        path = self.master_key_path
        try:
            key = path.read_bytes()
        except FileNotFoundError:
            return self._new_master_key(path, sealed_in)
        except OSError as error:
            raise Misconfigured(f"Cannot read {path}: {error.strerror}.") from error
        if len(key) != _KEY_BYTES:
            raise Misconfigured(f"{path} is not a master key: it has {len(key)} bytes, not 32.")
        return key

    def _new_master_key(self, path: Path, sealed_in: str) -> bytes:
        """Make it whole at once: of two processes that start together, one makes it for both."""
        if self.store.exists() or sealed_in:
            raise Misconfigured(
                f"{path} is missing, and without it the secrets in {sealed_in or self.store} "
                "cannot be opened. Put it back from your backup, or from the data folder of "
                "another process on the same store.",
                code="no_master_key",
                field="data_dir",
            )
        descriptor, name = tempfile.mkstemp(dir=self.path, prefix=f"{path.name}.")
        draft = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return path.read_bytes()
        finally:
            draft.unlink()
        return path.read_bytes()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for this process; raise `Misconfigured` when another one has it."""
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise Misconfigured(
                    f"Another Offhook server already uses the data folder {self.path}. "
                    "Stop it, or give this one a folder of its own with --data-dir.",
                    field="data_dir",
                ) from error
            yield
        finally:
            os.close(descriptor)
