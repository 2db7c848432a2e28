// Facts: the main figures, the clouds, the counters of requests, and the table.
import { byId, element, refill, setText, table, type Part } from "./dom";
import { bytes, count, nothing, number, rate, share, time } from "./format";
import type { ModelEvent, ModelStatus, Peer, TidelineEvent } from "./types";

type Tile = { title: string; value: string; more: string; bad?: boolean };

function edgeTiles(model: ModelEvent, event: TidelineEvent): Tile[] {
  const seen = model.observed;
  const now = model.conditions;
  const refused = Object.values(event.refused).reduce((all, one) => all + one, 0);
  const predicted = seen?.forecast ? `predicted ${time(seen.forecast.expected_us)}` : model.predicted ? `predicted ${time(model.predicted.total_us)}` : "no prediction";
  const link = event.link;
  return [
    { title: "latency", value: time(seen?.total_us), more: seen ? `${predicted}; slowest ${time(seen.slowest_us)}` : `no request in the last second; ${predicted}` },
    { title: "requests/s", value: number(model.load?.requests_per_s), more: `${model.load?.in_progress ?? 0} in progress, ${event.waiting} waiting` },
    { title: "link", value: link ? (link.up ? rate(now.uplink_bps) : "down") : "none", more: link ? (link.up ? `round trip ${time(now.rtt_us)}` : link.why) : "there is no cloud", bad: link !== null && !link.up },
    { title: "CPU pressure", value: share(now.edge_cpu_pressure), more: `the edge is ${now.edge_slowdown == null ? "not measured yet" : `${number(now.edge_slowdown)} times as slow as in the table`}` },
    { title: "free memory", value: share(now.edge_memory_free), more: `${number(now.edge_major_faults)} major page faults` },
    { title: "hedged requests", value: count(model.races.begun), more: `${count(model.races.won_by_edge)} of them won by the edge` },
    { title: "refused", value: count(refused), more: `${count(model.failed)} failed, ${count(model.served["fallback"] ?? 0)} fell back to the edge`, bad: refused + model.failed > 0 },
    { title: "moves of the cut", value: count(model.moves), more: model.cell ? `nearest cell: ${model.cell}` : "since the start" },
  ];
}

function cloudTiles(event: TidelineEvent, tails: number | null): Tile[] {
  const cloud = event.cloud!;
  const now = event.machine;
  return [
    { title: "edges", value: count(cloud.connections), more: "connected now" },
    { title: "tails/s", value: number(tails), more: `${count(cloud.served)} served, ${cloud.waiting} waiting` },
    { title: "refused tails", value: count(cloud.refused), more: `${count(cloud.violations)} connections broke the protocol`, bad: cloud.refused + cloud.violations > 0 },
    { title: "received", value: bytes(cloud.received_bytes), more: `${count(cloud.streams)} streams` },
    { title: "CPU pressure", value: share(now?.edge_cpu_pressure), more: `throttled ${share(now?.edge_throttled)}` },
    { title: "free memory", value: share(now?.edge_memory_free), more: `${number(now?.edge_major_faults)} major page faults` },
  ];
}

export function showTiles(model: ModelEvent | undefined, event: TidelineEvent, tails: number | null): void {
  const tiles = event.cloud ? cloudTiles(event, tails) : model ? edgeTiles(model, event) : [];
  const place = byId("tiles");
  refill(place, tiles.map((tile) => tile.title), () =>
    tiles.map((tile) => element("div", { class: "tile" }, element("p", { class: "what" }, tile.title), element("p", { class: "number" }), element("p", { class: "more" }))),
  );
  tiles.forEach((tile, i) => {
    const shown = place.children[i]!;
    shown.classList.toggle("bad", tile.bad === true);
    setText(shown.children[1]!, tile.value);
    setText(shown.children[2]!, tile.more);
  });
}

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
            "Clouds of this edge",
            ["cloud", "state", "trust", "outstanding", "answered", "failed", "retried", "connects", "violations"],
            peers.map((peer): Part[] => [
              peer.peer, peerState(peer), share(peer.share), ...[peer.outstanding, peer.answered, peer.failed, peer.retried].map((value) => (value == null ? nothing : count(value))),
              count(peer.connects), count(peer.violations),
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
      : [table("Runs of tails", ["tails together", "runs"], runs.map((run) => [count(run.together), count(run.count)]))],
  );
}

const counters = (caption: string, what: string, counted: Record<string, number>): HTMLElement => {
  const rows = Object.entries(counted).map(([name, value]): Part[] => [name, count(value)]);
  return rows.length > 0 ? table(caption, [what, "count"], rows) : element("p", { class: "muted" }, `${caption}: none.`);
};

export function showRequests(event: TidelineEvent): void {
  const refused = { ...event.refused, ...(event.cloud?.refusals ?? {}) };
  const served = event.models.map((model): Part[] => [
    model.name, ...["edge", "split", "cloud", "fallback"].map((where) => count(model.served[where] ?? 0)), count(model.failed), count(model.pending),
  ]);
  refill(byId("requests"), [refused, served], () => [
    table("Served since the start, by where they ran", ["model", "edge", "split", "cloud", "fallback", "failed", "now"], served),
    counters("Refused since the start, by reason", "reason", refused),
  ]);
}

export function showTable(model: ModelStatus): void {
  const from = model.table;
  refill(byId("table"), [from, model.policy, model.precision, model.digest], () => {
    const rows: [string, string][] = [
      ["policy", model.policy ?? nothing],
      ["measured", from ? from.created : "there is no table"],
      ["method", from ? `${from.method}, ${from.cells} cells` : nothing],
      ["inputs", from ? (from.inputs ?? "random numbers") : nothing],
      ["precision", model.precision],
      ["model", model.digest],
    ];
    return [element("dl", {}, ...rows.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]))];
  });
}
