// Building blocks of the page. Text from data enters the document here only, as text: there is no innerHTML.

const root = document.documentElement;
const byId = id => document.getElementById(id);
const all = (selector, from) => Array.from((from || document).querySelectorAll(selector));
const SVG = 'http://www.w3.org/2000/svg';
const lessMotion = matchMedia('(prefers-reduced-motion: reduce)').matches;
const NARROW = matchMedia('(max-width: 760px), (max-height: 450px)');
const isNarrow = () => NARROW.matches;

/** Make an element: attributes, then children, which are elements or text. */
function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  node.append(...children.filter(child => child !== null && child !== ''));
  return node;
}

/** A name from data: its writing direction stays its own. */
const named = text => el('bdi', {}, text);

function svg(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Say something to screen readers without moving the focus. */
function announce(text) {
  byId('live').textContent = text;
}

/** Move the keyboard to an entry of the list; to the search or the tab, where a filter or another tab hides it. */
function focusEntry(entry) {
  const places = [entry && entry.querySelector('button'), byId('search'), ...all('[role=tab][aria-selected=true]')];
  (places.find(each => each && each.offsetParent) || root).focus();
}

/** Call once things have been quiet for a while. */
function settled(action, wait) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, wait);
  };
}

const overlap = (one, other) =>
  one.left < other.right && one.right > other.left && one.top < other.bottom && one.bottom > other.top;

/** On a small screen the map is above the list: bring it into sight. */
function showMap() {
  if (isNarrow()) byId('stage').scrollIntoView({block: 'start'});
}

/** A value of a column; one whose texts repeat has the different ones, `of`, and a number for each, `at`. */
const cell = (column, i) => (column.of ? column.of[column.at[i]] : column[i]);

/** Text without case and accents, for searching. */
const plain = text => text.toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '');
