"""One error shape: {"error": {"code", "message", "fields": {name: [messages]}}}."""

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler


class Conflict(exceptions.APIException):
    """The request cannot go with what stands there. `beside` is told next to the error, such as the answer that counts."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"

    def __init__(self, detail: str, code: str, **beside):
        super().__init__(detail, code)
        self.beside = beside


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


def one_error_shape(exception, context):
    """The response for an exception, or None for one that is a fault of ours."""
    if isinstance(exception, PermissionDenied):
        exception = exceptions.PermissionDenied()
    if isinstance(exception, Http404):
        exception = exceptions.NotFound()
    if isinstance(exception, RequestDataTooBig):
        exception = TooLarge(_("The request is larger than %(limit)d bytes.") % {"limit": settings.DATA_UPLOAD_MAX_MEMORY_SIZE})
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
        code, message = exception.get_codes(), str(exception.detail)
    headers = {name: value for name, value in response.items() if name in {"WWW-Authenticate", "Retry-After"}}
    error = {"error": {"code": code, "message": message, "fields": fields}}
    return Response(error | getattr(exception, "beside", {}), status=response.status_code, headers=headers)


def _as_texts(problems) -> list[str]:
    if isinstance(problems, dict):
        return [f"{name}: {text}" for name, inner in problems.items() for text in _as_texts(inner)]
    if isinstance(problems, list):
        return [text for inner in problems for text in _as_texts(inner)]
    return [str(problems)]
