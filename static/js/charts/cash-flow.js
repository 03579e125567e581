// Stacked bars per period around zero, and the running total as a line over them.

import { byPeriod, lineOf, periodAxis, seriesColour, valueAxis, withUnit } from "./defaults.js";
import { zeroLine } from "./plugins.js";

export function cashFlow(spec) {
  const bars = spec.bars.map((series) => ({
    type: "bar",
    label: series.label,
    data: series.values,
    backgroundColor: seriesColour(series.role),
    stack: "flows",
    order: 2,
    categoryPercentage: 0.9,
    barPercentage: 0.85,
  }));
  const total = spec.cumulative ? [lineOf(spec.cumulative, { order: 1, pointRadius: 2 })] : [];
  return {
    type: "bar",
    data: { labels: spec.periods, datasets: [...total, ...bars] },
    options: {
      interaction: byPeriod,
      plugins: { tooltip: { ...withUnit(spec.unit), filter: ({ raw }) => raw !== 0 && raw !== null } },
      scales: {
        x: periodAxis(spec.periodName, { stacked: true }),
        y: valueAxis(spec.unit, { stacked: true }),
      },
    },
    plugins: [zeroLine],
  };
}
