// One bar per input around the base case: what the outcome is at its low and at its high setting.

import { exact, rem, seriesColour, valueAxis } from "./defaults.js";
import { swingLabels } from "./plugins.js";

const ROOM_FOR_SETTINGS = 0.18;

export function tornado(spec) {
  const outcomes = spec.swings.flatMap(({ low, high }) => [low, high]);
  const [least, most] = [Math.min(spec.base, ...outcomes), Math.max(spec.base, ...outcomes)];
  const room = (most - least || 1) * ROOM_FOR_SETTINGS;
  const side = (name, value) => ({
    label: `${name} setting`,
    data: spec.swings.map((swing) => [spec.base, swing[value]]),
    backgroundColor: spec.swings.map((swing) => seriesColour(swing[value] < spec.base ? "downside" : "upside")),
    grouped: false,
    barPercentage: 0.7,
    categoryPercentage: 0.9,
  });
  return {
    legend: [
      { label: "Worse than the base case", key: "downside" },
      { label: "Better than the base case", key: "upside" },
    ],
    config: {
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
          x: valueAxis(spec.unit, { min: least - room, max: most + room, ticks: ticksWithin(least, most, room) }),
          y: { grid: { display: false }, border: { display: false }, ticks: { autoSkip: false } },
        },
      },
      plugins: [swingLabels],
    },
  };
}

// The ends of the axis are room for text, not round numbers; leave them without a figure.
function ticksWithin(least, most, room) {
  return {
    padding: 6,
    maxTicksLimit: 7,
    includeBounds: false,
    callback: (value) => (value < least - room || value > most + room ? null : exact(value)),
  };
}

function describe(spec, { datasetIndex, dataIndex }) {
  const swing = spec.swings[dataIndex];
  const [setting, value] = datasetIndex === 0 ? [swing.lowSetting, swing.low] : [swing.highSetting, swing.high];
  return ` ${setting}: ${exact(value)} ${spec.unit}`;
}
