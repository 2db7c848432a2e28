// The page in a browser, as a test looks at it.
import { eventually } from "./agents.mjs";

export const phone = { width: 390, height: 844 };
export const desktop = { width: 1280, height: 900 };

// A page whose errors, failed requests and strange hosts the test sees.
export async function open(browser, url, { viewport = desktop, colorScheme = "light", zoom = 1 } = {}) {
  const context = await browser.newContext({
    viewport: {
      width: Math.round(viewport.width / zoom),
      height: Math.round(viewport.height / zoom),
    },
    colorScheme,
    deviceScaleFactor: zoom,
  });
  const page = await context.newPage();
  const faults = [];
  const requests = [];
  page.on("pageerror", (thrown) => faults.push(thrown.message));
  page.on("console", (line) => line.type() === "error" && faults.push(line.text()));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(url);
  return { page, faults, requests, close: () => context.close() };
}

export const text = (page, id) => page.locator(`#${id}`).innerText();
export const live = (page) =>
  eventually(
    "the page is live",
    async () => (await text(page, "live")) === "live" && (await page.locator(".tile").count()) > 0,
  );
export const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

export async function nextEvent(url) {
  const reader = (await fetch(`${url}api/events`)).body.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  for (let event = null; ; event = seen.match(/^data: (.*)\n\n/m)) {
    if (event) {
      await reader.cancel();
      return JSON.parse(event[1]);
    }
    seen += (await reader.read()).value;
  }
}
