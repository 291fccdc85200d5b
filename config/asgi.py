"""The ASGI entry of the process for live events. Until the live rooms come it answers its health check, and nothing else."""

HEALTH_PATHS = frozenset({"/healthz", "/events/healthz"})


async def application(scope, receive, send):
    """200 with the body of /healthz for GET and HEAD of the health check, else 404. Asks neither database nor broker."""
    if scope["type"] != "http":
        raise NotImplementedError(f"There is no {scope['type']} here.")
    is_health = scope["path"] in HEALTH_PATHS and scope["method"] in {"GET", "HEAD"}
    body = b'{"status": "ok"}' if is_health else b""
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200 if is_health else 404, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
