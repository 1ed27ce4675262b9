"""The bodies of the API described for OpenAPI from the very types that read them."""

from __future__ import annotations

from typing import Any

import msgspec


def body_of(kind: type) -> dict[str, Any]:
    """What ninja adds to an operation whose body is read by msgspec instead of ninja."""
    _, parts = msgspec.json.schema_components([kind], ref_template="#/components/schemas/{name}")
    problem = {"description": "Refused", "content": {"application/problem+json": {"schema": {"type": "object"}}}}
    return {
        "requestBody": {"required": True, "content": {"application/json": {"schema": parts[kind.__name__]}}},
        "responses": {
            "201": {"description": "Done"},
            "200": {"description": "Was done before"},
            **{str(status): problem for status in (400, 401, 403, 404, 409, 412, 413, 415, 422)},
        },
    }
