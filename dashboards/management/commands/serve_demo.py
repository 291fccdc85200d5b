"""Serves the demo on this machine: web, worker and beat. `make demo` migrates, fills and collects before."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dashboards.demo import server


class Command(BaseCommand):
    help = "Serves the demo on 127.0.0.1 with a worker and beat, until Ctrl-C or SIGTERM."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (default 8000)")

    def handle(self, *args, port, **options):
        if not settings.DEMO:
            raise CommandError("serve_demo runs in demo mode only: start it with `make demo`.")

        def announce():
            address = f"http://{server.HOST}:{port}/"
            self.stdout.write(f"Feedforward runs at {address}")
            self.stdout.write(f"Sign in at {address}demo/ : pick a role, one click. All sign-ins: {address}demo/accounts.json")
            self.stdout.write("Stop it with Ctrl-C.")
            self.stdout.flush()

        try:
            server.serve(server.commands(port, settings.DATA_DIR), port, announce)
        except server.ServingFailed as failure:
            raise CommandError(str(failure)) from failure
        self.stdout.write("Feedforward has stopped.")
