// What each part makes of a whole: one bar each, the largest first, its share written behind it.

import { exact, rem, seriesColour, tick, valueAxis } from "./defaults.js";

const behindBars = {
  id: "behindBars",
  afterDatasetsDraw(chart) {
    const { ctx } = chart;
    ctx.save();
    ctx.fillStyle = chart.options.color;
    ctx.font = `${rem(0.75)}px ${globalThis.Chart.defaults.font.family}`;
    ctx.textBaseline = "middle";
    for (const [index, bar] of chart.getDatasetMeta(0).data.entries()) {
      ctx.fillText(`${tick(Number(chart.data.datasets[0].data[index].toPrecision(3)))} %`, bar.x + rem(0.4), bar.y);
    }
    ctx.restore();
  },
};

export function shares(spec) {
  return {
    type: "bar",
    data: {
      labels: spec.labels,
      datasets: [
        {
          label: spec.title,
          data: spec.shares,
          backgroundColor: seriesColour(spec.role),
          barPercentage: 0.8,
          categoryPercentage: 0.9,
        },
      ],
    },
    options: {
      indexAxis: "y",
      layout: { padding: { right: rem(3.5) } },
      interaction: { mode: "index", axis: "y", intersect: false },
      plugins: { tooltip: { callbacks: { label: (item) => describe(spec, item) } } },
      scales: {
        x: valueAxis(spec.unit, { min: 0 }),
        y: {
          grid: { display: false },
          border: { display: false },
          ticks: { autoSkip: false, callback: (_, index) => short(spec.labels[index]) },
        },
      },
    },
    plugins: [behindBars],
  };
}

const MOST_SIGNS = 26;

function short(label) {
  return label.length > MOST_SIGNS ? `${label.slice(0, MOST_SIGNS - 1)}\u2026` : label;
}

function describe(spec, { dataIndex }) {
  return ` ${exact(spec.shares[dataIndex])} %: ${exact(spec.amounts[dataIndex])} ${spec.amountUnit}`;
}
