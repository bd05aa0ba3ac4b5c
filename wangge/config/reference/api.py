# SPDX-License-Identifier: Apache-2.0
"""The API's addresses, from its OpenAPI description."""

from collections.abc import Iterator
from typing import Any

from wangge.config.reference.markdown import code, page, table

_METHODS = ("get", "post", "put", "patch", "delete")


def api_page() -> str:
    """docs/reference/api.md. Needs Django loaded."""
    from wangge.exchange.api import api

    document: Any = api.get_openapi_schema()
    return page(
        "The API",
        "the OpenAPI description, itself served at /api/v1/openapi.json",
        "How to call it: [use the API](../how-to/use-the-api.md). What it refuses: [error codes](errors.md); any address "
        "may. Where nothing stands under answers, it is a file.",
        table(["method", "address", "does", "parameters", "answers"], _operations(document)),
    )


def _operations(document: Any) -> Iterator[list[str]]:
    for address, operations in document["paths"].items():
        for method in _METHODS:
            if method in operations:
                one = operations[method]
                given = [p["name"] for p in one.get("parameters", ())]
                body = one.get("requestBody", {}).get("content", {})
                kinds = [f"body `{kind}`" for kind in body]
                yield [
                    method.upper(), f"`{address}`", one.get("summary", ""), ", ".join([*filter(None, [code(*given)]), *kinds]),
                    ", ".join(sorted(str(status) for status in one["responses"] if int(status) < 400)),
                ]  # fmt: skip
