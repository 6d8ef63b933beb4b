// Rank discs, route shields and place names, placed so that none covers another.

const RANKED_ON_MAP = 10;
const DISC = 24;
const TOWNS_AT_HOME = 16;
const ASIDE = 6;
const DOT = 4;

function makeLabels(map, data) {
  const ranks = L.layerGroup();
  const names = L.layerGroup();
  // In order of importance: what comes first keeps its place.
  const placed = [];

  function label(latlng, pane, box, zIndexOffset = 0) {
    const icon = L.divIcon({className: '', iconSize: [0, 0], html: box});
    return L.marker(latlng, {icon, interactive: false, keyboard: false, pane, zIndexOffset});
  }

  function put(group, latlng, pane, box, movable) {
    // The line to a disc that was moved aside runs below the discs of higher ranks.
    label(latlng, pane, box, movable ? 1e5 - 1e4 * placed.length : 0).addTo(group);
    placed.push({box, group, movable});
  }

  function disc(rank, of) {
    return el('div', {class: 'rank ' + of}, el('i'), el('span', {}, String(rank)));
  }

  const {areas} = data;

  /** Discs of the first ranks, which are the first rows. */
  function discs(numbers, points, of) {
    return numbers.slice(0, RANKED_ON_MAP).filter(rank => rank <= RANKED_ON_MAP).map((rank, i) => {
      const box = disc(rank, of);
      put(ranks, points[i], 'ranks', box, true);
      return box;
    });
  }
  const ofAreas = discs(areas.rank, areas.point, 'of-areas');
  const ofSections = data.sections ? discs(data.sections.ranks.map(([rank]) => rank), data.sections.point, 'of-sections') : [];

  /** Show the discs that a filter leaves. */
  function dim(areasShown, sectionsShown) {
    ofAreas.forEach((box, i) => box.classList.toggle('dim', !areasShown[i]));
    ofSections.forEach((box, i) => box.classList.toggle('dim', !sectionsShown[i]));
  }

  data.shields.forEach(([kind, text, lat, lon]) => put(names, [lat, lon], 'labels', shield(kind, text)));
  // The biggest towns only when the whole area is in view; four times as many with each step in. They are made when they
  // are first wanted.
  const homeZoom = map.getBoundsZoom(data.bounds);
  const townLimit = () => Math.ceil(TOWNS_AT_HOME * 4 ** Math.max(0, map.getZoom() - homeZoom));
  const big = data.towns.length ? data.towns[0][3] / 3 : 0;
  let made = 0;

  function makeTowns(limit) {
    for (; made < Math.min(limit, data.towns.length); made += 1) {
      const [name, lat, lon, population] = data.towns[made];
      const box = el('div', {class: population >= big ? 'town big' : 'town', 'data-order': made}, named(name));
      put(names, [lat, lon], 'labels', box);
    }
  }

  /** Greedy placement: each label keeps its place unless a more important one has it. */
  function declutter(shapes) {
    // What the key, the buttons, arrow, scale and credit cover is taken.
    const taken = all('#key, .north, .leaflet-control').map(box => box.getBoundingClientRect());
    const towns = townLimit();
    makeTowns(towns);
    const free = box => !taken.some(other => overlap(box, other));
    const shown = placed.filter(({box, group}) => map.hasLayer(group) && !(box.dataset.order >= towns));
    if (map.hasLayer(names)) shown.push(...nameAreas(shapes));
    placed.forEach(({box}) => { if (box.dataset.order >= towns) hide(box); });
    // The biggest town first, for orientation: discs can stand aside.
    const biggest = shown.findIndex(({box}) => box.dataset.order === '0');
    if (biggest > 0) shown.unshift(...shown.splice(biggest, 1));
    shown.forEach(({box, movable}) => {
      box.style.visibility = '';
      box.removeAttribute('data-side');
      if (movable) shift(box, 0, 0);
    });
    // All are measured before one is moved or hidden: the page is laid out once and not once for each.
    const frame = map.getContainer().getBoundingClientRect();
    const rects = shown.map(({box}) => box.getBoundingClientRect());
    shown.forEach(({box, movable}, i) => {
      if (!rects[i].width) return;
      if (movable) return place(box, rects[i], taken, free);
      const [side, spot] = spotsOf(box, rects[i]).find(([, each]) => inside(each, frame) && free(each)) || [];
      if (!spot) return hide(box);
      taken.push(grown(spot));
      if (side) box.dataset.side = side;
    });
  }

  /** Where a label may stand: a town's name right of its dot, else left, above or below. */
  function spotsOf(box, rect) {
    if (!box.classList.contains('town')) return [['', rect]];
    const {left, top, width, height} = rect;
    // The dot belongs to it: from the text to the far side of the dot.
    const x = left - ASIDE;
    const y = top + height / 2;
    const half = width / 2;
    return [
      ['', {left: x - DOT, right: rect.right, top, bottom: rect.bottom}],
      ['left', {left: x - ASIDE - width, right: x + DOT, top, bottom: rect.bottom}],
      ['above', {left: x - half, right: x + half, top: y - ASIDE - height, bottom: y + DOT}],
      ['below', {left: x - half, right: x + half, top: y - DOT, bottom: y + ASIDE + height}],
    ];
  }

  // Names of areas are made only where they fit: there may be thousands of areas.
  const areaNames = new Map();

  function nameAreas(shapes) {
    const view = map.getBounds();
    const fits = areas.name.map((name, i) => view.contains(areas.point[i]) && roomy(shapes[i], 6.5 * name.length));
    areaNames.forEach(({marker}, i) => {
      if (fits[i]) return;
      names.removeLayer(marker);
      areaNames.delete(i);
    });
    fits.forEach((fit, i) => {
      if (!fit || areaNames.has(i)) return;
      const box = el('div', {class: 'area-name'}, named(areas.name[i]));
      areaNames.set(i, {box, marker: label(areas.point[i], 'labels', box).addTo(names)});
    });
    return Array.from(areaNames.keys()).sort((a, b) => a - b).map(i => areaNames.get(i));
  }

  /** An area's name is written only where the area is wider than the name. */
  function roomy(shape, width) {
    const {x, y} = shape._rawPxBounds.getSize();
    return x > width * (data.towns.length ? 3 : 1.2) && y > 30;
  }

  const inside = (one, other) =>
    one.left >= other.left && one.right <= other.right && one.top >= other.top && one.bottom <= other.bottom;
  const hide = box => { box.style.visibility = 'hidden'; };
  const grown = rect => ({left: rect.left - 2, right: rect.right + 2, top: rect.top - 1, bottom: rect.bottom + 1});

  /** Move a disc aside, with a line back to its area, where another one is in its place. */
  function place(box, home, taken, free) {
    for (const distance of [0, DISC, 1.6 * DISC, 2.4 * DISC]) {
      for (let turn = 0; turn < (distance ? 8 : 1); turn += 1) {
        const dx = distance * Math.sin(turn * Math.PI / 4);
        const dy = -distance * Math.cos(turn * Math.PI / 4);
        const rect = {left: home.left + dx, right: home.right + dx, top: home.top + dy, bottom: home.bottom + dy};
        if (!free(rect)) continue;
        shift(box, dx, dy);
        taken.push(rect);
        return;
      }
    }
    hide(box);
  }

  function shift(box, dx, dy) {
    const [lead, disc] = box.children;
    const length = Math.hypot(dx, dy);
    disc.style.transform = length ? `translate(${dx.toFixed(1)}px, ${dy.toFixed(1)}px)` : '';
    lead.style.width = length.toFixed(1) + 'px';
    lead.style.transform = `rotate(${Math.atan2(dy, dx).toFixed(3)}rad)`;
  }

  return {ranks, names, declutter, dim};
}

const SHIELD_PATHS = {
  interstate: 'M4 2C8 3.5 10 3 13 1.5 16 3 18 3.5 22 2 26 9 25 18 13 23 1 18 0 9 4 2z',
  us: 'M3 4 6 1.5C9 3.5 11 3 13 1.5 15 3 17 3.5 20 1.5L23 4C21 8 25 12 24 16 23 20 16 20 13 23 10 20 3 20 2 16 1 12 5 8 3 4z',
};

function shield(kind, text) {
  const width = kind === 'plain' ? Math.max(26, 10 + 7 * text.length) : text.length > 2 ? 32 : 26;
  const outline = SHIELD_PATHS[kind]
    ? svg('path', {d: SHIELD_PATHS[kind], transform: `scale(${width / 26} 1)`})
    : svg('rect', {x: 1, y: 3, width: width - 2, height: 18, rx: 4});
  const words = svg('text', {x: width / 2, y: 16.5}, text);
  const picture = svg('svg', {width, height: 24, class: 'shield ' + kind, 'aria-hidden': 'true'}, outline, words);
  return el('div', {class: 'shield-box', style: `width:${width}px;margin-left:${-width / 2}px`}, picture);
}
