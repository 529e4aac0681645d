"""What channels that lead to one host share: connections, and turns."""

from __future__ import annotations

import asyncio
from typing import Any

from alerts.channels.webhook import Webhook, WebhookOptions
from alerts.lines import AT_ONCE
from spacepact.settings import Outbound, Settings

SECRET = "whsec_c3BhY2VwYWN0LXRlc3Qtc2VjcmV0LTAx"


class Receiver:
    """An HTTP server that keeps connections open, takes a moment to answer, and counts."""

    connections = under_way = most = taken = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.under_way += 1
                self.most = max(self.most, self.under_way)
                await reader.readexactly(int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]))
                await asyncio.sleep(0.01)
                self.under_way -= 1
                self.taken += 1
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        except asyncio.IncompleteReadError:
            writer.close()


def webhook(port: int, number: int) -> Webhook:
    options = WebhookOptions.model_validate({"url": f"http://127.0.0.1:{port}/{number}", "secret": SECRET})
    return Webhook(f"hook{number}", options, Settings(outbound=Outbound(private_hosts=("127.0.0.1",))))


def test_channels_that_lead_to_one_host_share_a_few_connections_and_take_turns(make: Any) -> None:
    receiver = Receiver()

    async def one(port: int, number: int) -> str:
        channel = webhook(port, number)
        async with channel.session() as send, channel.turn():
            return (await send(make.message())).answer

    async def all_at_once() -> list[str]:
        async with await asyncio.start_server(receiver.serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await asyncio.gather(*(one(port, number) for number in range(AT_ONCE * 5)))

    assert set(asyncio.run(all_at_once())) == {"200 ok"}
    assert (receiver.taken, receiver.most) == (AT_ONCE * 5, AT_ONCE)
    assert receiver.connections == AT_ONCE


def test_a_session_keeps_its_connection_and_leaves_none_behind(make: Any) -> None:
    receiver = Receiver()

    async def run() -> int:
        async with await asyncio.start_server(receiver.serve, "127.0.0.1", 0) as server:
            channel = webhook(server.sockets[0].getsockname()[1], 1)
            async with channel.session() as send:
                for _ in range(5):
                    await send(make.message())
            kept = receiver.connections
            await channel.send(make.message())
            return kept

    assert (asyncio.run(run()), receiver.connections, receiver.taken) == (1, 2, 6)
