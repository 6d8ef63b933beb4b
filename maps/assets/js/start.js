// Puts the parts together. folium calls OutreachMap.start with the map, its layers and the data.

function start(map, layers, data) {
  useTexts(data);
  data.areas.point = unpack(data.areas.point)[0][0][0];
  fitPageToScreen(map);
  setUpMap(map);
  const viewport = makeViewport(map, data.bounds);
  // The view first, then the layers: so each is projected once.
  viewport.home(false);

  const painter = makePainter(map);
  const points = makePoints(map, layers, data, {painter, viewport});
  points.size();
  const areas = makeAreas(map, layers.areas, data, painter);
  areas.colourBy(data.measures[0]);
  map.addLayer(layers.areas);
  const labels = makeLabels(map, data);
  const filters = makeFilters();
  const table = makeTable(data, areas, filters);
  const tabs = makeTabs();
  const card = makeCard(data, points);
  const choice = makeChoice({map, data, areas, card, table, tabs, viewport});
  const along = makeAlong(map, data, {points, viewport});
  card.visitExit = along.visit;
  const sections = makeSections(map, data, {along, choice, card, tabs, filters});
  const services = makeServiceList(points);
  const filter = () => labels.dim(table.filter(), sections.filter());
  const groups = {...groupsOf(layers, labels, areas), ...along.groups};
  const key = makeKey({map, groups, areas, sections, points, data, onMeasure: table.showMeasure});
  const link = makeLink({map, data, areas, key, filters, filter, tabs, choice, along, sections, services, viewport});
  const declutter = () => labels.declutter(areas.shapes);
  const tidy = settled(declutter, 60);

  for (const part of [choice, tabs, along, sections, services]) part.onChange = link.save;
  tabs.onShow = id => { if (id === 'tab-services') services.show(); };
  filters.onChange = changed => {
    filter();
    // Whoever asks for a kind of service wants it in the other lists too; there it can be changed.
    if (changed === 'k' || !filters.active) for (const list of [services, along]) list.choose(filters.state.k);
    tidy();
    link.save();
  };
  layers.areas.on('click', event => choice.choose(event.layer.number, {scroll: true}));
  byId('card-close').addEventListener('click', choice.close);
  table.start(choice.choose);
  key.start(link.save);
  makeTiles(map, data);
  wireButtons({map, data, key, viewport, link, declutter});
  makePresentation({map, table, choice, sections});
  preparePrinting({map, table, viewport, choice, painter, declutter});
  checkExpiry();

  link.load();
  declutter();
  map.on('zoomend moveend resize layeradd layerremove', tidy);
  map.on('moveend', link.save);
  byId('key').addEventListener('toggle', declutter);
  addEventListener('resize', () => map.invalidateSize());
  performance.mark('outreach-ready');
  // What lies below the fold follows once the first view is painted.
  requestAnimationFrame(() => setTimeout(() => {
    table.trim();
    root.dataset.ready = '1';
    table.mark(choice.area, {scroll: true, quiet: true});
  }));
}

/** What each box of the key switches. Lines that must stand out on every colour have a casing below them. */
function groupsOf(layers, labels, areas) {
  const groups = {ranks: [labels.ranks], labels: [labels.names], weak: [areas.weak]};
  Object.entries(layers).forEach(([name, layer]) => {
    const cased = name === 'highways' || name === 'under' || name.startsWith('reach');
    groups[name] = cased ? [casingOf(layer, name), layer] : [layer];
  });
  groups.water = [groups.lakes, groups.rivers].flat().filter(Boolean);
  return groups;
}

function casingOf(layer, name) {
  const className = 'casing ' + name.replace(/\d.*/, '');
  const pane = name === 'highways' ? 'highways' : 'lines';
  const look = lookOf({className, pane, interactive: false});
  return L.layerGroup(layer.getLayers().map(shape => new shape.constructor(shape.getLatLngs(), look)));
}

/** The chosen area: on the map, in the table, on the card and in words. */
function makeChoice({map, data, areas, card, table, tabs, viewport}) {
  const choice = {
    area: null,
    onChange() {},
    /** Choose an area, or none with null. `show` moves the map, `scroll` the table; `quiet` is for restoring a link. */
    choose(i, {show, scroll, quiet}) {
      choice.area = i;
      areas.frame(i);
      card.show(i);
      table.mark(i, {scroll, quiet});
      if (quiet) return;
      if (i !== null && scroll) tabs.show('tab-list');
      if (i !== null && show) {
        if (isNarrow()) byId('key').open = false;
        map.closePopup();
        viewport.show(areas.shapes[i], true);
        if (!isNarrow()) byId('panel').scrollTop = 0;
        showMap();
      }
      const {name, rank, id} = data.areas;
      announce(i === null ? say('closed') : say('selected', {name: name[i], rank: rank[i], total: id.length}));
      choice.onChange();
    },
    close() {
      const last = choice.area;
      choice.choose(null, {});
      if (last !== null) table.focus(last);
    },
  };
  return choice;
}

/** The link holds what can be seen: view, area or section, measure, layers, filters, tab, chart, stretch, theme. */
function makeLink({map, data, areas, key, filters, filter, tabs, choice, along, sections, services, viewport}) {
  let first = true;
  const read = () => {
    const centre = map.getCenter();
    return {
      v: [map.getZoom().toFixed(2), centre.lat.toFixed(4), centre.lng.toFixed(4)].join('/'),
      a: choice.area === null ? '' : data.areas.id[choice.area],
      m: areas.measure === data.measures[0] ? '' : areas.measure.key,
      l: key.state,
      b: sections.active ? '1' : '',
      s: sections.id,
      p: tabs.shown === 'tab-list' ? '' : tabs.shown.slice(4),
      ...along.state,
      ...services.state,
      t: theme.name === 'dark' ? 'dark' : '',
      ...filters.state,
    };
  };
  const write = state => {
    const i = data.areas.id.indexOf(state.a);
    if (state.l) key.state = state.l;
    key.colour(state.m);
    theme.name = state.t === 'dark' ? 'dark' : 'light';
    filters.state = state;
    filter();
    sections.show(state.b === '1');
    along.clear();
    along.state = state;
    services.state = state;
    choice.choose(i < 0 ? null : i, {scroll: true, quiet: true});
    // A stretch that a section did not clear was chosen after it; either may be of another chart than the open one.
    if (state.s) sections.restore(state.s);
    if (state.g) along.restore(state.g);
    along.state = state;
    tabs.show('tab-' + state.p);
    if (state.v) viewport.move(() => map.setView([state.v[1], state.v[2]], state.v[0], {reset: true}));
    else if (i >= 0) viewport.show(areas.shapes[i], false);
    else if (!first) viewport.home(false);
    first = false;
  };
  return makePermalink(read, write);
}

function wireButtons({map, data, key, viewport, link, declutter}) {
  const click = (id, action) => byId(id).addEventListener('click', action);
  click('b-reset', () => viewport.home(true));
  click('b-csv', () => download('outreach-ranking.csv', new Blob([rankingCsv(data)], {type: 'text/csv;charset=utf-8'})));
  click('b-print', () => print());
  click('b-link', copyLink);
  click('b-image', () => saveImage(map, key.shown(), 'outreach-map.png'));
  click('b-dark', () => {
    theme.name = theme.name === 'dark' ? 'light' : 'dark';
    link.save();
  });
  click('b-larger', () => {
    const on = root.classList.toggle('larger');
    byId('b-larger').setAttribute('aria-pressed', String(on));
    map.invalidateSize();
    // The key grows also where the map keeps its size.
    declutter();
  });
}

/** A browser that fails here still gets the still map and the whole table. */
function startOrFallBack(map, layers, data) {
  onceThereIsRoom(map.getContainer(), () => {
    try {
      start(map.invalidateSize(), layers, data);
    } catch (error) {
      root.classList.remove('js');
      throw error;
    }
  });
}

/** A frame may be hidden at first, as in a folded part of a page: nothing can be placed in a map without size. */
function onceThereIsRoom(box, act) {
  if (box.clientWidth && box.clientHeight) return act();
  const watch = new ResizeObserver(() => {
    if (!box.clientWidth || !box.clientHeight) return;
    watch.disconnect();
    act();
  });
  watch.observe(box);
}

window.OutreachMap = {start: startOrFallBack, points: pointGroup, shapes: shapeGroup};
