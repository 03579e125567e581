// Which sign a block of numbers has before its decimals. One cell may prove it for all: 2,42 says how 2,670 is meant.

import { bareNumber, isGrouped } from "./numbers.js";

// signs: what to read the block with. doubtful: the first text with either sign that could be a thousand times less or
// more, where no cell of the block says which. Cells that prove both leave it open: what is doubtful is then no number.
export function signsOfBlock(texts, signs) {
  const bare = texts.map(bareNumber);
  const proven = [...new Set(bare.map(decimalOf).filter(Boolean))];
  if (proven.length === 1) return { signs: { ...signs, decimal: proven[0], group: otherThan(proven[0]) }, doubtful: [] };
  if (proven.length) return { signs: { ...signs, open: true }, doubtful: [] };
  const firsts = [",", "."].map((sign) => texts.find((_, place) => bare[place].includes(sign) && isDoubtful(bare[place])));
  return { signs, doubtful: firsts.filter(Boolean) };
}

function otherThan(sign) {
  return sign === "," ? "." : ",";
}

// The decimal sign that a text can only have been written with, or nothing.
function decimalOf(whole) {
  const text = whole.replace(/e[+-]?\d+$/i, "");
  if (!/^[+-]?[\d.,]*\d[\d.,]*$/.test(text) || !/[.,]/.test(text) || isDoubtful(text)) return undefined;
  const last = text.lastIndexOf(",") > text.lastIndexOf(".") ? "," : ".";
  return text.split(last).length > 2 ? otherThan(last) : last;
}

function isDoubtful(text) {
  const found = /^[^.,]*([.,])[^.,]*$/.exec(text);
  return found !== null && isGrouped(text, found[1]);
}
