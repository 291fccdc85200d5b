"""The web processes: gunicorn with threads, its lines written as all others, its metrics in a directory in common."""

import os
import select
import shutil
import tempfile

from gunicorn.workers.gthread import ThreadWorker


class DrainingWorker(ThreadWorker):
    """Answers what has come in before it stops, and lets go of its sockets first.

    gunicorn's own keeps them until its last answer is out: what reaches them meanwhile is cut off unread, and a proxy may not
    send a form a second time. Refused at once, the proxy asks another process.
    """

    def set_accept_enabled(self, enabled):
        if self.alive:
            super().set_accept_enabled(enabled)
            return
        while waiting := select.select(self.sockets, [], [], 0)[0]:
            for listener in waiting:
                self.accept(listener)
        super().set_accept_enabled(False)
        for listener in self.sockets:
            listener.close()
        self.sockets = []


wsgi_app = "config.wsgi:application"
bind = os.environ.get("WEB_BIND", "0.0.0.0:8000")
worker_class = DrainingWorker
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# A request in hand at SIGTERM or SIGHUP is answered; the container's stop_grace_period is longer.
graceful_timeout = 30
timeout = 60
# Heartbeats of workers are files: never on a disk that may be slow.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - memory, in every container
# The proxy is the only one that reaches us, at whatever address it has.
forwarded_allow_ips = "*"
control_socket_disable = True

accesslog = "-"
# The whole text passes config/logs.py, which takes keys out of addresses. No query, no client, no referring page.
access_log_format = "%(m)s %(U)s"
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "config.logs.formatter"}},
    "handlers": {
        "errors": {"class": "logging.StreamHandler", "formatter": "line"},
        "access": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stdout"},
    },
    "root": {"handlers": ["errors"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"handlers": ["errors"], "level": "INFO", "propagate": False},
        "gunicorn.access": {"handlers": ["access"], "level": "INFO", "propagate": False},
    },
}

# All workers count into files of one directory, so that each of them can answer for all. A worker that has ended still counts.
own_metrics = None
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    own_metrics = os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="feedforward-metrics-")


def on_exit(server):
    """The counts begin anew with the next start. A directory that the operator named is the operator's."""
    if own_metrics:
        shutil.rmtree(own_metrics, ignore_errors=True)
