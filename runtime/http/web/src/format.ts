// Numbers and plans as people read them. Pure functions.
import type { Plan } from "./types";

const digits = (value: number): string =>
  Number.isInteger(value)
    ? String(value)
    : Math.abs(value) >= 100
      ? value.toFixed(0)
      : Math.abs(value) >= 10
        ? value.toFixed(1)
        : value.toFixed(2);

export const nothing = "–";

export function time(us: number | null | undefined): string {
  if (us == null) return nothing;
  if (Math.abs(us) < 1e3) return `${us.toFixed(0)} µs`;
  return Math.abs(us) < 1e6 ? `${digits(us / 1e3)} ms` : `${digits(us / 1e6)} s`;
}

export function bytes(count: number | null | undefined): string {
  if (count == null) return nothing;
  if (count < 1024) return `${count} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let value = count / 1024;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; ++unit) value /= 1024;
  return `${digits(value)} ${units[unit]}`;
}

export function rate(bps: number | null | undefined): string {
  if (bps == null) return nothing;
  if (bps < 1e6) return `${digits(bps / 1e3)} kbit/s`;
  return bps < 1e9 ? `${digits(bps / 1e6)} Mbit/s` : `${digits(bps / 1e9)} Gbit/s`;
}

export const number = (value: number | null | undefined): string => (value == null ? nothing : digits(value));

export const count = (value: number): string => value.toLocaleString("en");

export const share = (value: number | null | undefined): string =>
  value == null ? nothing : `${digits(100 * value)} %`;

export const same = (a: Plan, b: Plan): boolean => a.cut === b.cut && a.codec === b.codec;

// "cut 4 features.3, int8"
export const planName = (plan: Plan): string =>
  `cut ${plan.cut}${plan.cut_name ? ` ${plan.cut_name}` : ""}, ${plan.codec}`;

// Where the parts of the network run by a plan.
export function placement(plan: Plan, lastCut: number): string {
  if (plan.cut === 0) return "all of it runs in the cloud";
  if (plan.cut >= lastCut) return "all of it runs on this machine";
  return "the head runs here, the tail in the cloud";
}
