// A distribution as a histogram, or as the chance of more than each value; both with markers.

import { colour, exact, rem, roundTicks, seriesColour, valueAxis } from "./defaults.js";
import { LABEL_SPACE_REM, markers } from "./plugins.js";

const share = new Intl.NumberFormat(document.documentElement.dataset.locale, { maximumSignificantDigits: 3 });

export function histogram(spec) {
  const threshold = spec.markers.find(({ role }) => role === "threshold")?.value ?? -Infinity;
  const bins = spec.shares.map((y, bin) => ({ x: (spec.edges[bin] + spec.edges[bin + 1]) / 2, y }));
  const fills = bins.map(({ x }) => (x < threshold ? seriesColour("downside") : colour("chart-bars")));
  const range = ([{ dataIndex }]) => `${exact(spec.edges[dataIndex])} to ${exact(spec.edges[dataIndex + 1])} ${spec.unit}`;
  return {
    type: "bar",
    data: {
      datasets: [{ data: bins, backgroundColor: fills, barPercentage: 1, categoryPercentage: 0.96, grouped: false }],
    },
    options: {
      ...framed(spec),
      interaction: { mode: "nearest", axis: "x", intersect: false },
      plugins: {
        tooltip: { callbacks: { title: range, label: ({ raw }) => ` ${share.format(raw.y)} % of trials` } },
        markers: { items: spec.markers },
      },
      scales: {
        x: { ...outcomes(spec), min: spec.edges[0], max: spec.edges.at(-1), offset: false },
        y: valueAxis("Share of trials, %"),
      },
    },
    plugins: [markers],
  };
}

export function exceedance(spec) {
  const drawnIn = seriesColour("p50");
  return {
    type: "line",
    data: {
      datasets: [
        {
          data: spec.values.map((x, index) => ({ x, y: spec.chances[index] })),
          borderColor: drawnIn,
          backgroundColor: drawnIn,
          borderWidth: 2,
          pointRadius: 0,
        },
      ],
    },
    options: {
      ...framed(spec),
      interaction: { mode: "nearest", axis: "x", intersect: false },
      plugins: {
        tooltip: {
          callbacks: {
            title: ([{ raw }]) => `${exact(raw.x)} ${spec.unit}`,
            label: ({ raw }) => ` ${share.format(raw.y)} % chance of more`,
          },
        },
        markers: { items: spec.markers },
      },
      scales: { x: outcomes(spec), y: valueAxis("Chance of more, %", { min: 0, max: 100 }) },
    },
    plugins: [markers],
  };
}

function framed(spec) {
  return { layout: { padding: { top: spec.markers.length ? rem(LABEL_SPACE_REM) : 0 } } };
}

function outcomes(spec) {
  return valueAxis(spec.unit, {
    type: "linear",
    grid: { display: false },
    border: { display: true, color: colour("line-strong") },
    ticks: roundTicks(),
  });
}
