// Chart: one time series chart with a legend that shows the newest values, or those under the cursor.
import uPlot from "uplot";
import { element, setText } from "./dom";
import { nothing } from "./format";
import { keptSeconds, type Column, type History } from "./history";
import type { ChartPlan, Line, Name } from "./series";

const height = 180;
const leastSeconds = 60; // Of the time axis, when there is little to show.
const css = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Requests may come seldom: a bar shows a second by itself, where a line would need a neighbour.
const bars = uPlot.paths.bars!({ size: [1, 40], align: -1 });

// Each column on top of those before it; null where all are.
function stack(columns: Column[]): Column[] {
  const below: Column = [];
  return columns.map((column) =>
    column.map((value, i) => (below[i] = value == null && below[i] == null ? null : (below[i] ?? 0) + (value ?? 0))),
  );
}

// "1.50 ms" -> "1.5 ms": on an axis short numbers read best.
const short = (text: string): string => text.replace(/\.(\d*?)0+(?!\d)/, (_, rest: string) => (rest ? `.${rest}` : ""));

export class Chart {
  readonly place = element("figure", { class: "chart" });
  private readonly canvas = element("div", { class: "canvas", role: "img" });
  private readonly values = new Map<Name, HTMLElement>();
  private plot: uPlot | null = null;
  private at: number | null = null; // The index under the cursor.

  constructor(private readonly plan: ChartPlan) {
    const entry = (line: Line) => {
      const value = element("b");
      this.values.set(line.name, value);
      const key = element("span", { class: `key ${line.name}${line.dash ? " dashed" : ""}` });
      return element("span", { class: "entry" }, key, `${line.label} `, value);
    };
    const note = plan.note ? [element("small", {}, plan.note)] : [];
    this.place.append(
      element("figcaption", {}, element("h3", {}, plan.title), ...note),
      element("p", { class: "legend" }, ...plan.lines.map(entry)),
      this.canvas,
    );
    new ResizeObserver(() => this.plot?.setSize({ width: this.canvas.clientWidth, height })).observe(this.canvas);
  }

  // Colours come from the style sheet, so a change of theme needs a new plot.
  restyle(): void {
    this.plot?.destroy();
    this.plot = null;
  }

  draw(history: History<Name>, now: number): void {
    if (this.canvas.clientWidth === 0) return; // Hidden.
    const data = this.data(history);
    this.plot ??= new uPlot(this.options(), data, this.canvas);
    this.plot.setData(data, false);
    this.plot.batch(() => {
      this.plot!.setScale("x", {
        min: Math.max(now - keptSeconds, Math.min(history.time[0]!, now - leastSeconds)),
        max: now,
      });
      for (const scale of this.scales()) this.plot!.setScale(scale, this.range(scale, data));
    });
    this.tell(history);
  }

  private stacked = (line: Line): boolean => this.plan.stacked === true && !line.dash;

  // The drawing order: of a stack, the whole first, so that the lower ones cover it.
  private drawn(): Line[] {
    const { lines } = this.plan;
    return [...lines.filter(this.stacked).reverse(), ...lines.filter((line) => !this.stacked(line))];
  }

  private data(history: History<Name>): uPlot.AlignedData {
    const { lines } = this.plan;
    const piled = lines.filter(this.stacked);
    const stacks = new Map(
      stack(piled.map((line) => history.column(line.name))).map((column, i) => [piled[i]!.name, column]),
    );
    return [
      history.time,
      ...this.drawn().map((line) => stacks.get(line.name) ?? history.column(line.name)),
    ] as uPlot.AlignedData;
  }

  private scales = (): string[] => (this.plan.lines.some((line) => line.right) ? ["y", "right"] : ["y"]);

  private range(scale: string, data: uPlot.AlignedData): { min: number; max: number } {
    let most = this.plan.least ?? 0;
    this.drawn().forEach((line, i) => {
      if ((line.right ? "right" : "y") === scale)
        for (const value of data[i + 1]!) if (value != null && value > most) most = value;
    });
    return { min: 0, max: most > 0 ? most * 1.08 : 1 };
  }

  private options(): uPlot.Options {
    const { plan } = this;
    const axis = {
      stroke: css("--muted"),
      grid: { stroke: css("--grid"), width: 1 },
      ticks: { show: false },
      font: "12px system-ui, sans-serif",
    };
    const size = 66;
    const axes: uPlot.Axis[] = [
      {
        ...axis,
        size: 30,
        space: 90,
        values: [
          [60, "{HH}:{mm}", null, null, null, null, null, null, 1],
          [1, "{HH}:{mm}:{ss}", null, null, null, null, null, null, 1],
        ],
      },
      { ...axis, size, space: 36, values: (_, ticks) => ticks.map((tick) => short(plan.text(tick))) },
    ];
    if (plan.rightText)
      axes.push({
        ...axis,
        side: 1,
        scale: "right",
        size,
        space: 36,
        grid: { show: false },
        values: (_, ticks) => ticks.map((tick) => short(plan.rightText!(tick))),
      });
    const series = this.drawn().map((line): uPlot.Series => {
      const color = css(line.color);
      return {
        scale: line.right ? "right" : "y",
        stroke: color,
        width: this.stacked(line) ? 0 : 1.8,
        points: { show: plan.stacked === true && !this.stacked(line), size: 4, fill: color },
        ...(this.stacked(line) ? { fill: color, paths: bars } : {}),
        ...(line.dash ? { dash: line.dash } : {}),
      };
    });
    return {
      width: this.canvas.clientWidth,
      height,
      legend: { show: false },
      cursor: { sync: { key: "time" }, drag: { x: false, y: false }, points: { show: false } },
      scales: { x: { time: true, auto: false }, y: { auto: false }, right: { auto: false } },
      axes,
      series: [{}, ...series],
      hooks: { setCursor: [(plot) => (this.at = plot.cursor.idx ?? null)] },
    };
  }

  private tell(history: History<Name>): void {
    const at = this.at ?? history.time.length - 1;
    const parts = this.plan.lines.map((line) => {
      const value = history.column(line.name)[at] ?? null;
      const text = value == null ? nothing : (line.right ? this.plan.rightText! : this.plan.text)(value);
      setText(this.values.get(line.name)!, text);
      return `${line.label} ${text}`;
    });
    const label = `${this.plan.title}: ${parts.join(", ")}`;
    if (this.canvas.getAttribute("aria-label") !== label) this.canvas.setAttribute("aria-label", label);
  }
}
