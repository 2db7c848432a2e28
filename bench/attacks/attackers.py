"""attackers.py ATTACK SECONDS PORT [ARGUMENT]...: attacks an agent on loopback for so long, with bounded numbers.

Each attack prints its counts. PORT is the agent's. The attacker's addresses begin at 127.0.0.2; the honest client has
127.0.0.1."""
import http.client
import select
import socket
import ssl
import struct
import sys
import threading
import time

from bench.lib import load

MOST = 100_000  # Connections of one attack.


def dial(port, source="127.0.0.2", lingers=True):
    s = socket.socket()
    s.settimeout(2)
    s.bind((source, 0))
    if not lingers:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.connect(("127.0.0.1", port))
    return s


def resets(until, port):
    """Connections that are reset before they are accepted."""
    done = 0
    while time.monotonic() < until and done < MOST:
        try:
            dial(port, lingers=False).close()
            done += 1
        except OSError:
            time.sleep(0.01)
    return f"{done} connections reset"


def silent(until, port):
    """Silent connections from sixteen addresses, as many as each gets; replaces those that are closed."""
    done, open_ones = 0, []
    while time.monotonic() < until and done < MOST:
        try:
            open_ones.append(dial(port, f"127.0.1.{done % 16 + 1}"))
            done += 1
        except OSError:
            time.sleep(0.01)
        if len(open_ones) > 4096 or time.monotonic() > until:
            open_ones.pop(0).close()
    for s in open_ones:
        s.close()
    return f"{done} silent connections"


def frame(kind, number, head, payload=b""):
    return b"TIDE" + struct.pack("<BBHQIIQ", 8, kind, 0, number, len(head), 0, len(payload)) + head + payload


def hello():
    return frame(1, 0, struct.pack("<H", 6) + b"greedy")


def request(edge_port, cut):
    """Returns the metadata and payload of a request for the tail at that cut, for the model that an edge serves."""
    model = load.model(edge_port)
    size = model["cuts"][cut]["bytes"]
    head = bytes.fromhex(model["digest"]) + struct.pack("<IBQIIBHQB", cut, 0, 4_000_000, 1, 10, 0, 1, size, 0)
    return head, bytes(size)


def linked(port, files):
    """Returns a connection to a cloud, after the greeting; with TLS if there are a certificate and a key."""
    s = dial(port)
    if files:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.load_cert_chain(*files)
        s = context.wrap_socket(s)
    s.sendall(hello())
    return s


def greedy(until, port, edge_port, cut, count, reads, *files):
    """One edge with that many connections, each of which asks without pause, and reads its answers or does not."""
    head, payload = request(int(edge_port), int(cut))
    sent = [0] * int(count)

    def ask(which):
        s = linked(port, files)
        while time.monotonic() < until and sent[which] < MOST:
            ready, free, _ = select.select([s] if reads == "reads" else [], [s], [], 0.5)
            if ready:
                s.recv(1 << 20)
            if free:
                s.sendall(frame(3, sent[which] + 1, head, payload))
                sent[which] += 1

    def guarded(which):
        while time.monotonic() < until:
            try:
                ask(which)
            except OSError:
                time.sleep(0.05)

    threads = [threading.Thread(target=guarded, args=(i,)) for i in range(int(count))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return f"{sum(sent)} requests over {count} connections"


def chunks(until, port, network):
    """Six bodies at once of 30 MB in chunks of one byte."""
    done = [0] * 6

    def post(which):
        while time.monotonic() < until:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2, source_address=("127.0.0.2", 0))
                connection.putrequest("POST", f"/v2/models/{network}/infer")
                connection.putheader("Transfer-Encoding", "chunked")
                connection.endheaders()
                for _ in range(30_000):
                    if time.monotonic() > until:
                        break
                    connection.send(b"1\r\nx\r\n" * 1000)
                    done[which] += 1000
                connection.close()
            except OSError:
                time.sleep(0.01)

    threads = [threading.Thread(target=post, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return f"{sum(done) / 1e6:.1f} MB in chunks of one byte"


if __name__ == "__main__":
    attack, seconds, at, *more = sys.argv[1:]
    attacks = {"resets": resets, "silent": silent, "greedy": greedy, "chunks": chunks}
    print(attacks[attack](time.monotonic() + float(seconds), int(at), *more))
