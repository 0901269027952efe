"""How a task, a reservation or an agent is written down and read again."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from offhook.core.machine import Machine


class Kept(Machine):
    """A machine that is stored: `KEPT` names the fields that are not derived from others.

    Their values are such that JSON can hold; a subclass that has others overrides `_write` and
    `_read`.
    """

    KEPT: ClassVar[tuple[str, ...]] = ()

    def snapshot(self) -> dict[str, Any]:
        """All that is kept of it, as JSON has it; later changes do not reach it."""
        written = {name: self._write(name, getattr(self, name)) for name in self.KEPT}
        return {**written, "state": self.state.value, "deadline": self.deadline}

    @classmethod
    def restored(cls, snapshot: dict[str, Any]) -> Self:
        """The machine as it was when the snapshot was made. A field that is not in it was not kept
        yet, and is as `_derive` sets it."""
        machine = cls.__new__(cls)
        machine._derive()
        for name in cls.KEPT:
            if name in snapshot:
                setattr(machine, name, cls._read(name, snapshot[name]))
        machine.state = type(cls.state)(snapshot["state"])
        machine.deadline = snapshot["deadline"]
        return machine

    def _derive(self) -> None:
        """Set the fields that are not kept, and those that were not kept from the beginning."""

    @classmethod
    def _write(cls, name: str, value: Any) -> Any:
        return _copied(value)

    @classmethod
    def _read(cls, name: str, value: Any) -> Any:
        return _copied(value)


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return dict(value)
    return list(value) if isinstance(value, list) else value
