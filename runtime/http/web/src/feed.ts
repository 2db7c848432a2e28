// Feed: the agent's events as they come, and its whole status when that is worth asking for.
//
// The browser connects again by itself and asks for the events that it missed. Where it gives up (the agent has too many
// clients), the feed begins afresh, and the events that are kept come again.
import type { Status, TidelineEvent } from "./types";

export interface Reader {
  onBegin(): void; // All events come again: forget the earlier ones.
  onEvent(seconds: number, event: TidelineEvent): void;
  onStatus(status: Status): void;
  onState(state: string): void;
}

const statusEveryMs = 10_000;
const retryMs = 5_000;

export class Feed {
  private last = 0; // Id of the newest event.
  private marks = ""; // What of the newest event makes the whole status worth asking for.
  private asked = -Infinity;
  private asking = false;

  constructor(private readonly reader: Reader) {
    this.connect();
    document.addEventListener("visibilitychange", () => this.ask());
  }

  private connect(): void {
    this.last = 0;
    this.reader.onBegin();
    const source = new EventSource("/api/events");
    source.onopen = () => {
      this.asked = -Infinity;
      this.reader.onState("live");
    };
    source.onmessage = (message: MessageEvent<string>) =>
      this.take(Number(message.lastEventId), JSON.parse(message.data));
    source.onerror = () => {
      this.reader.onState("reconnecting");
      if (source.readyState === EventSource.CLOSED) setTimeout(() => this.connect(), retryMs);
    };
  }

  private take(id: number, event: TidelineEvent): void {
    if (id <= this.last) this.reader.onBegin(); // The agent's clock went back over a restart.
    this.last = id;
    this.reader.onEvent(id / 1000, event);
    const marks = JSON.stringify(event.models.map((model) => [model.name, model.plan, model.moves, model.reason]));
    if (marks !== this.marks) this.asked = -Infinity;
    this.marks = marks;
    this.ask();
  }

  private ask(): void {
    const now = performance.now();
    if (this.asking || document.hidden || now - this.asked < statusEveryMs) return;
    this.asking = true;
    this.asked = now;
    fetch("/api/status")
      .then((reply) => reply.json())
      .then((status: Status) => this.reader.onStatus(status))
      .catch(() => (this.asked = now - statusEveryMs + 1000))
      .finally(() => (this.asking = false));
  }
}
