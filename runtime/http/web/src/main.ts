// The dashboard: shows what the agent tells of itself. It asks by GET alone, and changes nothing.
import { showCampaign } from "./campaign";
import { Chart } from "./chart";
import { byId, element, refill, setText } from "./dom";
import { showBatches, showPeers, showRequests, showTable } from "./facts";
import { Feed } from "./feed";
import { placement, planName } from "./format";
import { History } from "./history";
import { showPlans, showShares, showWhy } from "./plans";
import { charts, reads, type Name } from "./series";
import { Strip } from "./strip";
import { showTiles } from "./tiles";
import type { Status, TidelineEvent } from "./types";

let histories = new Map<string, History<Name>>(); // By model.
let event: TidelineEvent | null = null;
let status: Status | null = null;
let seconds = 0;
let waiting = false; // For the next frame, to draw.

const drawn = charts.map((plan) => ({ plan, chart: new Chart(plan) }));
const strip = new Strip();
const choice = byId<HTMLSelectElement>("model");
byId("charts").append(...drawn.map(({ chart }) => chart.place));

// A cloud without models still has numbers of its own, kept under the name "".
const chosen = (): string =>
  event?.models.some((model) => model.name === choice.value) ? choice.value : (event?.models[0]?.name ?? "");

function drawHead(now: TidelineEvent): void {
  const names = now.models.map((model) => model.name);
  refill(choice, names, () => names.map((name) => element("option", { value: name }, name)));
  byId("choose").hidden = names.length < 2;
  document.body.classList.toggle("is-cloud", now.cloud !== null);
  document.body.classList.toggle("is-campaign", now.campaign !== null);
  setText(byId("side"), now.cloud ? "cloud" : now.campaign ? "profile" : "edge");
  setText(byId("version"), now.version);
  const name = now.campaign?.model ?? chosen();
  setText(byId("name"), name || "Cloud");
  const title = `${name || "cloud"} – Tideline`;
  if (document.title !== title) document.title = title;
}

function drawModel(now: TidelineEvent): void {
  const model = now.models.find((one) => one.name === chosen());
  const whole = status?.models.find((one) => one.name === chosen());
  const perSecond =
    histories
      .get(chosen())
      ?.column(now.cloud ? "tails" : "rate")
      .at(-1) ?? null;
  showTiles(model, now, perSecond);
  showPeers(now);
  showBatches(now);
  showRequests(now);
  if (now.campaign) showCampaign(now.campaign);
  const lead = now.cloud
    ? "Runs the tails of its edges, and whole models for clients."
    : now.campaign
      ? "Measures every plan under every condition, and then writes the partition table."
      : model && whole
        ? `Usual plan: ${planName(model.plan)}; ${placement(model.plan, whole.cuts.length - 1)}.`
        : "";
  setText(byId("plan"), `${now.draining ? "Draining: it takes no more requests. " : ""}${lead}`);
  if (!model || now.cloud) return;
  showWhy(model);
  showShares(model);
  if (!whole) return;
  showPlans(model, whole);
  showTable(whole, model.table_fit);
  strip.show(whole, model.plan);
}

function draw(): void {
  waiting = false;
  if (!event) return;
  drawHead(event);
  drawModel(event);
  const history = histories.get(chosen());
  for (const { plan, chart } of drawn) {
    chart.place.hidden = plan.side !== "both" && plan.side !== (event.cloud ? "cloud" : "edge");
    if (history && !event.campaign) chart.draw(history, seconds);
  }
  document.body.dataset["last"] = String(Math.round(seconds * 1000)); // By which a test sees what is drawn.
}

function later(): void {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(draw);
}

new Feed({
  onBegin: () => (histories = new Map()),
  onEvent: (at, next) => {
    if (event && event.version !== next.version) location.reload(); // Another agent has another page.
    event = next;
    seconds = at;
    const names = next.models.length > 0 ? next.models.map((model) => model.name) : [""];
    for (const gone of [...histories.keys()].filter((name) => !names.includes(name))) histories.delete(gone);
    for (const name of names) {
      const history = histories.get(name) ?? new History(name, reads);
      histories.set(name, history);
      history.add(at, next);
    }
    later();
  },
  onStatus: (next) => {
    status = next;
    later();
  },
  onState: (state) => {
    setText(byId("live"), state);
    document.body.classList.toggle("is-live", state === "live");
  },
});

choice.addEventListener("change", later);
document.addEventListener("pointermove", later, { passive: true });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const { chart } of drawn) chart.restyle();
  later();
});
