"""What the description of the API says of every operation: the one error shape."""

from drf_spectacular.utils import OpenApiResponse

_SHAPE = {"$ref": "#/components/schemas/Error"}


def error_response(description: str) -> OpenApiResponse:
    """An error that only some operations can answer with, in the one shape."""
    return OpenApiResponse(_SHAPE, description)


ERROR = {
    "type": "object",
    "description": "The one shape of every error.",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "string", "description": "For programs: stays the same in every language.", "example": "invalid"},
                "message": {"type": "string", "description": "For people."},
                "fields": {
                    "type": "object",
                    "description": "What is wrong, by field of the request.",
                    "additionalProperties": {"type": "array", "items": {"type": "string"}},
                },
            },
            "required": ["code", "message", "fields"],
        },
        "answer": {
            "allOf": [{"$ref": "#/components/schemas/Answer"}],
            "description": "With the code `already_answered` only: the answer that counts.",
        },
    },
    "required": ["error"],
}
EVERYWHERE = {
    "401": "Nobody is signed in, or the token opens nothing.",
    "403": "The session's request came without its CSRF token.",
    "429": "Too many requests; `Retry-After` says for how many seconds to wait.",
}
WITH_INPUT = {
    "400": "Some values need a change; nothing was saved.",
    "413": "The body is too large.",
    "415": "The body is not `application/json`.",
}
WITH_KEY = {"404": "Nothing that the member may read or change has this address."}


def document_errors(result, generator, request, public):
    """Adds the error shape, and the errors that each operation can answer with, to the description."""
    result["components"].setdefault("schemas", {})["Error"] = ERROR
    for path, operations in result["paths"].items():
        for operation in operations.values():
            known = EVERYWHERE | (WITH_KEY if "{" in path else {}) | (WITH_INPUT | WITH_KEY if "requestBody" in operation else {})
            for status, description in sorted(known.items()):
                content = {"application/json": {"schema": _SHAPE}}
                operation["responses"].setdefault(status, {"description": description, "content": content})
    return result
