"""A TCP proxy whose faults a test switches on and off."""

import asyncio
import contextlib
import socket
import struct
import threading
from contextlib import contextmanager


class FaultProxy:
    """Stands on `port` of 127.0.0.1 in front of `target`. All faults hold for both directions.

    Bytes swallowed are gone: the connection they belonged to stays open and silent, as after a lost route.
    """

    def __init__(self, target: tuple[str, int]):
        self.target = target
        self.delay_seconds = 0.0
        self.is_swallowing = False
        self.accepted = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._listening: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)
        self._thread.start()
        self.port = 0
        self._run(self._listen())

    def refuse(self) -> None:
        """Refuses new connections and resets those that are open."""
        self._run(self._unlisten())
        self.reset()

    def recover(self) -> None:
        """Ends every fault. What was swallowed stays lost."""
        self.delay_seconds = 0.0
        self.is_swallowing = False
        if self._listening is None:
            self._run(self._listen())

    def swallow(self) -> None:
        """Accepts connections and bytes, and says nothing."""
        self.is_swallowing = True

    def delay(self, seconds: float) -> None:
        """Hands on each piece of data only after this time."""
        self.delay_seconds = seconds

    def cut(self) -> None:
        """Closes the open connections in good order; new ones are served."""
        self._run(self._close_all())

    def reset(self) -> None:
        """Resets the open connections, as a crashed machine does; new ones are served."""
        self._run(self._close_all(at_once=True))

    def stop(self) -> None:
        self._run(self._unlisten())
        self._run(self._end_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _listen(self) -> None:
        self._listening = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def _unlisten(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None

    async def _serve(self, reader, writer) -> None:
        self.accepted += 1
        try:
            target_reader, target_writer = await asyncio.open_connection(*self.target)
        except OSError:
            # Who says nothing needs nobody behind: the connection stays open.
            while self.is_swallowing and await reader.read(65536):
                pass
            writer.close()
            return
        self._writers |= {writer, target_writer}
        try:
            await asyncio.gather(self._pipe(reader, target_writer), self._pipe(target_reader, writer))
        finally:
            self._writers -= {writer, target_writer}

    async def _pipe(self, reader, writer) -> None:
        try:
            while data := await reader.read(65536):
                if self.delay_seconds:
                    await asyncio.sleep(self.delay_seconds)
                if not self.is_swallowing:
                    writer.write(data)
                    await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def _end_tasks(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _close_all(self, *, at_once: bool = False) -> None:
        for writer in list(self._writers):
            if at_once:
                # Closing with data thrown away makes the kernel send a reset.
                # One whose other side has just gone has no socket any more, and nothing to break off.
                with contextlib.suppress(OSError):
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            else:
                writer.close()


@contextmanager
def fault_proxy(host: str, port: int):
    """A proxy in front of this address, without a fault; gone at the end."""
    proxy = FaultProxy((host, port))
    try:
        yield proxy
    finally:
        proxy.stop()
