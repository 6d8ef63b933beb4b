// The second ranking: sections of the highways. One is chosen like an area, but its card tells residents and drivers apart.

function makeSections(map, data, {along, choice, card, tabs}) {
  const list = byId('sections');
  if (!list) return;
  const {shapes, names} = data.sections;
  const panel = byId('panel-list');
  const rows = all('tbody tr', list);
  const cards = all('template', list);
  const frame = L.layerGroup().addTo(map);
  const group = shapeGroup({className: 'section', pane: 'areas', interactive: true}, shapes);
  const layers = group.getLayers();
  let chosen = null;

  function show(bySections) {
    panel.classList.toggle('by-sections', bySections);
    byId('by-areas').setAttribute('aria-pressed', String(!bySections));
    byId('by-sections').setAttribute('aria-pressed', String(bySections));
    if (bySections) map.addLayer(group);
    else map.removeLayer(group);
  }

  function clear() {
    frame.clearLayers();
    if (chosen === null) return;
    rows[chosen].classList.remove('chosen');
    rows[chosen].querySelector('button').removeAttribute('aria-current');
    along.clear();
    chosen = null;
  }

  function choose(i) {
    choice.choose(null, {quiet: true});
    show(true);
    tabs.show('tab-list');
    chosen = i;
    rows[i].classList.add('chosen');
    rows[i].querySelector('button').setAttribute('aria-current', 'true');
    along.highlight(...data.sections.stretches[i]);
    ['frame-outer', 'frame-inner'].forEach(className => overlay([layers[i]], {className, pane: 'selection'}).addTo(frame));
    byId('card-name').replaceChildren(named(names[i]));
    byId('card-body').replaceChildren(cards[i].content.cloneNode(true));
    byId('card').hidden = false;
    document.querySelector('.tiles').hidden = true;
    if (!isNarrow()) byId('panel').scrollTop = 0;
    announce(names[i]);
  }

  // Whatever the card shows next, the section is no longer chosen.
  const showArea = card.show;
  card.show = i => { clear(); showArea(i); };
  byId('card-close').addEventListener('click', () => showArea(null));
  byId('by-areas').addEventListener('click', () => show(false));
  byId('by-sections').addEventListener('click', () => show(true));
  rows.forEach((row, i) => row.addEventListener('click', () => choose(i)));
  layers.forEach((layer, i) => layer.on('click', () => choose(i)));
}
