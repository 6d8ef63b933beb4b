// The second ranking: sections of the highways. One is chosen like an area, but its card tells residents and drivers apart.

/** What a page without sections has in their place. */
const NO_SECTIONS = {active: false, id: '', measure: () => null, colourBy() {}, show() {}, restore() {}, filter() {}, onChange() {}, onSwitch() {}};

function makeSections(map, data, {along, choice, card, tabs, filters}) {
  const list = byId('sections');
  if (!list) return {...NO_SECTIONS};
  const {shapes, columns, id, ranks, measures} = data.sections;
  const {name: names} = columns;
  const panel = byId('panel-list');
  const rows = all('tbody tr', list);
  const cards = all('template', list);
  const frame = L.layerGroup().addTo(map);
  const group = shapeGroup({className: 'section', pane: 'areas', interactive: true}, shapes);
  const layers = group.getLayers();
  const exits = listExits(data);
  let chosen = null;
  let coloured = [];
  let dimmed = [];

  function paint() {
    layers.forEach((layer, i) => {
      const className = 'section k' + coloured[i] + (dimmed[i] ? ' dim' : '');
      layer.options.className = className;
      if (layer.getElement()) layer.getElement().setAttribute('class', className + ' leaflet-interactive');
    });
  }

  const sections = {
    active: false,
    onChange() {},
    /** Called when the map turns from areas to sections, or back. */
    onSwitch() {},
    choose,
    get chosen() { return chosen; },
    /** What the filters leave. */
    get order() { return rows.map((row, i) => i).filter(i => !rows[i].hidden); },
    get id() { return chosen === null ? '' : id[chosen]; },
    measure: key => measures.find(each => each.key === key) || measures[0],
    /** Colour by a measure, the same one as the areas. */
    colourBy(key) {
      coloured = sections.measure(key).classes;
      paint();
    },
    /** Leave what the filters leave, in the list and on the map. */
    filter() {
      const isShown = filters.left(columns);
      rows.forEach((row, i) => { row.hidden = !isShown[i]; });
      dimmed = isShown.map(shown => !shown);
      paint();
      const {singular, plural} = data.sections;
      byId('section-count').textContent = countWords(isShown.filter(Boolean).length, rows.length, {singular, plural});
      return isShown;
    },
    /** Show sections in the list and on the map, or areas again. */
    show(bySections) {
      if (bySections === sections.active) return;
      sections.active = bySections;
      panel.classList.toggle('by-sections', bySections);
      for (const box of [map.getContainer(), byId('key')]) box.classList.toggle('by-sections', bySections);
      byId('by-areas').setAttribute('aria-pressed', String(!bySections));
      byId('by-sections').setAttribute('aria-pressed', String(bySections));
      if (bySections) map.addLayer(group);
      else map.removeLayer(group);
      sections.onSwitch();
    },
    /** As a link has it: an unknown section is none. */
    restore(wanted) {
      const i = id.indexOf(wanted);
      if (i >= 0) choose(i);
    },
  };

  function clear() {
    frame.clearLayers();
    if (chosen === null) return;
    if (document.activeElement === byId('card-close')) focusEntry(rows[chosen]);
    rows[chosen].classList.remove('chosen');
    rows[chosen].querySelector('button').removeAttribute('aria-current');
    along.clear();
    chosen = null;
  }

  /** The exits of a section's stretch. */
  function exitsOn(i) {
    const [number, from, to] = data.sections.stretches[i];
    const here = exits.filter(each => each.number === number && each.milepost >= from && each.milepost <= to);
    return here.length ? [exitList(say('exits_here'), here, along.visit)] : [];
  }

  function choose(i) {
    choice.choose(null, {quiet: true});
    if (rows[i].hidden) filters.clear();
    sections.show(true);
    tabs.show('tab-list');
    along.highlight(...data.sections.stretches[i]);
    chosen = i;
    rows[i].classList.add('chosen');
    rows[i].querySelector('button').setAttribute('aria-current', 'true');
    ['frame-outer', 'frame-inner'].forEach(className => overlay([layers[i]], {className, pane: 'selection'}).addTo(frame));
    byId('card-name').replaceChildren(named(names[i]));
    byId('card-body').replaceChildren(cards[i].content.cloneNode(true), ...exitsOn(i));
    byId('card').hidden = false;
    document.querySelector('.tiles').hidden = true;
    if (!isNarrow()) byId('panel').scrollTop = 0;
    announce(names[i]);
    sections.onChange();
  }

  const tip = L.tooltip({sticky: true, className: 'tip', direction: 'auto'});
  layers.forEach((layer, i) => {
    layer.on('click', () => choose(i));
    layer.on('mouseover mousemove', ({latlng}) => {
      const [rank, low, high] = ranks[i];
      const words = el('div', {}, el('b', {}, named(names[i])), el('div', {}, say('tip_rank', {rank, low, high})));
      tip.setLatLng(latlng).setContent(words).addTo(map);
    });
    layer.on('mouseout', () => tip.remove());
  });

  // Whatever the card shows next, the section is no longer chosen.
  const showArea = card.show;
  card.show = i => { clear(); showArea(i); };
  byId('by-areas').addEventListener('click', () => { sections.show(false); sections.onChange(); });
  byId('by-sections').addEventListener('click', () => { sections.show(true); sections.onChange(); });
  rows.forEach((row, i) => row.addEventListener('click', () => choose(i)));
  return sections;
}
