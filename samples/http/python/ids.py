import json
from urllib.request import Request, urlopen

def ids(url="http://localhost:8080/ids/1000"):
    """Hands out one ID after the other, and fetches the next thousand when these are used up."""
    request = Request(url, headers={"Accept": "application/vnd.id-ranges+json"})
    while True:
        with urlopen(request, timeout=5) as answer:
            ranges = json.load(answer)["ranges"]
        for run in ranges:
            yield from range(int(run["first"]), int(run["first"]) + run["count"])

source = ids()
for _ in range(3):
    print(next(source))
