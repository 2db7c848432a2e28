// Plans: why the usual plan serves, what forbids faster ones, and which plans there are.
import { byId, element, refill, setText, table } from "./dom";
import { bytes, count, nothing, planName, same, share, time } from "./format";
import type { ModelEvent, ModelStatus, Plan, Prediction, Terms } from "./types";

const shown = 8;
const reasons: Record<string, string> = {
  configured: "It is the plan of the configuration.",
  gain: "It was faster than the one before by more than a move costs.",
  too_little_gain: "Another plan is predicted to be faster, but by too little to move.",
  best: "It is the fastest that is allowed.",
  not_allowed: "The plan before was not allowed any more.",
  unknown_plan: "The table does not know the plan before.",
  edge_alone: "There is no cloud now, so this machine computes everything.",
  nobody: "Neither this machine alone nor a cloud can serve now.",
  nothing_allowed: "No plan keeps to all constraints; this one is served all the same.",
};
const order: (keyof Terms)[] = ["queue_us", "head_us", "encode_us", "network_us", "tail_us"];

function bar(one: Prediction, most: number): HTMLElement {
  const track = element("span", { class: "bar", "aria-hidden": "true" });
  for (const name of order) {
    const part = element("span", { class: name.replace("_us", "") });
    part.style.width = `${(100 * one.terms[name]) / most}%`;
    track.append(part);
  }
  return track;
}

function remark(one: Prediction, plan: Plan, total: number, model: ModelEvent): string {
  if (same(one, plan)) return "serves";
  if (one.total_us >= total) return "";
  if (model.reason === "configured") return "faster";
  return model.bound.length > 0 ? "faster, but forbidden or not worth a move" : "faster, but not worth a move";
}

function planTable(model: ModelEvent, predictions: Prediction[]): HTMLElement {
  const sorted = [...predictions].sort((a, b) => a.total_us - b.total_us);
  const mine = sorted.findIndex((one) => same(one, model.plan));
  const rows = sorted.filter((_, i) => i < shown || i === mine);
  const most = Math.max(...rows.map((one) => one.total_us), 1);
  const total = sorted[mine]?.total_us ?? Infinity;
  const caption = `The ${Math.min(shown, sorted.length)} fastest of ${count(sorted.length)} plans, as predicted now`;
  return table(
    caption,
    ["plan", "mean", "p95", "sends", "top-1", "", "terms"],
    rows.map((one) => [
      planName(one),
      time(one.total_us),
      time(one.p95_us),
      bytes(one.wire_bytes),
      one.agreement ? share(one.agreement.top1) : nothing,
      remark(one, model.plan, total, model),
      bar(one, most),
    ]),
    (row) => (rows[row] && same(rows[row], model.plan) ? "chosen" : ""),
  );
}

export function showWhy(model: ModelEvent): void {
  setText(byId("why"), `${model.why}.${model.reason ? ` ${reasons[model.reason] ?? `${model.reason}.`}` : ""}`);
  const faster = model.fastest && !same(model.fastest, model.plan) ? model.fastest : null;
  refill(byId("bound"), [model.bound, model.accuracy, faster && planName(faster), model.table_fault], () => [
    ...model.bound.map((limit) => element("li", {}, `Forbids the otherwise best plan: ${limit}.`)),
    ...(faster ? [element("li", {}, `The fastest plan of all, without any constraint: ${planName(faster)}.`)] : []),
    ...(model.accuracy ? [element("li", {}, `Plans must keep to the accuracy: ${model.accuracy}.`)] : []),
    ...(model.table_fault ? [element("li", { class: "bad" }, `The table cannot be used: ${model.table_fault}`)] : []),
  ]);
}

export function showPlans(model: ModelEvent, status: ModelStatus): void {
  refill(byId("plans"), [status.predictions, model.plan, model.bound.length], () =>
    status.predictions.length === 0
      ? [
          element(
            "p",
            { class: "muted" },
            "There are no predictions yet, so the cut does not move. An edge with a cloud measures its plans while it serves, or is given a partition table.",
          ),
        ]
      : [planTable(model, status.predictions)],
  );
}

export function showShares(model: ModelEvent): void {
  refill(byId("shares"), model.shares, () => {
    if (model.shares.length === 0) return [element("p", { class: "muted" }, "No request was served yet.")];
    const sorted = [...model.shares].sort((a, b) => b.share - a.share);
    return [
      table(
        "By which plans the last hundred requests were served",
        ["plan", "share", ""],
        sorted.map((one) => {
          const track = element("span", { class: "bar", "aria-hidden": "true" }, element("span", { class: "accent" }));
          (track.firstChild as HTMLElement).style.width = `${100 * one.share}%`;
          return [planName(one), share(one.share), track];
        }),
      ),
    ];
  });
}
