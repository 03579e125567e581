// Lines or steps over the periods, each named at its end.

import { byPeriod, lineOf, periodAxis, rem, valueAxis, withUnit } from "./defaults.js";
import { endLabels, zeroLine } from "./plugins.js";

const ROOM_PER_LETTER = 0.46;
const MOST_ROOM = 9;

export function line(spec) {
  const longest = Math.max(...spec.lines.map(({ label }) => label.length));
  return {
    type: "line",
    data: {
      labels: spec.points,
      datasets: spec.lines.map((series) => lineOf(series, { stepped: spec.stepped ? "middle" : false })),
    },
    options: {
      interaction: byPeriod,
      layout: { padding: { right: rem(Math.min(longest * ROOM_PER_LETTER + 0.75, MOST_ROOM)) } },
      plugins: {
        tooltip: withUnit(spec.unit),
        endLabels: { items: spec.lines.map(({ label }, dataset) => ({ dataset, label, tone: "ink" })) },
      },
      scales: { x: periodAxis(spec.pointName), y: valueAxis(spec.unit) },
    },
    plugins: [zeroLine, endLabels],
  };
}
