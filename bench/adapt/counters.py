"""counters.py URL: what an agent counted since it began, as JSON: moves, races, races that its own tail won."""
import json
import sys
import urllib.request

with urllib.request.urlopen(sys.argv[1] + "/api/status", timeout=20) as answer:
    model = json.load(answer)["models"][0]
print(json.dumps({"moves": model["moves"], "races": model["races"]["begun"], "races_won": model["races"]["won_by_edge"]}))
