"""Redis as the broker of Celery, whose connection may be lost while a worker has a task in hand."""

from kombu.transport import TRANSPORT_ALIASES
from kombu.transport import redis as kombu_redis
from redis.exceptions import ConnectionError as RedisConnectionError


class Channel(kombu_redis.Channel):
    """A channel that calls a lost connection a lost connection.

    When a connection breaks, Kombu 5.7 closes it twice. At the second time the channel wants to give back what the worker
    has in hand, and looks for the address of a connection that is none any more: its AttributeError ended the worker.
    A ConnectionError is what Kombu expects there and passes over. What was in hand comes back after its visibility timeout.
    """

    def _connparams(self, asynchronous=False):
        if self.connection.client is None:
            raise RedisConnectionError("The connection to the broker is closed.")
        return super()._connparams(asynchronous=asynchronous)


class Transport(kombu_redis.Transport):
    """Kombu's, with our channels."""

    Channel = Channel


def use_for_redis() -> None:
    """From now on addresses that start with redis:// or rediss:// lead here."""
    TRANSPORT_ALIASES.update(redis="config.broker:Transport", rediss="config.broker:Transport")
