"""Django's backend of PostgreSQL, with a look at kept connections that costs no trip to the server."""

import select

from django.db.backends.postgresql import base
from psycopg2.extensions import TRANSACTION_STATUS_INERROR


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self):
        """Whether the connection still leads to its server, and takes statements.

        A server that ends a connection says so, and its end of the line closes: bytes wait that nobody asked for. Where none
        wait, Django's question, a statement before the first one of every request, would get its answer.
        """
        if self.connection is None or self.connection.closed:
            return False
        if self.connection.get_transaction_status() == TRANSACTION_STATUS_INERROR:
            return False
        unasked = select.poll()
        unasked.register(self.connection.fileno(), select.POLLIN)
        # A notice, or a ticket of TLS, is no end: then the server is asked.
        return not unasked.poll(0) or super().is_usable()
