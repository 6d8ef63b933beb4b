// Along the highway: the strip charts, the stretches without help, and both ways between them and the map.

function makeAlong(map, data, {points, viewport}) {
  const along = data.along;
  if (!along) return {groups: {}, get state() { return {}; }, set state(wanted) {}, restore() {}, visit() {}, choose() {}, clear() {}, onChange() {}};
  const boxes = all('.strip-box');
  const choosers = all('.chooser button');
  const items = all('#gaps li');
  const box = byId('along-box');
  const picked = L.layerGroup().addTo(map);
  const numbers = venueNumbers();
  let shown = 0;
  let gap = null;

  /** Where on the map a milepost is. */
  function at({line}, milepost) {
    const next = line.findIndex(([, , each]) => each >= milepost);
    if (next < 0) return line[line.length - 1].slice(0, 2);
    if (next === 0) return line[0].slice(0, 2);
    const [[lat0, lon0, from], [lat1, lon1, to]] = [line[next - 1], line[next]];
    const share = to > from ? (milepost - from) / (to - from) : 0;
    return [lat0 + share * (lat1 - lat0), lon0 + share * (lon1 - lon0)];
  }

  function stretch(number, from, to) {
    const route = along.routes[number];
    // A ring passes its milepost 0.
    if (from > to) return [...stretch(number, from, route.line.at(-1)[2]), ...stretch(number, route.line[0][2], to)];
    const inner = route.line.filter(([, , each]) => each > from && each < to).map(([lat, lon]) => [lat, lon]);
    return [at(route, from), ...inner, at(route, to)];
  }

  function line(latlngs, className) {
    return L.polyline(latlngs, {className, pane: 'selection', interactive: false, smoothFactor: 0.6});
  }

  function bands() {
    const names = Object.keys(along.bands);
    const groups = {};
    names.forEach((name, i) => {
      const look = 'stretch' + (names.length > 1 && i === 0 ? ' near' : '');
      groups['beyond' + name] = [L.layerGroup(along.bands[name].map(part => line(stretch(...part), look)))];
    });
    return groups;
  }

  function exitDots() {
    const dots = along.routes.flatMap((route, number) => route.exits.map(([, lat, lon], i) => {
      const dot = L.circleMarker([lat, lon], {className: 'exit-dot', pane: 'venues', radius: 4, bubblingMouseEvents: false});
      return dot.on('click', () => chooseExit(number, i));
    }));
    return [L.layerGroup(dots)];
  }

  function exitWords(number, i) {
    const route = along.routes[number];
    const [, , , label, towns] = route.exits[i];
    const words = el('div', {}, el('h3', {}, named(route.label + ', ' + label)));
    if (towns) words.append(el('p', {}, named(towns)));
    // The table beside the chart has the minutes, in words of the page.
    const cells = all('.exits tbody tr', boxes[number])[i].cells;
    const heads = all('.exits thead th', boxes[number]);
    const list = el('dl');
    heads.slice(3).forEach((head, j) => {
      const minutes = cells[j + 3].textContent;
      if (minutes) list.append(el('dt', {}, head.textContent), el('dd', {}, /\d/.test(minutes) ? say('min', {n: minutes}) : minutes));
    });
    words.append(list);
    return words;
  }

  /** The strip chart of a highway; the others are hidden. */
  function show(number) {
    shown = number;
    boxes.forEach((each, i) => each.classList.toggle('on', i === number));
    choosers.forEach((each, i) => each.setAttribute('aria-pressed', String(i === number)));
  }

  function scale(number) {
    const picture = boxes[number].querySelector('svg.strip');
    const {left, right, from, to} = picture.dataset;
    const perMile = (right - left) / ((to - from) || 1);
    return {picture, x: milepost => Number(left) + (milepost - from) * perMile, milepost: x => Number(from) + (x - left) / perMile};
  }

  /** Mark a place or a stretch on the strip chart, and bring it into sight. */
  function mark(number, from, to) {
    show(number);
    all('.strip .span, .strip .needle').forEach(node => node.remove());
    const {picture, x} = scale(number);
    const {height, width} = picture.viewBox.baseVal;
    const begin = x(from);
    const end = to === undefined ? begin : x(to);
    const area = {y: 0, height};
    const {line} = along.routes[number];
    const spans = begin <= end ? [[begin, end]] : [[begin, x(line.at(-1)[2])], [x(line[0][2]), end]];
    if (to === undefined) picture.append(svg('rect', {class: 'needle', x: begin - 1, width: 2, ...area}));
    else spans.forEach(([a, b]) => picture.prepend(svg('rect', {class: 'span', x: a, width: Math.max(b - a, 2), ...area})));
    const frame = picture.parentNode;
    frame.scrollLeft = ((begin + end) / 2 / width) * picture.clientWidth - frame.clientWidth / 2;
  }

  function unmark() {
    clear();
    all('.strip .span, .strip .needle').forEach(node => node.remove());
  }

  function clear() {
    picked.clearLayers();
    gap = null;
    items.forEach(item => item.classList.remove('on'));
    all('#gaps [aria-current]').forEach(button => button.removeAttribute('aria-current'));
  }

  /** Frame a stretch on the map and mark it on the chart. */
  function highlight(number, from, to) {
    const latlngs = stretch(number, from, to);
    clear();
    line(latlngs, 'span-outer').addTo(picked);
    line(latlngs, 'span-inner').addTo(picked);
    mark(number, from, to);
    if (isNarrow()) byId('key').open = false;
    viewport.frame(L.latLngBounds(latlngs).pad(0.05));
    showMap();
  }

  function chooseGap(i, fromChart) {
    const [number, from, to] = along.gaps[i];
    highlight(number, from, to);
    gap = i;
    items[i].classList.add('on');
    items[i].querySelector('button').setAttribute('aria-current', 'true');
    if (fromChart) {
      if (items[i].hidden) filter('');
      items[i].scrollIntoView({block: 'nearest'});
    }
    announce(items[i].textContent);
    result.onChange();
  }

  function chooseExit(number, i) {
    const [milepost, lat, lon] = along.routes[number].exits[i];
    clear();
    viewport.move(() => {
      map.setView([lat, lon], Math.max(map.getZoom(), 10), {animate: false});
      new Popup().setLatLng([lat, lon]).setContent(exitWords(number, i)).openOn(map);
    });
    mark(number, milepost);
    showMap();
  }

  function chooseVenue(number, i) {
    const [milepost, kind, place] = along.routes[number].venues[i];
    const venue = points.venues.filter(each => each.kind === kind)[place];
    if (!venue) return;
    clear();
    points.visit(venue);
    mark(number, milepost);
    showMap();
  }

  /** A click beside everything goes to the nearest exit. */
  function clickOn(event, number) {
    const [what, i] = (event.target.dataset.at || '').split(' ');
    if (what === 'gap') return chooseGap(along.routes[number].gaps[i], true);
    if (what === 'exit') return chooseExit(number, Number(i));
    if (what === 'venue') return chooseVenue(number, Number(i));
    const {picture, milepost} = scale(number);
    const {left, width} = picture.getBoundingClientRect();
    const wanted = milepost(((event.clientX - left) / width) * picture.viewBox.baseVal.width);
    const {exits} = along.routes[number];
    const apart = exits.map(([each]) => Math.abs(each - wanted));
    if (exits.length && event.clientX - left > 0.15 * width) chooseExit(number, apart.indexOf(Math.min(...apart)));
  }

  /** Which place on which chart a venue of the map is. */
  function venueNumbers() {
    const found = new Map();
    const byKind = {};
    points.venues.forEach(venue => { (byKind[venue.kind] = byKind[venue.kind] || []).push(venue); });
    along.routes.forEach((route, number) => route.venues.forEach(([milepost, kind, place]) => {
      const venue = (byKind[kind] || [])[place];
      if (venue) found.set(venue, [number, milepost]);
    }));
    return found;
  }

  function filter(category) {
    const chooser = byId('gap-category');
    if (!chooser) return;
    chooser.value = optionOr(chooser, category);
    const wanted = chooser.value;
    items.forEach(item => { item.hidden = Boolean(wanted) && !item.dataset.category.split(' ').includes(wanted); });
    const n = items.filter(item => !item.hidden).length;
    byId('gap-count').textContent = say('gaps_count', {n: whole(n), total: whole(items.length)});
  }

  /** While the panel is open the map is lower: it shows the same land, and a low one gives up its key. */
  function makeRoom() {
    let before = null;
    const key = byId('key');
    return () => {
      if (root.classList.contains('printing')) return;
      if (restored) {
        restored = false;
        return;
      }
      const seen = map.getBounds();
      map.invalidateSize({animate: false});
      if (isNarrow()) return;
      if (box.open) {
        before = {centre: map.getCenter(), zoom: map.getZoom(), key: key.open};
        if (map.getSize().y < 420) key.open = false;
        // Who sees everything goes on seeing everything, without the margins that a high map can spare.
        const everything = seen.contains(data.bounds);
        if (everything) viewport.fill(data.bounds);
        else map.fitBounds(seen, {animate: false});
        before.left = map.getCenter();
      } else if (before) {
        key.open = before.key;
        if (map.getCenter().equals(before.left, 1e-3)) map.setView(before.centre, before.zoom, {animate: false});
      }
    };
  }

  choosers.forEach((button, i) => button.addEventListener('click', () => { show(i); result.onChange(); }));
  items.forEach((item, i) => item.querySelector('button').addEventListener('click', () => chooseGap(i)));
  boxes.forEach((each, number) => {
    each.querySelector('svg.strip').addEventListener('click', event => clickOn(event, number));
    all('[data-exit]', each).forEach((button, i) => button.addEventListener('click', () => chooseExit(number, i)));
  });
  if (byId('gap-category')) byId('gap-category').addEventListener('change', event => { filter(event.target.value); result.onChange(); });
  map.on('popupopen', ({popup}) => {
    const place = popup._source && numbers.get(popup._source.place);
    if (place) mark(...place);
  });
  let restored = false;
  const room = makeRoom();
  box.addEventListener('toggle', () => viewport.move(room));
  box.addEventListener('toggle', () => result.onChange());
  let wasOpen = false;
  addEventListener('beforeprint', () => { wasOpen = box.open; box.open = true; });
  addEventListener('afterprint', () => { box.open = wasOpen; });

  const result = {
    groups: {...bands(), exits: exitDots()},
    visit: chooseExit,
    choose: filter,
    mark,
    highlight,
    clear: unmark,
    onChange() {},
    /** For the link: which chart is open, counted from 1, which stretch is chosen, and of which service they are shown. */
    get state() {
      const category = byId('gap-category') ? byId('gap-category').value : '';
      return {d: box.open ? String(shown + 1) : '', g: gap === null ? '' : String(gap + 1), w: category};
    },
    set state({d, w}) {
      filter(w || '');
      const open = Boolean(boxes[d - 1]);
      if (open) show(d - 1);
      if (open === box.open) return;
      // The view comes with the link: the map must not look for it again when the panel has opened.
      restored = true;
      box.open = open;
      map.invalidateSize({animate: false});
      if (open && !isNarrow() && map.getSize().y < 420) byId('key').open = false;
    },
    restore(wanted) {
      if (along.gaps[wanted - 1]) chooseGap(wanted - 1, true);
    },
  };
  return result;
}
