"""Writes TypeScript types from msgspec structs, so that the web client cannot disagree with us."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

_REF = "#/$defs/{name}"


def interfaces(types: Iterable[type[Struct]]) -> str:
    """One exported interface for each struct and for whatever it refers to, in order of name."""
    _, components = msgspec.json.schema_components(types, ref_template=_REF)
    return "\n\n".join(_interface(name, components[name]) for name in sorted(components))


def command_map(commands: Mapping[str, tuple[type[Struct], type[Struct] | None]]) -> str:
    """`interface Commands`: by event name, what is sent and what the ack carries."""
    lines = [
        f"  {name}: {{ send: {sent.__name__}; reply: {reply.__name__ if reply else 'null'} }};"
        for name, (sent, reply) in commands.items()
    ]
    return "\n".join(["export interface Commands {", *lines, "}"])


def event_map(events: Mapping[str, type[Struct]]) -> str:
    """`interface Events`: by event name, what the server sends."""
    lines = [f"  {name}: {sent.__name__};" for name, sent in events.items()]
    return "\n".join(["export interface Events {", *lines, "}"])


def _interface(name: str, schema: dict[str, Any]) -> str:
    lines = _comment(schema.get("description", ""), "")
    required = set(schema.get("required", ()))
    lines.append(f"export interface {name} {{")
    for field, inner in schema.get("properties", {}).items():
        mark = "" if field in required else "?"
        lines.append(f"  {field}{mark}: {_type(inner)};")
    return "\n".join([*lines, "}"])


def _comment(text: str, indent: str) -> list[str]:
    if not text:
        return []
    body = [f"{indent} * {line.strip()}".rstrip() for line in text.strip().split("\n")]
    return [f"{indent}/**", *body, f"{indent} */"]


def _type(schema: Any) -> str:
    if schema is True or not schema:
        return "unknown"
    if "$ref" in schema:
        return re.sub(r".*/", "", schema["$ref"])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(option) for option in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(f'"{value}"' for value in schema["enum"])
    if "const" in schema:
        return f'"{schema["const"]}"'
    match schema.get("type"):
        case "array":
            inner = _type(schema.get("items", True))
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        case "object":
            return f"Record<string, {_type(schema.get('additionalProperties', True))}>"
        case "integer" | "number":
            return "number"
        case "boolean":
            return "boolean"
        case "null":
            return "null"
        case "string":
            return "string"
        case _:
            return "unknown"
