// Percentile bands around the median; the base case is a dashed line of its own.

import { byPeriod, colour, lineOf, periodAxis, rem, valueAxis, withUnit } from "./defaults.js";
import { endLabels, zeroLine } from "./plugins.js";

const BANDS = [
  { low: "25", high: "75", key: "band-inner", order: 10 },
  { low: "10", high: "90", key: "band-middle", order: 20 },
  { low: "5", high: "95", key: "band-outer", order: 30 },
];

export function fan(spec) {
  const datasets = BANDS.flatMap((band, index) => edges(spec, band, 2 * index));
  const median = datasets.length;
  datasets.push(lineOf({ label: "P50", role: "p50", values: spec.percentiles["50"] }, { order: 2 }));
  const names = [
    { dataset: 5, label: "P95", tone: "chart-text" },
    { dataset: median, label: "P50", tone: "ink" },
    { dataset: 4, label: "P5", tone: "chart-text" },
  ];
  if (spec.baseCase) {
    datasets.push(
      lineOf({ label: "Base case", role: "base-case", values: spec.baseCase }, { borderDash: [6, 4], order: 1 }),
    );
  }
  return {
    type: "line",
    data: { labels: spec.periods, datasets },
    options: {
      interaction: byPeriod,
      layout: { padding: { right: rem(2.25) } },
      plugins: {
        tooltip: { ...withUnit(spec.unit), itemSort: (one, other) => other.raw - one.raw },
        endLabels: { items: names },
        zeroLine: { over: true },
      },
      scales: { x: periodAxis(spec.periodName), y: valueAxis(spec.unit) },
    },
    plugins: [zeroLine, endLabels],
  };
}

function edges(spec, { low, high, key, order }, index) {
  const shade = colour(key);
  const edge = (level, fill) => ({
    label: `P${level}`,
    data: spec.percentiles[level],
    borderWidth: 0,
    pointRadius: 0,
    pointHoverRadius: 3,
    borderColor: shade,
    backgroundColor: shade,
    fill,
    order,
  });
  return [edge(low, false), edge(high, { target: index })];
}
