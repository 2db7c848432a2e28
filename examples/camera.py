#!/usr/bin/env python3
"""A camera with a deadline: examples/camera.py URL MODEL FOLDER [FRAMES_PER_SECOND] [DEADLINE_MS]

Sends the JPEGs of a folder, by the order of their names. The agent must serve the model with --image. In place of
frames(), read your camera.
"""
import collections
import http.client
import json
import pathlib
import statistics
import sys
import time
import urllib.parse

URL, MODEL, FOLDER = sys.argv[1:4]
PERIOD = 1 / float(sys.argv[4] if len(sys.argv) > 4 else 10)
DEADLINE_MS = float(sys.argv[5] if len(sys.argv) > 5 else 500)


def frames():
    for file in sorted(pathlib.Path(FOLDER).glob("*.jp*g")):
        yield file.read_bytes()


# One connection for all frames. As frames of one stream, they may cross the link as differences to earlier ones.
server = http.client.HTTPConnection(urllib.parse.urlsplit(URL).netloc, timeout=30)
asked = urllib.parse.urlencode({"sequence_id": "camera-1", "timeout": int(DEADLINE_MS * 1000)})
placements, times, dropped = collections.Counter(), [], 0
due = time.monotonic()
for frame in frames():
    if time.monotonic() > due + PERIOD:  # The next frame is there already, and worth more than this one.
        dropped, due = dropped + 1, due + PERIOD
        continue
    time.sleep(max(0, due - time.monotonic()))
    due += PERIOD
    began = time.monotonic()
    server.request("POST", f"/v2/models/{MODEL}/infer?{asked}", frame, {"Content-Type": "image/jpeg"})
    answer = server.getresponse()
    body = json.loads(answer.read())
    if answer.status == 503:  # No plan can answer by the deadline, or too much waits: the next frame may do better.
        dropped += 1
    elif answer.status != 200:
        sys.exit(body["error"])
    else:
        times.append(time.monotonic() - began)
        placements[body["parameters"]["placement"]] += 1

middle = f"{1000 * statistics.median(times):.1f} ms" if times else "none"
print(f"{len(times)} answered, {dropped} dropped; median {middle}; {dict(placements)}")
