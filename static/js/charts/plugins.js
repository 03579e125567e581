// What Chart.js does not bring: the zero line, labelled markers across a distribution, names at the ends of lines.

import { colour, rem, seriesColour, tick } from "./defaults.js";

export const zeroLine = {
  id: "zeroLine",
  beforeDatasetsDraw(chart, _args, { over = false }) {
    if (!over) drawZero(chart);
  },
  // Filled bands would hide it.
  afterDatasetsDraw(chart, _args, { over = false }) {
    if (over) drawZero(chart);
  },
};

function drawZero({ ctx, chartArea, scales }) {
  const at = scales.y.getPixelForValue(0);
  if (at < chartArea.top || at > chartArea.bottom) return;
  stroke(ctx, colour("chart-zero"), 1, [], chartArea.left, at, chartArea.right, at);
}

// Upright lines with a name on top; names that would overlap move down a row.
export const markers = {
  id: "markers",
  afterDatasetsDraw({ ctx, chartArea, scales }, _args, { items = [] }) {
    const rowHeight = rem(1.05);
    const rows = [];
    const names = [];
    const shown = items
      .map((item) => ({ ...item, at: scales.x.getPixelForValue(item.value) }))
      .filter(({ at }) => at >= chartArea.left - 1 && at <= chartArea.right + 1)
      .sort((one, other) => one.at - other.at);
    for (const { label, role, value, at } of shown) {
      const text = `${label} ${tick(value)}`;
      const half = ctx.measureText(text).width / 2 + 4;
      const middle = Math.min(Math.max(at, chartArea.left + half), chartArea.right - half);
      let row = rows.findIndex((end) => end < middle - half);
      if (row < 0) row = rows.length;
      rows[row] = middle + half;
      const y = chartArea.top - LABEL_SPACE_REM * rem(1) + row * rowHeight;
      const dash = DASHED.has(role) ? [5, 4] : [];
      stroke(ctx, seriesColour(role), 1.5, dash, at, y + rowHeight, at, chartArea.bottom);
      names.push([text, middle, y + rowHeight / 2]);
    }
    // Names come last, so that no line runs through one.
    for (const [text, x, y] of names) write(ctx, text, x, y, "center", colour("ink"));
  },
};

const DASHED = new Set(["threshold", "base-case"]);
export const LABEL_SPACE_REM = 3.3;

// The name of each line at its end, so that no legend has to be looked up; overlapping names move apart.
export const endLabels = {
  id: "endLabels",
  afterDatasetsDraw(chart, _args, { items = [] }) {
    const { ctx, chartArea } = chart;
    const height = rem(0.95);
    const placed = items
      .map(({ dataset, label, tone }) => {
        const points = chart.getDatasetMeta(dataset).data;
        const last = points.findLast((point) => !point.skip && Number.isFinite(point.y));
        return last && { label, tone, x: last.x + 8, y: last.y };
      })
      .filter(Boolean)
      .sort((one, other) => one.y - other.y);
    let lowest = chartArea.top - height;
    for (const item of placed) {
      item.y = Math.max(item.y, lowest + height);
      lowest = item.y;
    }
    let limit = chartArea.bottom;
    for (const item of placed.toReversed()) {
      item.y = Math.min(item.y, limit);
      limit = item.y - height;
    }
    for (const { label, tone, x, y } of placed) {
      write(ctx, label, x, y, "left", colour(tone));
    }
  },
};

const MOST_ROOM = 0.25;
const NO_ROOM = 0.03;

// The share of the width to leave beside the bars on each side; next to nothing where settings would not fit.
export function shareForSettings({ ctx, width }, swings) {
  const widest = (texts) => Math.max(0, ...texts.map((text) => ctx.measureText(text).width));
  const names = Math.min(widest(swings.map(({ label }) => label)), width * MOST_FOR_NAMES) + rem(1.5);
  const room = widest(swings.flatMap(({ lowSetting, highSetting }) => [lowSetting, highSetting])) + rem(0.75);
  const share = room / Math.max(width - names, 1);
  return share > MOST_ROOM ? NO_ROOM : share;
}

// Chart.js gives names half of the width and cuts off the beginning of what is longer.
const MOST_FOR_NAMES = 0.45;

// A name that fits beside the bars; the tooltip and the table of numbers have it whole.
export function shortened({ ctx, width }, name) {
  ctx.save();
  ctx.font = textFont();
  let shown = name;
  for (let kept = name.length - 1; kept > 0 && ctx.measureText(shown).width > width * MOST_FOR_NAMES; kept -= 1) {
    shown = `${name.slice(0, kept).trimEnd()}\u2026`;
  }
  ctx.restore();
  return shown;
}

// The setting of an input at each end of its bar, and the name of the centre line.
export const swingLabels = {
  id: "swingLabels",
  afterDatasetsDraw(chart, _args, { swings = [], base, baseLabel }) {
    const { ctx, chartArea, scales } = chart;
    const centre = scales.x.getPixelForValue(base);
    stroke(ctx, seriesColour("base-case"), 1.5, [], centre, chartArea.top, centre, chartArea.bottom);
    write(ctx, `${baseLabel} ${tick(base)}`, centre, chartArea.top - rem(0.7), "center", colour("ink"));
    if (shareForSettings(chart, swings) === NO_ROOM) return;
    swings.forEach((swing, row) => {
      const y = scales.y.getPixelForValue(row);
      for (const [value, setting] of [
        [swing.low, swing.lowSetting],
        [swing.high, swing.highSetting],
      ]) {
        const left = value < base;
        const x = scales.x.getPixelForValue(value) + (left ? -6 : 6);
        write(ctx, setting, x, y, left ? "right" : "left", colour("chart-text"));
      }
    });
  },
};

const textFont = () => `${rem(0.75)}px ${getComputedStyle(document.body).fontFamily}`;

function stroke(ctx, style, width, dash, x1, y1, x2, y2) {
  ctx.save();
  ctx.strokeStyle = style;
  ctx.lineWidth = width;
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
  ctx.restore();
}

function write(ctx, text, x, y, align, style) {
  ctx.save();
  ctx.font = textFont();
  ctx.textAlign = align;
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  ctx.lineWidth = 4;
  ctx.strokeStyle = colour("chart-halo");
  ctx.strokeText(text, x, y);
  ctx.fillStyle = style;
  ctx.fillText(text, x, y);
  ctx.restore();
}
