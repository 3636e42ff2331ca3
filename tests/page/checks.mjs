// What the page must do, in order. Arguments: the first of the ports at which check.sh has started the service, and a directory for the
// browser. Each check is a line, "ok …" or "FAIL …" and what was seen instead.
import { mkdirSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { lowContrasts, nameless } from "./accessibility.mjs";
import { Browser } from "./browser.mjs";
import { Load } from "./load.mjs";

const [port, profile] = process.argv.slice(2);
const at = offset => `http://127.0.0.1:${Number(port) + offset}/`;
const [serving, refusing, silo] = [at(0), at(1), at(2)];
const desk = { width: 1280, height: 800 };
const phone = { width: 360, height: 740, isPhone: true };

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const wait = seconds => new Promise(resolve => setTimeout(resolve, seconds * 1000));

function check(name, isRight, seen = "") {
  console.log(isRight ? `ok   ${name}` : `FAIL ${name}: ${JSON.stringify(seen)}`);
}

const same = (name, seen, expected) => check(name, JSON.stringify(seen) === JSON.stringify(expected), seen);
const like = (name, seen, pattern) => check(name, pattern.test(seen), seen);

/** Has check.sh do something to the service. */
async function ask(what) {
  console.log(`do ${what}`);
  await answers.next();
}

async function picture(page, name) {
  if (!process.env.SCREENSHOTS) return;
  mkdirSync(process.env.SCREENSHOTS, { recursive: true });
  writeFileSync(`${process.env.SCREENSHOTS}/page-${name}.png`, await page.picture());
}

async function issued() {
  const metrics = await (await fetch(`${serving}metrics`)).text();
  return Number(/^id_generator_ids_generated_total\{\} (.+)$/m.exec(metrics)[1]);
}

const readings = page => page.requests.filter(url => url.endsWith("/metrics")).length;

const browser = new Browser(profile);

// Nobody asks for IDs.
const before = await issued();
const page = await browser.open(serving);
await page.show(desk);
like("with one reading there is no rate", await page.textLike("rate", /two|Now/), /^The rate is known after two readings\.$/);
like("it says that the service issues IDs", await page.textLike("state", /Issues/), /^Issues IDs\.$/);
same("it has the worker ID", [await page.text("worker"), await page.value("document.title")], ["1", "Worker 1 – ID generator"]);
like("it has the lease", `${await page.text("held")}, ${await page.text("left")}`, /^yes, [45]\d of 60 s$/);
like("it has engine, version and epoch", `${await page.text("engine")}, ${await page.text("version")}, ${await page.text("epoch")}`,
  /^in-process, \d+\.\d+\.\d+(\+[0-9a-f]{1,7})?, 2024-01-12T13:15:54\.064Z$/);
same("without a cluster there are no other workers", await page.text("others"), "None.");
like("without requests the rate is 0", await page.textLike("rate", /^Now/), /^Now 0 IDs a second/);
same("the page spends no IDs", await issued(), before);

const load = new Load(serving);

// Meanwhile: the box, by keyboard alone.
const keys = async text => {
  await page.value("document.getElementById('id').select()");
  await page.call("Input.insertText", { text });
};
await page.press("Tab");
same("the first stop of the Tab key is the box", await page.value("document.activeElement.id"), "id");
for (const nonsense of ["abc", "-5", "1.5", "9223372036854775808", "٥"]) {
  await keys(nonsense);
  const { error } = await (await fetch(`${serving}decode/${encodeURIComponent(nonsense)}`)).json();
  same(`the box says of ${nonsense} what the service does`, [await page.text("fault"), await page.value("document.getElementById('fields').hidden")], [error, true]);
}
await keys(' "378432687628619776" ');
same("the box takes an ID in quotes", await page.text("utc"), "2026-11-21T19:52:17.734Z");
for (const id of ["0", "9223372036854775807", "378432687628619776"]) {
  await keys(id);
  const { timestamp, worker_id: worker, sequence, warning } = await (await fetch(`${serving}decode/${id}`)).json();
  const decoded = await Promise.all(["fault", "utc", "id-worker", "sequence", "warning"].map(field => page.text(field)));
  same(`the box decodes ${id} as the service does`, decoded, ["", timestamp, `${worker}`, `${sequence}`, warning ?? ""]);
}

await page.textLike("rate", /^Now [1-9]/);
const known = readings(page);
while (readings(page) < known + 3) await wait(0.05);
const [, rate] = /^Now ([\d,]+) IDs a second/.exec(await page.text("rate")) ?? [, "none"];
const number = Number(rate.replaceAll(",", ""));
check("the rate is that of the load, 10,000 IDs a second", number > 7_000 && number < 13_000, rate);
const box = await page.value("(({ x, y, width, height }) => ({ x, y, width, height }))(document.getElementById('plot').getBBox())");
check("the plot is drawn", box.width > 1 && box.height > 30 && box.x >= 0 && box.y >= 0, box);
await load.stop();
await page.value("document.activeElement.blur()");

for (const isDark of [false, true]) {
  for (const [name, size] of Object.entries({ desk, phone })) {
    const look = `${name}-${isDark ? "dark" : "light"}`;
    await page.show({ ...size, isDark });
    same(`${look}: nothing is wider than the window`, await page.value("document.documentElement.scrollWidth - document.documentElement.clientWidth"), 0);
    same(`${look}: all text stands out (WCAG 2.2, 1.4.3)`, await lowContrasts(page), []);
    await picture(page, look);
  }
}
const shade = await page.value("getComputedStyle(document.body).backgroundColor");
check("dark is dark", shade.match(/\d+/g).every(part => part < 64), shade);
same("everything that is used or drawn has a name for screen readers", await nameless(page), []);

// Another tab in front of it.
const other = await browser.open("about:blank");
await other.call("Page.bringToFront");
await page.value("new Promise(hidden => document.hidden ? hidden() : document.addEventListener('visibilitychange', hidden, { once: true }))");
await wait(0.5);
const asked = readings(page);
await wait(3);
same("while nobody sees the page, it asks for nothing", readings(page), asked);
await page.call("Page.bringToFront");
await wait(1);
check("when it is seen again, it asks at once", readings(page) > asked);

const foreign = page.requests.filter(url => !url.startsWith(serving) && !url.startsWith("data:"));
same("it asks no other server", foreign, []);
same("the browser has nothing to complain of", page.complaints, []);

// From here on the browser tells of requests that fail.
await ask("stop_serving");
const silence = await page.textLike("state", /not answer/);
like("it says that the service does not answer", silence, /^The service does not answer\. The figures are those of \d\d:\d\d:\d\d; the page goes on asking\.$/);
same("it keeps the figures", [await page.text("worker"), await page.text("rate") !== ""], ["1", true]);
await page.show({ ...phone, isDark: true });
same("without the service all text stands out too", await lowContrasts(page), []);
await picture(page, "silent");
await ask("start_serving_again");
like("it recovers by itself", await page.textLike("state", /^Issues/), /^Issues IDs\.$/);
like("after a restart it has the new figures", await page.textLike("issued", /^0$/), /^0$/);
like("the restart makes no rate below 0", await page.text("rate"), /^Now [\d,]+ IDs/);
await page.close();

const waiting = await browser.open(refusing);
like("it says why no IDs are issued", await waiting.textLike("state", /Issues/), /^Issues no IDs: .*wall clock is behind/);
same("it has the worker ID all the same", [await waiting.text("worker"), await waiting.text("held")], ["1", "yes"]);
same("503 is all that the browser complains of", waiting.complaints.filter(text => !text.includes("503")), []);
await waiting.close();

const member = await browser.open(silo);
like("in a cluster it has the other workers", await member.textLike("others", /3/, 20), /^1: 3$/);
same("a silo says that it is one", await member.text("engine"), "Orleans silo");
same("the browser has nothing to complain of beside a silo", member.complaints, []);
await member.show(desk);
await picture(member, "cluster");
await member.close();

await browser.close();
process.exit();
