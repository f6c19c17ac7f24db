"""Prints the API's own description, from which the console's types are made: `make types`.

Every error has the same shape, so the one problem stands for all of them, and an answer that can
also be a file is the JSON one here; the file of types is a third of what it would be.
"""

import json
import sys
from typing import Any

from zhisuan.api.app import create_app


def brief(document: dict[str, Any]) -> dict[str, Any]:
    """The description with one answer for every error and one form of every answer."""
    for operations in document["paths"].values():
        for operation in operations.values():
            answers = operation["responses"]
            problem = answers["404"]
            kept = {status: told for status, told in answers.items() if status < "400"}
            for told in kept.values():
                told["content"] = _json_first(told.get("content", {}))
            operation["responses"] = {**kept, "default": problem}
    return _plain_lists(document)


def _plain_lists(part: Any) -> Any:  # noqa: ANN401  any JSON
    """Pairs as lists: the typed client of the console takes every list for one of any length."""
    if isinstance(part, list):
        return [_plain_lists(each) for each in part]
    if not isinstance(part, dict):
        return part
    if "prefixItems" in part:
        part = {**part, "items": {"anyOf": part["prefixItems"]}}
        part = {key: each for key, each in part.items() if key not in _PAIR}
    return {key: _plain_lists(each) for key, each in part.items()}


_PAIR = {"prefixItems", "minItems", "maxItems"}


def _json_first(content: dict[str, Any]) -> dict[str, Any]:
    kind = "application/json"
    return {kind: content[kind]} if kind in content else content


if __name__ == "__main__":
    json.dump(brief(create_app(None).openapi()), sys.stdout, ensure_ascii=False, sort_keys=True)  # type: ignore[arg-type]
