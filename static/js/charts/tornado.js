// One bar per input around the base case: what the outcome is at its low and at its high setting.

import { exact, rem, roundTicks, seriesColour, valueAxis } from "./defaults.js";
import { shareForSettings, shortened, swingLabels } from "./plugins.js";

export function tornado(spec) {
  const side = (name, value) => ({
    label: `${name} setting`,
    data: spec.swings.map((swing) => [spec.base, swing[value]]),
    backgroundColor: spec.swings.map((swing) => seriesColour(swing[value] < spec.base ? "downside" : "upside")),
    grouped: false,
    barPercentage: 0.7,
    categoryPercentage: 0.9,
  });
  return {
    type: "bar",
    data: { labels: spec.swings.map(({ label }) => label), datasets: [side("Low", "low"), side("High", "high")] },
    options: {
      indexAxis: "y",
      layout: { padding: { top: rem(1.5) } },
      interaction: { mode: "index", axis: "y", intersect: false },
      plugins: {
        tooltip: { callbacks: { label: (item) => describe(spec, item) } },
        swingLabels: { swings: spec.swings, base: spec.base, baseLabel: spec.baseLabel },
      },
      scales: {
        x: valueAxis(spec.unit, { ticks: roundTicks(), afterDataLimits: (axis) => makeRoom(axis, spec) }),
        y: {
          grid: { display: false },
          border: { display: false },
          ticks: {
            autoSkip: false,
            callback(index) {
              return shortened(this.chart, spec.swings[index].label);
            },
          },
        },
      },
    },
    plugins: [swingLabels],
  };
}

// The axis reaches beyond the bars by what the widest setting takes.
function makeRoom(axis, spec) {
  const values = [spec.base, ...spec.swings.flatMap(({ low, high }) => [low, high])];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const share = shareForSettings(axis.chart, spec.swings);
  const margin = ((most - least || 1) * share) / (1 - 2 * share);
  axis.min = least - margin;
  axis.max = most + margin;
}

function describe(spec, { datasetIndex, dataIndex }) {
  const swing = spec.swings[dataIndex];
  const [setting, value] = datasetIndex === 0 ? [swing.lowSetting, swing.low] : [swing.highSetting, swing.high];
  return ` ${setting}: ${exact(value)} ${spec.unit}`;
}
