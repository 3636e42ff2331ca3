const ranges = { Accept: "application/vnd.id-ranges+json" };

// Hands out one ID after the other, and fetches the next thousand when these are used up.
async function* ids(url = "http://localhost:8080/ids/1000") {
  for (;;) {
    const answer = await fetch(url, { headers: ranges });
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    for (const { first, count } of (await answer.json()).ranges)
      for (let i = 0n; i < count; i++) yield BigInt(first) + i;
  }
}

const source = ids();
for (let i = 0; i < 3; i++) console.log(`${(await source.next()).value}`);
