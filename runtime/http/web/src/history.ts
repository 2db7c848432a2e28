// History: the numbers of the last minutes as columns over time, one entry for each event; bounded.
import type { ModelEvent, TidelineEvent } from "./types";

export type Column = (number | null)[];
export const keptSeconds = 600;
const most = 1200; // Events; more than ten minutes hold only if the agent beats faster.

// One number of an event, or null if it has none. `before` is the event before, for counters; null at the first one.
export type Read = (
  model: ModelEvent | undefined,
  event: TidelineEvent,
  before: TidelineEvent | null,
  seconds: number,
) => number | null;

export class History<Name extends string> {
  readonly time: number[] = [];
  private readonly columns = new Map<Name, Column>();
  private before: TidelineEvent | null = null;

  constructor(
    private readonly model: string,
    private readonly reads: Record<Name, Read>,
  ) {
    for (const name of Object.keys(reads) as Name[]) this.columns.set(name, []);
  }

  add(seconds: number, event: TidelineEvent): void {
    const past = this.time.at(-1);
    const model = event.models.find((one) => one.name === this.model);
    for (const [name, column] of this.columns)
      column.push(
        this.reads[name](
          model,
          event,
          past === undefined ? null : this.before,
          past === undefined ? 0 : seconds - past,
        ),
      );
    this.time.push(seconds);
    this.before = event;
    let old = Math.max(0, this.time.length - most);
    while (old < this.time.length && this.time[old]! < seconds - keptSeconds) ++old;
    if (old === 0) return;
    this.time.splice(0, old);
    for (const column of this.columns.values()) column.splice(0, old);
  }

  column(name: Name): Column {
    return this.columns.get(name)!;
  }
}

// How much a counter rises in a second; null if it was reset, or nothing is known before.
export function perSecond(now: number, before: number | undefined, seconds: number): number | null {
  return before === undefined || seconds <= 0 || now < before ? null : (now - before) / seconds;
}
