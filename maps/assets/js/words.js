// Words and numbers in the page's language. The texts come with the data.

let texts = {};
let noun = {};
let numberFormat = new Intl.NumberFormat('en-US');
let scoreFormat = numberFormat;

function useTexts(data) {
  texts = data.texts;
  noun = data.noun;
  const locale = data.language === 'es' ? 'es-US' : 'en-US';
  numberFormat = new Intl.NumberFormat(locale, {maximumFractionDigits: 1});
  scoreFormat = new Intl.NumberFormat(locale, {minimumFractionDigits: 1, maximumFractionDigits: 1});
}

/** A text with its {gaps} filled; the nouns for the areas are always known. */
function say(key, values) {
  const known = Object.assign({}, noun, values);
  return texts[key].replace(/\{(\w+)\}/g, (gap, name) => (name in known ? known[name] : gap));
}

const number = value => numberFormat.format(value);
const score = value => scoreFormat.format(value);
const whole = value => numberFormat.format(Math.round(value));

function percent(share) {
  const hundred = 100 * share;
  if (hundred > 0 && hundred < 1) return say('percent_below', {n: 1});
  if (hundred > 99 && hundred < 100) return say('percent_above', {n: 99});
  return say('percent', {n: Math.round(hundred)});
}

/** Minutes from the data; null means that no road leads there. */
const minutesText = value => (value === null ? say('unreachable') : say('min', {n: whole(value)}));
