// Colours from the style sheet, numbers as the reader writes them, and what all charts have in common.

const locale = document.documentElement.dataset.locale;
const short = new Intl.NumberFormat(locale, { maximumSignificantDigits: 4 });

// Four significant digits, and never fewer than stand before the decimal sign.
function long(value) {
  const before = value === 0 ? 1 : Math.floor(Math.log10(Math.abs(value))) + 1;
  return value.toLocaleString(locale, { maximumFractionDigits: Math.min(Math.max(4 - before, 0), 15) });
}

const signed = (text) => text.replace("-", "\u2212");
export const tick = (value) => signed(short.format(value));
export const exact = (value) => (value === null ? "\u2013" : signed(long(value)));

let probe;

// A custom property may be light-dark(…); only a real property gives the colour that is in force.
export function colour(name) {
  if (!probe?.isConnected) {
    probe = document.createElement("span");
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

export const seriesColour = (role) => colour(`series-${role}`);

export function rem(value) {
  return value * parseFloat(getComputedStyle(document.documentElement).fontSize);
}

export function applyDefaults(Chart) {
  Object.assign(Chart.defaults, {
    animation: false,
    maintainAspectRatio: false,
    responsive: true,
    color: colour("chart-text"),
    borderColor: colour("chart-grid"),
  });
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = rem(0.75);
  Chart.defaults.plugins.legend.display = false;
  Object.assign(Chart.defaults.plugins.tooltip, {
    backgroundColor: colour("raised"),
    borderColor: colour("line-strong"),
    borderWidth: 1,
    titleColor: colour("ink"),
    bodyColor: colour("ink"),
    footerColor: colour("chart-text"),
    cornerRadius: 4,
    padding: 10,
    boxPadding: 4,
    usePointStyle: true,
  });
}

// For an axis whose ends are no round numbers: only round ones get a figure.
export function roundTicks() {
  return { callback: (value) => tick(value), padding: 6, maxTicksLimit: 7, autoSkipPadding: 12, includeBounds: false };
}

export function valueAxis(title, extra = {}) {
  return {
    title: { display: Boolean(title), text: title },
    border: { display: false },
    grid: { color: colour("chart-grid"), drawTicks: false },
    ticks: { callback: (value) => tick(value), padding: 6, maxTicksLimit: 7 },
    ...extra,
  };
}

export function periodAxis(title, extra = {}) {
  return {
    title: { display: Boolean(title), text: title },
    border: { color: colour("line-strong") },
    grid: { display: false },
    ticks: { maxRotation: 0, autoSkipPadding: 12 },
    ...extra,
  };
}

export const byPeriod = { mode: "index", intersect: false };

export function lineOf(series, extra = {}) {
  const drawnIn = seriesColour(series.role);
  return {
    type: "line",
    label: series.label,
    data: series.values,
    borderColor: drawnIn,
    backgroundColor: drawnIn,
    borderWidth: 2,
    pointRadius: 0,
    pointHoverRadius: 4,
    pointHitRadius: 12,
    ...extra,
  };
}

export function withUnit(unit) {
  return {
    callbacks: {
      label: ({ dataset, raw }) => ` ${dataset.label}: ${exact(typeof raw === "object" ? raw.y : raw)} ${unit}`,
    },
  };
}
