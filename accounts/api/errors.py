"""One error shape: {"error": {"code", "message", "fields": {name: [messages]}}}."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler


class Conflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


def one_error_shape(exception, context):
    """The response for an exception, or None for one that is a fault of ours."""
    if isinstance(exception, PermissionDenied):
        exception = exceptions.PermissionDenied()
    if isinstance(exception, Http404):
        exception = exceptions.NotFound()
    response = exception_handler(exception, context)
    if response is None:
        return None
    fields: dict[str, list[str]] = {}
    if isinstance(exception, exceptions.ValidationError):
        code, message = "invalid", _("Some values need a change; nothing was saved.")
        if isinstance(response.data, dict):
            fields = {name: _as_texts(problems) for name, problems in response.data.items()}
        else:
            fields = {"": _as_texts(response.data)}
    else:
        code, message = exception.default_code, str(exception.detail)
    headers = {name: value for name, value in response.items() if name in {"WWW-Authenticate", "Retry-After"}}
    return Response({"error": {"code": code, "message": message, "fields": fields}}, status=response.status_code, headers=headers)


def _as_texts(problems) -> list[str]:
    if isinstance(problems, dict):
        return [f"{name}: {text}" for name, inner in problems.items() for text in _as_texts(inner)]
    if isinstance(problems, list):
        return [text for inner in problems for text in _as_texts(inner)]
    return [str(problems)]
