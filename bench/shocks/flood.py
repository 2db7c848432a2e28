"""flood.py MODEL COUNT SECONDS: a closed loop over several keep-alive connections, as fast as the agent answers; prints the
result as JSON."""
import json
import select
import socket
import sys
import time

from bench.lib import agents
from bench.shocks.door import Door

CONNECTIONS = 8


class Line:
    """One connection with one request under way."""

    def __init__(self, request):
        self.request, self.got, self.wanted = request, bytearray(), None
        self.socket = socket.create_connection(("127.0.0.1", agents.HTTP))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self):
        self.got.clear()
        self.wanted = None
        self.socket.sendall(self.request)

    def receive(self):
        """Returns the status if the answer is complete, else None."""
        piece = self.socket.recv(65536)
        if not piece:
            sys.exit("shocks: the agent hung up")
        self.got += piece
        if self.wanted is None:
            head = self.got.find(b"\r\n\r\n")
            if head < 0:
                return None
            at = self.got.lower().find(b"content-length:", self.got.find(b"\r\n"))
            while self.got[at - 1:at] != b"\n":  # Not that of the inference header.
                at = self.got.lower().find(b"content-length:", at + 1)
            self.wanted = head + 4 + int(self.got[at + 15:self.got.find(b"\r", at)])
        return int(self.got[9:12]) if len(self.got) >= self.wanted else None


def request_to(model):
    door = Door(model)
    headers, body = door.message({})
    lines = [f"POST {door.path} HTTP/1.1", f"Host: 127.0.0.1:{agents.HTTP}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def flood(model, count, longest):
    request = request_to(model)
    lines = {line.socket.fileno(): line for line in (Line(request) for _ in range(CONNECTIONS))}
    poll = select.epoll()
    for number, line in lines.items():
        poll.register(number, select.EPOLLIN)
        line.send()
    began, answered, lost = time.monotonic(), 0, 0
    while answered < count and time.monotonic() < began + longest:
        for number, _ in poll.poll(1):
            status = lines[number].receive()
            if status is not None:
                answered += 1
                lost += status != 200
                lines[number].send()
    return {"answered": answered, "lost": lost, "seconds": time.monotonic() - began}


if __name__ == "__main__":
    print(json.dumps(flood(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))))
