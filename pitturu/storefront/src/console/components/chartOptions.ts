// How a line chart is drawn: uPlot's options from ours.

import type uPlot from "uplot";

export interface ChartSeries {
  label: string;
  /** One a point; null where there is nothing to show. */
  values: readonly (number | null)[];
  /** A colour of the page: `--pt-primary`. */
  colour: `--pt-${string}`;
  /** Distinguished without its colour. */
  dashed?: boolean;
  filled?: boolean;
}

export interface ChartOptions {
  /** How many points there are; each series has a value for each. */
  points: number;
  series: readonly ChartSeries[];
  /** A value in words. */
  format: (value: number) => string;
  /** A value on the axis, in few characters. */
  short: (value: number) => string;
  /** The name of a point on the axis, in few characters. */
  tick: (point: number) => string;
  /** How many points lie between two ticks, at the least first. */
  steps: readonly number[];
  /** The end of the vertical axis; otherwise that of the values. */
  top?: number;
}

const HEIGHT = 200;
const TICK = 12;
/** Pixels of an axis' text. */

const ROOM = { tick: 72, line: 44 };
/** Pixels between two ticks, and between two lines of the grid. */

/** Most points that are marked one by one. */
const MARKED = 100;

/** uPlot's options. `place` is where the chart will be; `point` is called with the point that the pointer is over. */
export function optionsOf(place: HTMLElement, options: ChartOptions, point: (at: number | null) => void): uPlot.Options {
  const colour = (value: string) => computed(place, value);
  const font = `${TICK}px ${getComputedStyle(place).fontFamily}`;
  const axis = { font, stroke: colour("var(--pt-on-surface-variant)"), ticks: { show: false } };
  const grid = { stroke: colour("var(--pt-outline-variant)"), width: 1 };
  const last = options.points - 1;
  return {
    width: place.clientWidth,
    height: HEIGHT,
    padding: [8, 24, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      x: { time: false, range: last > 0 ? [0, last] : [-1, 1] },
      y: { range: (_, __, most) => [0, options.top ?? (most > 0 ? most * 1.1 : 1)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        incrs: [...options.steps],
        space: ROOM.tick,
        size: 28,
        values: (_, ticks) => ticks.map((at) => (Number.isInteger(at) && at >= 0 && at <= last ? options.tick(at) : "")),
      },
      { ...axis, grid, space: ROOM.line, size: width(font), values: (_, ticks) => ticks.map(options.short) },
    ],
    series: [{}, ...options.series.map((one) => line(one, colour, options.points <= MARKED))],
    hooks: { setCursor: [(chart) => point(chart.cursor.idx ?? null)] },
  };
}

function line(series: ChartSeries, colour: (value: string) => string, marked: boolean): uPlot.Series {
  const stroke = colour(`var(${series.colour})`);
  return {
    label: series.label,
    stroke,
    width: 2,
    ...(series.dashed ? { dash: [6, 4] } : {}),
    ...(series.filled ? { fill: colour(`color-mix(in srgb, var(${series.colour}) 14%, transparent)`) } : {}),
    points: { show: marked, size: 5, fill: stroke },
  };
}

/** The room that the longest text of the axis takes. */
function width(font: string): uPlot.Axis.Size {
  return (chart, values) => {
    chart.ctx.save();
    chart.ctx.font = font;
    const widest = Math.max(0, ...(values ?? []).map((text) => chart.ctx.measureText(text).width));
    chart.ctx.restore();
    return Math.ceil(widest) + 16;
  };
}

/** A colour of the page as the canvas takes it: without variables, light or dark. */
function computed(place: HTMLElement, value: string): string {
  const probe = document.createElement("span");
  probe.style.color = value;
  place.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
