// Strip: the network as a band with the cut on it, the bytes at each cut, and the predicted latency of each cut.
import { byId, refill, setText, svg } from "./dom";
import { bytes, planName, time } from "./format";
import type { ModelStatus, Plan, Prediction } from "./types";

const left = 72;
const band = { top: 34, height: 30 };
const wire = { top: 100, height: 84 };
const latency = { top: 212, height: 84 };
const whole = 322;

// The fastest predicted plan of each cut.
function fastest(predictions: Prediction[]): Map<number, Prediction> {
  const best = new Map<number, Prediction>();
  for (const one of predictions) if (one.total_us < (best.get(one.cut)?.total_us ?? Infinity)) best.set(one.cut, one);
  return best;
}

const words = (x: number, y: number, kind: string, text: string, anchor = "start") =>
  svg("text", { x, y, class: kind, "text-anchor": anchor }, text);

export class Strip {
  private model: ModelStatus | null = null;
  private plan: Plan | null = null;
  private readonly place = byId("strip");
  private readonly look = byId<HTMLInputElement>("look");

  constructor() {
    new ResizeObserver(() => this.draw()).observe(this.place);
    this.look.addEventListener("input", () => this.draw());
  }

  show(model: ModelStatus, plan: Plan): void {
    const other = this.model?.digest !== model.digest;
    this.model = model;
    this.plan = plan;
    this.look.max = String(model.cuts.length - 1);
    if (other) this.look.value = String(plan.cut);
    this.draw();
  }

  private draw(): void {
    const { model, plan, place } = this;
    const width = place.clientWidth;
    if (!model || !plan || width === 0) return;
    const at = Math.min(Number(this.look.value), model.cuts.length - 1);
    refill(place, [width, at, plan, model.digest, model.predictions], () => [this.drawing(model, plan, at, width)]);
    this.tell(model, plan, at);
  }

  private drawing(model: ModelStatus, plan: Plan, at: number, width: number): SVGElement {
    const last = model.cuts.length - 1;
    const x = (cut: number) => left + (cut / Math.max(1, last)) * (width - left - 14);
    const label = `The network has ${last + 1} cuts; it is cut at ${planName(plan)}.`;
    const drawn = svg("svg", { width, height: whole, role: "img", "aria-label": label });
    drawn.append(
      ...this.band(plan, last, x),
      ...this.wire(model, plan, x, width),
      ...this.latency(model, plan, x, width),
    );
    drawn.append(svg("line", { x1: x(at), x2: x(at), y1: band.top - 4, y2: whole - 24, class: "looked" }));
    drawn.append(svg("line", { x1: x(plan.cut), x2: x(plan.cut), y1: band.top - 8, y2: whole - 24, class: "cut" }));
    const below = band.top + band.height + 15;
    if (plan.cut > 0) drawn.append(words(x(0), below, "side edge", "on this edge"));
    if (plan.cut < last) drawn.append(words(x(last), below, "side cloud", "in the cloud", "end"));
    const anchor = plan.cut < last * 0.2 ? "start" : plan.cut > last * 0.8 ? "end" : "middle";
    drawn.append(words(x(plan.cut), 16, "value", `cut ${plan.cut}`, anchor));
    drawn.append(words(x(0), whole - 6, "tick", "input", "start"), words(x(last), whole - 6, "tick", "output", "end"));
    return drawn;
  }

  private band(plan: Plan, last: number, x: (cut: number) => number): SVGElement[] {
    const parts: SVGElement[] = [words(0, band.top + 20, "label", "network")];
    const gap = x(1) - x(0) > 5 ? 1 : 0;
    for (let layer = 0; layer < last; ++layer)
      parts.push(
        svg("rect", {
          x: x(layer) + gap,
          y: band.top,
          width: Math.max(0.5, x(layer + 1) - x(layer) - 2 * gap),
          height: band.height,
          rx: gap ? 3 : 0,
          class: layer < plan.cut ? "head" : "tail",
        }),
      );
    return parts;
  }

  private wire(model: ModelStatus, plan: Plan, x: (cut: number) => number, width: number): SVGElement[] {
    const sizes = model.cuts.map((cut) => cut.bytes);
    const most = Math.max(...sizes, 1);
    const least = Math.max(1, Math.min(...sizes.filter((size) => size > 0)) / 2);
    const tall = (size: number) =>
      size <= 0 ? 0 : Math.max(2, (wire.height * Math.log(size / least)) / Math.max(0.7, Math.log(most / least)));
    const floor = wire.top + wire.height;
    const wide = Math.max(1.5, Math.min(22, ((width - left) / sizes.length) * 0.6));
    return [
      words(0, wire.top + 12, "label", "bytes"),
      words(0, wire.top + 28, "tick", bytes(most)),
      words(0, floor, "tick", "log scale"),
      svg("line", { x1: left, x2: width, y1: floor, y2: floor, class: "axis" }),
      ...sizes.map((size, cut) =>
        svg(
          "rect",
          {
            x: x(cut) - wide / 2,
            y: floor - tall(size),
            width: wide,
            height: tall(size),
            class: cut === plan.cut ? "bytes chosen" : "bytes",
          },
          svg("title", {}, `cut ${cut}: ${bytes(size)}`),
        ),
      ),
    ];
  }

  private latency(model: ModelStatus, plan: Plan, x: (cut: number) => number, width: number): SVGElement[] {
    const best = [...fastest(model.predictions).values()].sort((a, b) => a.cut - b.cut);
    if (best.length === 0) return [words(left, latency.top + 30, "label", "No predictions yet.")];
    const most = Math.max(...best.map((one) => one.total_us));
    const floor = latency.top + latency.height;
    const y = (us: number) => floor - (latency.height * us) / most;
    const path = best
      .map((one, i) => `${i ? "L" : "M"}${x(one.cut).toFixed(1)} ${y(one.total_us).toFixed(1)}`)
      .join("");
    const size = best.length > 60 ? 2 : 3.5;
    return [
      words(0, latency.top + 12, "label", "predicted"),
      words(0, latency.top + 28, "tick", time(most)),
      svg("line", { x1: left, x2: width, y1: floor, y2: floor, class: "axis" }),
      svg("path", { d: path, class: "curve" }),
      ...best.map((one) =>
        svg(
          "circle",
          {
            cx: x(one.cut),
            cy: y(one.total_us),
            r: one.cut === plan.cut ? size + 2 : size,
            class: one.cut === plan.cut ? "dot chosen" : "dot",
          },
          svg("title", {}, `${planName(one)}: ${time(one.total_us)}`),
        ),
      ),
    ];
  }

  private tell(model: ModelStatus, plan: Plan, at: number): void {
    const cut = model.cuts[at];
    if (!cut) return;
    const best = fastest(model.predictions).get(at);
    const where =
      at === plan.cut ? " (the usual plan)" : at > model.deepest_cut ? " (this machine does not hold its head)" : "";
    const predicted = best
      ? `; predicted ${time(best.total_us)} by ${best.codec}, of which ${time(best.terms.network_us)} on the link`
      : "";
    setText(
      byId("looked"),
      `cut ${at} ${cut.name}${where}: ${bytes(cut.bytes)} as fp32, head needs ${bytes(cut.head_memory_bytes)} of memory${predicted}`,
    );
    this.look.setAttribute("aria-valuetext", `cut ${at} ${cut.name}`);
  }
}
