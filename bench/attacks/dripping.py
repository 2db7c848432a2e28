"""dripping.py PORT DRIP: a proxy before the cloud at PORT that passes all bytes both ways. While the file DRIP exists, it passes
one byte per second of the cloud's. Prints its port."""
import os
import socket
import sys
import threading
import time


def pass_on(source, sink, drips):
    try:
        while data := source.recv(1 if drips and os.path.exists(sys.argv[2]) else 65536):
            if drips and os.path.exists(sys.argv[2]):
                sink.sendall(data[:1])
                time.sleep(1)
                data = data[1:]
            sink.sendall(data)
    except OSError:
        pass
    for one in (source, sink):
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


listener = socket.create_server(("127.0.0.1", 0))
print(f"dripping on 127.0.0.1:{listener.getsockname()[1]}", flush=True)
while True:
    edge, _ = listener.accept()
    cloud = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
    for one in (edge, cloud):
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    threading.Thread(target=pass_on, args=(edge, cloud, False), daemon=True).start()
    threading.Thread(target=pass_on, args=(cloud, edge, True), daemon=True).start()
