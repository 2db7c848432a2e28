// The numbers that the page keeps of each event, and the charts that it makes of them.
import { number, rate, share, time } from "./format";
import { perSecond, type Read } from "./history";
import type { Terms } from "./types";

const term =
  (name: keyof Terms): Read =>
  (model) =>
    model?.observed?.terms[name] ?? null;

const sum = (counters: Record<string, number>): number => Object.values(counters).reduce((all, one) => all + one, 0);

export const reads = {
  queue: term("queue_us"),
  head: term("head_us"),
  encode: term("encode_us"),
  network: term("network_us"),
  tail: term("tail_us"),
  predicted: (model) => model?.observed?.forecast?.expected_us ?? null,
  rate: (model, _, before, seconds) => {
    if (model?.load && model.load.requests_per_s > 0) return model.load.requests_per_s;
    const past = before?.models.find((one) => one.name === model?.name);
    return model ? perSecond(sum(model.served), past && sum(past.served), seconds) : null;
  },
  inProgress: (model) => model?.load?.in_progress ?? model?.pending ?? null,
  waiting: (_, event) => event.waiting,
  uplink: (model) => model?.conditions.uplink_bps ?? null,
  rtt: (model) => model?.conditions.rtt_us ?? null,
  cpu: (model, event) => (event.machine ?? model?.conditions)?.edge_cpu_pressure ?? null,
  waited: (model, event) => (event.machine ?? model?.conditions)?.edge_waited ?? null,
  throttled: (model, event) => (event.machine ?? model?.conditions)?.edge_throttled ?? null,
  memory: (model, event) => {
    const free = (event.machine ?? model?.conditions)?.edge_memory_free;
    return free == null ? null : 1 - free;
  },
  tails: (_, event, before, seconds) =>
    event.cloud ? perSecond(event.cloud.served, before?.cloud?.served, seconds) : null,
  tailsRefused: (_, event, before, seconds) =>
    event.cloud ? perSecond(event.cloud.refused, before?.cloud?.refused, seconds) : null,
  tailsWaiting: (_, event) => event.cloud?.waiting ?? null,
  edges: (_, event) => event.cloud?.connections ?? null,
} satisfies Record<string, Read>;

export type Name = keyof typeof reads;

export interface Line {
  name: Name;
  label: string;
  color: string; // The CSS variable that has it.
  dash?: number[];
  right?: boolean; // On an axis of its own, at the right.
}

export interface ChartPlan {
  title: string;
  note?: string;
  side: "edge" | "cloud" | "both";
  stacked?: boolean; // All lines but those with a dash stand on one another.
  lines: Line[];
  text: (value: number | null) => string;
  rightText?: (value: number | null) => string;
  least?: number; // The scale reaches at least so far.
}

export const charts: ChartPlan[] = [
  {
    title: "Latency by term",
    note: "Mean of the requests of each second, beside what was predicted for them.",
    side: "edge",
    stacked: true,
    text: time,
    lines: [
      { name: "queue", label: "queue", color: "--queue" },
      { name: "head", label: "head", color: "--head" },
      { name: "encode", label: "encode", color: "--encode" },
      { name: "network", label: "network", color: "--network" },
      { name: "tail", label: "tail", color: "--tail" },
      { name: "predicted", label: "predicted", color: "--text", dash: [4, 3] },
    ],
  },
  {
    title: "Rate and queue",
    side: "edge",
    text: number,
    rightText: number,
    least: 1,
    lines: [
      { name: "rate", label: "requests/s", color: "--accent" },
      { name: "inProgress", label: "in progress", color: "--heldout", right: true },
      { name: "waiting", label: "waiting for a worker", color: "--queue", right: true, dash: [3, 3] },
    ],
  },
  {
    title: "Link",
    side: "edge",
    text: rate,
    rightText: time,
    lines: [
      { name: "uplink", label: "uplink", color: "--accent" },
      { name: "rtt", label: "round trip", color: "--heldout", right: true },
    ],
  },
  {
    title: "Tails",
    side: "cloud",
    text: number,
    rightText: number,
    least: 1,
    lines: [
      { name: "tails", label: "served/s", color: "--accent" },
      { name: "tailsRefused", label: "refused/s", color: "--bad" },
      { name: "tailsWaiting", label: "waiting", color: "--heldout", right: true },
    ],
  },
  {
    title: "Edges",
    side: "cloud",
    text: number,
    least: 1,
    lines: [{ name: "edges", label: "connected", color: "--accent" }],
  },
  {
    title: "Processor and memory",
    note: "Shares of the time that work stood still, and of the memory in use.",
    side: "both",
    text: share,
    least: 0.1,
    lines: [
      { name: "memory", label: "memory used", color: "--tail" },
      { name: "cpu", label: "CPU pressure", color: "--heldout" },
      { name: "waited", label: "waited for the CPU", color: "--head" },
      { name: "throttled", label: "throttled", color: "--bad", dash: [3, 3] },
    ],
  },
];
