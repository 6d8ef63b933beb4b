// Words and numbers in the page's language. The texts come with the data.

let texts = {};
let noun = {};

function useTexts(data) {
  texts = data.texts;
  noun = data.noun;
}

/** A text with its {gaps} filled; the nouns for the areas are always known. */
function say(key, values) {
  const known = Object.assign({}, noun, values);
  return texts[key].replace(/\{(\w+)\}/g, (gap, name) => (name in known ? known[name] : gap));
}

/** A number as texts.py writes it, rounded half up. The browser's own formats take longer to get than all numbers to write. */
function figure(value, decimals) {
  const units = 10 ** decimals;
  const rounded = Math.floor(Math.abs(value) * units + 0.5 + 1e-9) / units;
  const [before, after] = rounded.toFixed(decimals).split('.');
  const grouped = before.replace(/\B(?=(\d{3})+$)/g, texts.thousands);
  return (value < 0 && rounded ? '-' : '') + grouped + (after ? texts.decimal + after : '');
}

const score = value => figure(value, 1);
const whole = value => figure(value, 0);
/** With a decimal only where there is one. */
const number = value => figure(value, Number.isInteger(Math.round(10 * value) / 10) ? 0 : 1);

function percent(share) {
  const hundred = 100 * share;
  if (hundred > 0 && hundred < 1) return say('percent_below', {n: 1});
  if (hundred > 99 && hundred < 100) return say('percent_above', {n: 99});
  return say('percent', {n: Math.round(hundred)});
}

/** Minutes from the data; null means that no road leads there. */
const minutesText = value => (value === null ? say('unreachable') : say('min', {n: whole(value)}));
