// The dashboard of real agents in a real Chromium: run.sh starts it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import {
  eventually,
  infer,
  makeNetwork,
  makeTable,
  network,
  removeFolder,
  startCampaign,
  startCloud,
  startEdge,
} from "./agents.mjs";
import { startFlood } from "./flood.mjs";
import { live, nextEvent, open, overflow, phone, text } from "./page.mjs";

let browser, cloud, edge;

before(async () => {
  await makeNetwork();
  cloud = await startCloud();
  await makeTable(cloud);
  edge = await startEdge(cloud);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu"],
  });
});

after(async () => {
  await browser?.close();
  await edge?.stop();
  await cloud?.stop();
  removeFolder();
});

test("it loads from the agent alone, without an error or an inline script", async () => {
  const { page, faults, requests, close } = await open(browser, edge.url);
  await live(page);
  await eventually("the plan is shown", async () => (await text(page, "plan")).startsWith("Usual plan: cut "));
  await eventually("the strip is drawn", () => page.locator("#strip svg").count());
  assert.equal(await text(page, "name"), network);
  assert.deepEqual(faults, []);
  assert.deepEqual(
    requests.filter((url) => !url.startsWith(edge.url) && !url.startsWith("data:")),
    [],
  );
  const html = await (await fetch(edge.url, { headers: { Accept: "text/html" } })).text();
  assert.doesNotMatch(html, /<script(?![^>]* src=)|<style| style=| on\w+=/);
  await close();
});

test("requests show within seconds, without a reload", async () => {
  const { page, close } = await open(browser, edge.url);
  await live(page);
  await infer(edge, 5);
  await eventually("a share of plans", async () => (await page.locator("#shares tbody tr").count()) > 0);
  await eventually("predictions", async () => (await page.locator("#plans tbody tr").count()) > 1);
  await eventually("served requests", async () =>
    /\d/.test(await page.locator("#requests tbody tr").first().innerText()),
  );
  await infer(edge, 20);
  await close();
});

test("it says whether the table still fits the machines", async () => {
  const { page, close } = await open(browser, edge.url);
  await live(page);
  await eventually("the test's state", async () =>
    /still fits the machines\s+yes; .*%/.test(await text(page, "table")),
  );
  await close();
  const flood = await startFlood(edge.url, await nextEvent(edge.url));
  const other = await open(browser, flood.url);
  await eventually("it reads", () => flood.clients() > 0);
  const why = "the head of cut 2 takes twice as long as in the table";
  await flood.send(1, (event) =>
    event.models.forEach((model) => (model.table_fit = { fits: false, evidence: 1, why })),
  );
  await eventually("the misfit", async () => (await other.page.locator("#table .bad").innerText()) === `no: ${why}`);
  await other.close();
  flood.stop();
});

test("a split network shows its head here and its tail in the cloud", async () => {
  const split = await startEdge(cloud, 0, ["--policy", "static", "--cut", "4"]);
  const { page, close } = await open(browser, split.url);
  await live(page);
  for (let i = 0; i < 4; ++i) {
    await infer(split, 3);
    await new Promise((done) => setTimeout(done, 1000)); // A second of its own in the charts.
  }
  await eventually("the strip is drawn", () => page.locator("#strip rect.head").count());
  assert.equal(await page.locator("#strip rect.head").count(), 4);
  assert.ok((await page.locator("#strip rect.tail").count()) > 0);
  assert.match(await text(page, "plan"), /^Usual plan: cut 4 .*the head runs here, the tail in the cloud\.$/);
  await page.screenshot({ path: "screenshots/split.png", fullPage: true });
  await close();
  await split.stop();
});

test("an edge without a table says how far it has measured its plans", async () => {
  const own = await startEdge(cloud, 0, [], true);
  const { page, close } = await open(browser, own.url);
  await live(page);
  await eventually("it measures", async () => /plans measured\s+\d+ of \d+/.test(await text(page, "table")));
  await close();
  await own.stop();
});

test("a campaign shows how far it is while it runs", async () => {
  const campaign = await startCampaign(cloud);
  const { page, faults, requests, close } = await open(browser, campaign.url);
  await live(page);
  assert.equal(await text(page, "name"), network);
  const measured = async () => Number((await text(page, "progress")).match(/, (\d+)\/\d+ measured/)?.[1] ?? 0);
  await eventually("it measures", async () => (await measured()) > 0);
  const before = await measured();
  await eventually("more is measured", async () => (await measured()) > before);
  await eventually("the time left", async () => /time left\s+[\d.]+ m?s/.test(await text(page, "campaign")));
  assert.match(await text(page, "tiles"), /conditions\s+1 of \d/);
  assert.equal(await page.locator("#strip:visible, #charts:visible, #requests:visible").count(), 0);
  assert.ok(await page.locator("#peers").isVisible());
  const status = await (await fetch(`${campaign.url}api/status`)).json();
  assert.equal(status.campaign.model, network);
  assert.ok(status.campaign.done >= before);
  assert.ok((await overflow(page)) <= 0);
  assert.deepEqual(faults, []);
  assert.deepEqual(
    requests.filter((url) => !url.startsWith(campaign.url) && !url.startsWith("data:")),
    [],
  );
  await page.screenshot({ path: "screenshots/campaign.png", fullPage: true });
  await page.setViewportSize(phone);
  assert.ok((await overflow(page)) <= 0, "it is wider than a phone");
  await page.screenshot({ path: "screenshots/campaign-phone.png", fullPage: true });
  await campaign.stop();
  await eventually("it says that it ended", async () => (await text(page, "live")) === "reconnecting");
  await close();
});

test("it goes on after a restart of the agent", async () => {
  const { page, faults, close } = await open(browser, edge.url);
  await live(page);
  const port = edge.http;
  await edge.stop();
  await eventually("it says so", async () => (await text(page, "live")) === "reconnecting");
  edge = await startEdge(cloud, port);
  await live(page);
  await infer(edge, 3);
  await eventually("new events are shown", async () => (await page.locator("#shares tbody tr").count()) > 0);
  assert.deepEqual(
    faults.filter((line) => !line.includes("ERR_")),
    [],
  );
  await close();
});

test("ten thousand events leave it as small as one thousand", async () => {
  const flood = await startFlood(edge.url, await nextEvent(edge.url));
  const { page, faults, close } = await open(browser, flood.url);
  await eventually("it reads", () => flood.clients() > 0);
  const session = await page.context().newCDPSession(page);
  const size = async () => {
    await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return {
      usedSize,
      nodes: await page.evaluate(() => document.querySelectorAll("*").length),
    };
  };
  const settled = async (id) => {
    await eventually(
      "all are drawn",
      async () => (await page.evaluate(() => document.body.dataset.last)) === String(id),
    );
    return size();
  };
  const before = await settled(await flood.send(1000));
  const after = await settled(await flood.send(9000));
  console.log(
    `heap after 1,000 events: ${before.usedSize} bytes, after 10,000: ${after.usedSize}; elements: ${before.nodes}, ${after.nodes}`,
  );
  assert.ok(after.usedSize < before.usedSize * 1.3 + 1e6);
  assert.ok(after.nodes <= before.nodes + 20);
  assert.deepEqual(faults, []);
  await close();
  flood.stop();
});

test("it is used by keyboard alone", async () => {
  const { page, close } = await open(browser, edge.url);
  await live(page);
  await eventually("the strip is drawn", () => page.locator("#strip svg").count());
  const reached = new Set();
  for (let i = 0; i < 20; ++i) {
    await page.keyboard.press("Tab");
    reached.add(
      await page.evaluate(
        () => document.activeElement?.id || document.activeElement?.className || document.activeElement?.tagName,
      ),
    );
  }
  assert.ok(reached.has("look"), [...reached].join(" "));
  assert.ok(reached.has("scroll"), [...reached].join(" "));
  await page.locator("#look").focus();
  await page.keyboard.press("Home");
  await eventually("it tells of cut 0", async () => (await text(page, "looked")).startsWith("cut 0 "));
  await page.keyboard.press("ArrowRight");
  await eventually("it tells of cut 1", async () => (await text(page, "looked")).startsWith("cut 1 "));
  await close();
});

for (const [name, look] of Object.entries({
  "desktop-light": {},
  "desktop-dark": { colorScheme: "dark" },
  "phone-light": { viewport: phone },
  "phone-dark": { viewport: phone, colorScheme: "dark" },
  "zoom-200": { zoom: 2 },
}))
  test(`it fits: ${name}`, async () => {
    for (const [side, url] of [
      ["edge", edge.url],
      ["cloud", `http://127.0.0.1:${cloud.http}/`],
    ]) {
      const { page, close } = await open(browser, url, look);
      await live(page);
      if (side === "edge") await eventually("the strip is drawn", () => page.locator("#strip svg").count());
      await infer(edge, 3);
      await eventually("a chart is drawn", () => page.locator(".uplot canvas").count());
      assert.ok((await overflow(page)) <= 0, `${side} is wider than the screen`);
      await page.screenshot({
        path: `screenshots/${side}-${name}.png`,
        fullPage: true,
      });
      await close();
    }
  });
