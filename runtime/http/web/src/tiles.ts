// Tiles: the main figures of an edge, of a cloud, or of a campaign.
import { byId, element, refill, setText } from "./dom";
import { bytes, count, number, rate, share, time } from "./format";
import type { Campaign, ModelEvent, TidelineEvent } from "./types";

type Tile = { title: string; value: string; more: string; bad?: boolean };

function edgeTiles(model: ModelEvent, event: TidelineEvent, perSecond: number | null): Tile[] {
  const seen = model.observed;
  const now = model.conditions;
  const refused = Object.values(event.refused).reduce((all, one) => all + one, 0);
  const predicted = seen?.forecast
    ? `predicted ${time(seen.forecast.expected_us)}`
    : model.predicted
      ? `predicted ${time(model.predicted.total_us)}`
      : "no prediction";
  const link = event.link;
  return [
    {
      title: "latency",
      value: time(seen?.total_us),
      more: seen ? `${predicted}; slowest ${time(seen.slowest_us)}` : `no request in the last second; ${predicted}`,
    },
    {
      title: "requests/s",
      value: number(perSecond),
      more: `${model.load?.in_progress ?? 0} in progress, ${event.waiting} waiting`,
    },
    {
      title: "link",
      value: link ? (link.up ? rate(now.uplink_bps) : "down") : "none",
      more: link ? (link.up ? `round trip ${time(now.rtt_us)}` : link.why) : "there is no cloud",
      bad: link !== null && !link.up,
    },
    {
      title: "CPU pressure",
      value: share(now.edge_cpu_pressure),
      more: `the edge is ${now.edge_slowdown == null ? "not measured yet" : `${number(now.edge_slowdown)} times as slow as in the table`}`,
    },
    {
      title: "free memory",
      value: share(now.edge_memory_free),
      more: `${number(now.edge_major_faults)} major page faults`,
    },
    {
      title: "hedged requests",
      value: count(model.races.begun),
      more: `${count(model.races.won_by_edge)} of them won by the edge`,
    },
    {
      title: "refused",
      value: count(refused),
      more: `${count(model.failed)} failed, ${count(model.served["fallback"] ?? 0)} fell back to the edge`,
      bad: refused + model.failed > 0,
    },
    {
      title: "moves of the cut",
      value: count(model.moves),
      more: model.cell ? `nearest cell: ${model.cell}` : "since the start",
    },
  ];
}

function cloudTiles(event: TidelineEvent, perSecond: number | null): Tile[] {
  const cloud = event.cloud!;
  const now = event.machine;
  return [
    { title: "edges", value: count(cloud.connections), more: "connected now" },
    { title: "tails/s", value: number(perSecond), more: `${count(cloud.served)} served, ${cloud.waiting} waiting` },
    {
      title: "refused tails",
      value: count(cloud.refused),
      more: `${count(cloud.violations)} connections broke the protocol`,
      bad: cloud.refused + cloud.violations > 0,
    },
    { title: "received", value: bytes(cloud.received_bytes), more: `${count(cloud.streams)} streams` },
    { title: "CPU pressure", value: share(now?.edge_cpu_pressure), more: `throttled ${share(now?.edge_throttled)}` },
    {
      title: "free memory",
      value: share(now?.edge_memory_free),
      more: `${number(now?.edge_major_faults)} major page faults`,
    },
  ];
}

function campaignTiles(campaign: Campaign, event: TidelineEvent): Tile[] {
  const link = event.link;
  return [
    {
      title: "conditions",
      value: `${count(campaign.visit)} of ${count(campaign.visits)}`,
      more: `visited; ${count(campaign.left_out)} could not be imposed`,
    },
    {
      title: "measured",
      value: campaign.total > 0 ? share(campaign.done / campaign.total) : "0 %",
      more: `${count(campaign.done)} of ${count(campaign.total)}`,
    },
    { title: "time left", value: time(campaign.remaining_us), more: "if it goes on as it did" },
    { title: "noise", value: share(campaign.noise), more: "so much one point differs by chance" },
    {
      title: "link",
      value: link?.up ? "up" : "down",
      more: link?.up ? link.peer : (link?.why ?? ""),
      bad: link?.up !== true,
    },
  ];
}

// `perSecond`: requests of an edge, tails of a cloud.
export function showTiles(model: ModelEvent | undefined, event: TidelineEvent, perSecond: number | null): void {
  const tiles = event.cloud
    ? cloudTiles(event, perSecond)
    : event.campaign
      ? campaignTiles(event.campaign, event)
      : model
        ? edgeTiles(model, event, perSecond)
        : [];
  const place = byId("tiles");
  refill(
    place,
    tiles.map((tile) => tile.title),
    () =>
      tiles.map((tile) =>
        element(
          "div",
          { class: "tile" },
          element("p", { class: "what" }, tile.title),
          element("p", { class: "number" }),
          element("p", { class: "more" }),
        ),
      ),
  );
  tiles.forEach((tile, i) => {
    const shown = place.children[i]!;
    shown.classList.toggle("bad", tile.bad === true);
    setText(shown.children[1]!, tile.value);
    setText(shown.children[2]!, tile.more);
  });
}
