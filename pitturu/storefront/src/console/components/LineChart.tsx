import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";

import { type ChartOptions, optionsOf } from "./chartOptions.js";
import { useColourScheme } from "./useColourScheme.js";

interface LineChartProps extends ChartOptions {
  /** What the chart shows, in words: for those who do not see it. */
  summary: string;
  /** The name of a point: shown with its values under the pointer. */
  title: (point: number) => string;
}

/** Lines over time. What it shows has to be in a table too: see `Charted`. */
export function LineChart({ summary, title, ...options }: LineChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const [point, setPoint] = useState<number | null>(null);
  const scheme = useColourScheme();
  const { series, points, format } = options;
  const drawn = JSON.stringify([scheme, points, options.top, series, format(1), options.tick(0)]);
  useEffect(() => {
    const place = host.current;
    if (place === null) return;
    const data: uPlot.AlignedData = [Array.from({ length: points }, (_, at) => at), ...series.map(({ values }) => [...values])];
    const chart = new uPlot(optionsOf(place, options, setPoint), data, place);
    const watch = new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: chart.height }));
    watch.observe(place);
    return () => {
      watch.disconnect();
      chart.destroy();
      setPoint(null);
    };
  }, [drawn]);
  useEffect(() => {
    const canvas = host.current?.querySelector("canvas");
    canvas?.setAttribute("role", "img");
    canvas?.setAttribute("aria-label", summary);
  }, [summary, drawn]);
  return (
    <div className="pc-chart">
      <ul>
        {series.map((one) => (
          <li key={one.label}>
            <Swatch colour={one.colour} dashed={one.dashed ?? false} />
            {one.label}
            {point !== null && <strong>{shown(one.values[point], format)}</strong>}
          </li>
        ))}
        {point !== null && <li>{title(point)}</li>}
      </ul>
      <div ref={host} className="pc-canvas" />
    </div>
  );
}

function shown(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? "–" : format(value);
}

function Swatch({ colour, dashed }: { colour: string; dashed: boolean }) {
  return (
    <svg viewBox="0 0 24 8" aria-hidden="true">
      <path d="M0 4h24" stroke={`var(${colour})`} strokeWidth="3" strokeDasharray={dashed ? "6 3" : undefined} />
    </svg>
  );
}
