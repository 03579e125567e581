// Numbers as people type them and as Excel and Sheets put them on the clipboard, and back into text.

const SPACES = /[\s\u00a0\u202f\u2009]/g;
const QUOTES = /(?<=\d)['\u2019](?=\d{3})/g;
const MINUS = /[\u2212\u2013]/g;
// One sign of a currency before or after the number, as in $5, -€5, C$5 and 5 €.
const CURRENCY = /^([-+(]?)[A-Z]{0,2}\p{Sc}(?=[-+\d.,(])|(?<=[\d.,)-])()\p{Sc}$/u;
const DIGITS = 15;

// The decimal sign and the thousands separator of a reader.
export function signsOf(locale) {
  const parts = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(1234567.5);
  const sign = (type) => parts.find((part) => part.type === type)?.value ?? "";
  return { locale, decimal: sign("decimal"), group: sign("group") };
}

// A number, null for an empty cell, or undefined where the text is none. `unit` decides what a percent sign means.
export function parseNumber(text, signs, unit = "") {
  const rest = text.trim();
  if (rest === "") return null;
  if (/^[-\u2212\u2013]$/.test(rest)) return 0;
  const percent = /%\)?$/.test(rest);
  if (percent && unit !== "%" && unit !== "1") return undefined;
  const plain = pointed(bareNumber(rest), signs);
  if (plain === undefined || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(plain)) return undefined;
  const value = Number(plain);
  if (!Number.isFinite(value)) return undefined;
  return percent && unit === "1" ? Number((value / 100).toPrecision(DIGITS)) : value;
}

// The digits and signs of a number, without spaces, currency and percent signs; parentheses and a minus that stands
// last, as accountants write what is negative, become a minus that stands first.
export function bareNumber(text) {
  const rest = text.replace(SPACES, "").replace(QUOTES, "").replace(MINUS, "-").replace(CURRENCY, "$1$2").replace(/%(\)?)$/, "$1");
  const negative = /^\(([^-+()]+)\)$/.exec(rest) ?? /^([\d.,]+)-$/.exec(rest);
  return negative ? `-${negative[1].replace(CURRENCY, "$1$2")}` : rest;
}

export function hasCurrency(text) {
  return /\p{Sc}/u.test(text);
}

// The text with a point as its decimal sign and no separators; where only one kind of sign stands in it, the
// reader's own signs decide what it means, unless its place cannot be theirs; where it is `open`, nobody's do.
function pointed(text, { decimal, group, open = false }) {
  const commas = text.split(",").length - 1;
  const points = text.split(".").length - 1;
  if (commas && points) {
    const last = text.lastIndexOf(",") > text.lastIndexOf(".") ? "," : ".";
    const other = last === "," ? "." : ",";
    if (text.split(last).length > 2) return undefined;
    return isGrouped(text.split(last)[0], other) ? text.replaceAll(other, "").replace(last, ".") : undefined;
  }
  const sign = commas ? "," : ".";
  const times = commas || points;
  if (times === 0) return text;
  if (times > 1) return isGrouped(text, sign) ? text.replaceAll(sign, "") : undefined;
  if (open && isGrouped(text, sign)) return undefined;
  if (sign !== decimal && sign === group && isGrouped(text, sign)) return text.replace(sign, "");
  return text.replace(sign, ".");
}

export function isGrouped(text, sign) {
  const [first, ...others] = text.replace(/^[+-]/, "").split(sign);
  return /^[1-9]\d{0,2}$/.test(first) && others.every((part) => /^\d{3}$/.test(part));
}

// Every digit that the number holds, grouped as the reader writes it.
export function formatNumber(value, signs) {
  if (value === null) return "";
  const [mantissa, exponent] = String(value).split("e");
  if (exponent) return mantissa.replace(".", signs.decimal).replace("-", "\u2212") + "e" + exponent;
  return new Intl.NumberFormat(signs.locale, { maximumFractionDigits: 20, maximumSignificantDigits: 17 })
    .format(value)
    .replace("-", "\u2212");
}

// For an input and for the clipboard: every digit, without separators.
export function plainNumber(value, signs) {
  return value === null ? "" : String(value).replace(".", signs.decimal);
}
