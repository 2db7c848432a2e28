// Facts: the clouds, the counters of requests, and where the partition table comes from.
import { byId, element, refill, table, type Part } from "./dom";
import { count, nothing, share, time } from "./format";
import type { Learning, ModelStatus, Peer, TableFit, TidelineEvent } from "./types";

const peerState = (peer: Peer): string => {
  if (!peer.up) return `down: ${peer.why}`;
  return peer.ejected_us != null ? `gets no requests for ${time(peer.ejected_us)}: ${peer.ejected_why ?? ""}` : "up";
};

export function showPeers(event: TidelineEvent): void {
  const peers = event.link?.peers ?? [];
  refill(byId("peers"), peers, () =>
    peers.length === 0
      ? [element("p", { class: "muted" }, "There is no cloud, so all layers run here.")]
      : [
          table(
            "Each cloud, and what this edge asked of it",
            ["cloud", "state", "trust", "outstanding", "answered", "failed", "retried", "connects", "violations"],
            peers.map((peer): Part[] => [
              peer.peer,
              peerState(peer),
              share(peer.share),
              ...[peer.outstanding, peer.answered, peer.failed, peer.retried].map((value) =>
                value == null ? nothing : count(value),
              ),
              count(peer.connects),
              count(peer.violations),
            ]),
          ),
        ],
  );
}

export function showBatches(event: TidelineEvent): void {
  const runs = event.cloud?.runs ?? [];
  refill(byId("batches"), runs, () =>
    runs.length === 0
      ? [element("p", { class: "muted" }, "No tail has run yet.")]
      : [
          table(
            "How many tails ran together, and how often, since the start",
            ["tails together", "runs"],
            runs.map((run) => [count(run.together), count(run.count)]),
          ),
        ],
  );
}

const counters = (caption: string, what: string, counted: Record<string, number>): HTMLElement => {
  const rows = Object.entries(counted).map(([name, value]): Part[] => [name, count(value)]);
  return rows.length > 0
    ? table(caption, [what, "count"], rows)
    : element("p", { class: "muted" }, `${caption}: none.`);
};

export function showRequests(event: TidelineEvent): void {
  const refused = { ...event.refused, ...(event.cloud?.refusals ?? {}) };
  const served = event.models.map((model): Part[] => [
    model.name,
    ...["edge", "split", "cloud", "fallback"].map((where) => count(model.served[where] ?? 0)),
    count(model.failed),
    count(model.pending),
  ]);
  refill(byId("requests"), [refused, served], () => [
    table(
      "Served since the start, by where they ran",
      ["model", "edge", "split", "cloud", "fallback", "failed", "now"],
      served,
    ),
    counters("Refused since the start, by reason", "reason", refused),
  ]);
}

function ownMeasurements(learning: Learning): [string, string][] {
  const known = `${learning.measured} of ${learning.candidates ?? nothing}`;
  const exactly =
    learning.widest_interval == null
      ? ""
      : `; the fastest to ± ${(100 * learning.widest_interval).toFixed(0)} % or better`;
  return [
    ["measuring", learning.text],
    ["plans measured", known + exactly],
  ];
}

function fitOf(fit: TableFit | null): Part {
  if (!fit) return nothing;
  if (fit.fits) return `yes; the evidence against it is ${share(fit.evidence)} of what would prove that it does not`;
  return element("span", { class: "bad" }, `no: ${fit.why ?? "heads or tails take other times"}`);
}

// `fit` as of now; the rest changes with the table only.
export function showTable(model: ModelStatus, fit: TableFit | null): void {
  const from = model.table;
  const learning = model.learning;
  refill(byId("table"), [from, fit, learning, model.policy, model.precision, model.digest], () => {
    const rows: [string, Part][] = [
      ["policy", model.policy ?? nothing],
      ["measured", from ? from.created : "there is none yet"],
      ["method", from ? `${from.method}, ${from.cells} cells` : nothing],
      ["inputs", from ? (from.inputs ?? "random numbers") : nothing],
      ["still fits the machines", fitOf(fit)],
      ...(learning ? ownMeasurements(learning) : []),
      ["precision", model.precision],
      ["model", model.digest],
    ];
    return [element("dl", {}, ...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]))];
  });
}
