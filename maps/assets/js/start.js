// Puts the parts together. folium calls OutreachMap.start with the map, its layers and the data.

function start(map, layers, data) {
  useTexts(data);
  const container = map.getContainer();
  setUpMap(map, container);

  const areas = makeAreas(map, layers.areas, data);
  const points = makePoints(map, layers, data);
  const labels = makeLabels(map, data);
  const table = makeTable(data, areas);
  const tabs = makeTabs();
  const showMap = () => { if (isNarrow()) byId('stage').scrollIntoView({block: 'start'}); };
  const card = makeCard(data, points, showMap);
  const declutter = () => labels.declutter(areas.shapes);
  let chosen = null;

  const groups = {ranks: [labels.ranks], labels: [labels.names], weak: [areas.weak]};
  Object.entries(layers).forEach(([name, layer]) => {
    groups[name] = [layer];
    const casing = casingOf(layer, name);
    if (casing) groups[name].unshift(casing);
  });
  const key = makeKey(map, groups, areas, points, data, measure => table.showMeasure(measure));

  const link = makePermalink(() => {
    const centre = map.getCenter();
    const measure = areas.measure === data.measures[0] ? '' : areas.measure.key;
    return {
      v: [map.getZoom().toFixed(2), centre.lat.toFixed(4), centre.lng.toFixed(4)].join('/'),
      a: chosen === null ? '' : data.areas.id[chosen],
      m: measure, l: key.state, t: theme.name === 'dark' ? 'dark' : '', ...table.filters,
    };
  }, state => {
    if (state.l) key.state = state.l;
    key.colour(state.m);
    theme.name = state.t === 'dark' ? 'dark' : 'light';
    table.filters = state;
    const i = data.areas.id.indexOf(state.a);
    select(i < 0 ? null : i, {scroll: true, quiet: true});
    if (state.v) map.setView([state.v[1], state.v[2]], state.v[0], {animate: false});
    else if (i >= 0) showArea(i, false);
    else home(false);
  });

  function margins() {
    const panel = byId('key');
    const width = container.clientWidth;
    const beside = panel.open && width > 620 ? panel.offsetWidth + 14 : 0;
    const narrow = width < 620;
    return {paddingTopLeft: [14, narrow ? 46 : 14], paddingBottomRight: [14 + beside, narrow ? 56 : 30]};
  }

  function home(animate) {
    map.fitBounds(data.bounds, {...margins(), animate: animate && !lessMotion});
  }

  function showArea(i, animate) {
    map.fitBounds(areas.shapes[i].getBounds().pad(0.3), {...margins(), maxZoom: 11, animate: animate && !lessMotion});
  }

  function select(i, options) {
    chosen = i;
    areas.frame(i);
    card.show(i);
    table.mark(i, options);
    if (i !== null) {
      if (options.scroll && !options.quiet) tabs.show('tab-list');
      if (options.show) { showArea(i, true); showMap(); }
      if (options.show && !isNarrow()) byId('panel').scrollTop = 0;
      if (!options.quiet) announce(say('selected', {name: data.areas.name[i], rank: data.areas.rank[i], total: data.areas.id.length}));
    } else if (!options.quiet) announce(say('closed'));
    if (!options.quiet) link.save();
  }

  layers.areas.on('click', event => select(event.layer.feature.id, {scroll: true}));
  byId('card-close').addEventListener('click', () => {
    const last = chosen;
    select(null, {});
    if (last !== null) table.button(last).focus();
  });

  table.start({select, changed: link.save});
  key.start(link.save);
  makeServiceList(points, showMap);
  wireButtons({map, data, home, link});
  preparePrinting(map, table, bounds => (chosen === null ? home(false) : map.fitBounds(bounds, {animate: false})), declutter);
  makePresentation(map, {select, order: () => table.order, chosen: () => chosen});
  checkExpiry();

  if (isEmbedded()) behaveInFrame(map);
  if (isNarrow() || isEmbedded() || container.clientHeight < 420) byId('key').open = false;
  if (isNarrow()) byId('panel').insertBefore(document.querySelector('.actions'), document.querySelector('.hotline'));

  link.load();
  afterZoom(map, container);
  points.size();
  declutter();
  map.on('zoomend', () => afterZoom(map, container));
  map.on('zoomend moveend resize layeradd layerremove', settled(declutter, 60));
  map.on('moveend', link.save);
  byId('key').addEventListener('toggle', declutter);
  addEventListener('resize', () => map.invalidateSize());
  performance.mark('outreach-ready');
  root.dataset.ready = '1';
}

function setUpMap(map, container) {
  container.setAttribute('role', 'region');
  container.setAttribute('aria-label', byId('stage').getAttribute('aria-label'));
  L.control.zoom({zoomInTitle: say('zoom_in'), zoomOutTitle: say('zoom_out')}).addTo(map);
  L.control.scale({maxWidth: 120}).addTo(map);
  creditControl().addTo(map);
  // Paths with listeners are tab stops in Chromium. The table is the way for the keyboard.
  const skip = layer => {
    const node = layer.getElement && layer.getElement();
    if (node && node.tagName === 'path') node.setAttribute('tabindex', '-1');
  };
  map.eachLayer(skip);
  map.on('layeradd', event => skip(event.layer));
}

/** The credit line. Leaflet's own takes markup, this one takes text. */
function creditControl() {
  const control = L.control({position: 'bottomright'});
  control.onAdd = () => {
    const osm = el('a', {href: 'https://www.openstreetmap.org/copyright', rel: 'noopener noreferrer', target: '_blank'}, texts.osm);
    return el('div', {class: 'leaflet-control-attribution'}, '© ', osm, ' (ODbL). ' + texts.credit);
  };
  return control;
}

/** Lines that must stand out on every colour get a wider line in the ground colour below them. */
function casingOf(layer, name) {
  if (name !== 'highways' && name !== 'under' && !name.startsWith('reach')) return null;
  const pane = name === 'highways' ? 'highways' : 'lines';
  return L.geoJSON(layer.toGeoJSON(), {style: {className: 'casing ' + name.replace(/\d.*/, '')}, interactive: false, pane});
}

function afterZoom(map, container) {
  const zoom = Math.floor(map.getZoom());
  container.className = container.className.replace(/\s?\bz\d+\b/g, '') + ' z' + zoom;
}

function wireButtons({map, data, home, link}) {
  const click = (id, action) => byId(id).addEventListener('click', action);
  click('b-reset', () => home(true));
  click('b-csv', () => download('outreach-ranking.csv', new Blob([rankingCsv(data)], {type: 'text/csv;charset=utf-8'})));
  click('b-print', () => print());
  click('b-link', copyLink);
  click('b-image', () => saveImage(map, 'outreach-map.png'));
  click('b-dark', () => { theme.name = theme.name === 'dark' ? 'light' : 'dark'; link.save(); });
  click('b-larger', () => {
    const on = root.classList.toggle('larger');
    byId('b-larger').setAttribute('aria-pressed', String(on));
    map.invalidateSize();
  });
}

/** A browser that fails here still gets the still map and the whole table. */
function startOrFallBack(map, layers, data) {
  try {
    start(map, layers, data);
  } catch (error) {
    root.classList.remove('js');
    throw error;
  }
}

window.OutreachMap = {start: startOrFallBack, points: pointGroup};
