// The map itself: its controls, and what it shows where, clear of the key.

const WIDE_MAP = 620;

function setUpMap(map) {
  const container = map.getContainer();
  container.setAttribute('role', 'region');
  container.setAttribute('aria-label', byId('stage').getAttribute('aria-label'));
  L.control.zoom({zoomInTitle: say('zoom_in'), zoomOutTitle: say('zoom_out')}).addTo(map);
  L.control.scale({maxWidth: 120}).addTo(map);
  creditControl().addTo(map);
  keepPopupsClear(map);
  makePopupsDialogs(map);
  // Paths that listen for the focus, as tooltips do, are tab stops in Chromium. The table is the way for the keyboard.
  map.on('layeradd', ({layer}) => {
    if (layer.options.styled) return;
    const node = layer.getElement && layer.getElement();
    if (node && node.tagName === 'path') node.setAttribute('tabindex', '-1');
  });
  const tellZoom = () => {
    container.className = container.className.replace(/\s?\bz\d+\b/g, '') + ' z' + Math.floor(map.getZoom());
  };
  map.on('zoomend', tellZoom);
  map.whenReady(tellZoom);
}

/** The credit line. Leaflet's own takes markup, this one takes text. */
function creditControl() {
  const control = L.control({position: 'bottomright'});
  control.onAdd = () => {
    const address = 'https://www.openstreetmap.org/copyright';
    const osm = el('a', {href: address, rel: 'noopener noreferrer', target: '_blank'}, texts.osm);
    return el('div', {class: 'leaflet-control-attribution'}, '© ', osm, ' (ODbL). ' + texts.credit);
  };
  return control;
}

/** Where to look: everything, or one area, clear of key, buttons and credit. */
function makeViewport(map, bounds) {
  /** Beside the key or below it, where there is more room for what shall be seen; anywhere, where there is none. */
  function margins(wanted) {
    const [key, buttons, credit] = [byId('key'), ...all('.leaflet-control-zoom, .leaflet-control-attribution', map.getContainer())];
    const size = map.getSize();
    const shape = map.project(wanted.getSouthEast(), 0).subtract(map.project(wanted.getNorthWest(), 0));
    const foot = credit.offsetHeight + 10;
    const beside = [[buttons.offsetWidth + 20, 14], [key.offsetWidth + 28, foot]];
    const below = [[14, key.offsetTop + key.offsetHeight], [14, foot]];
    const room = ([[left, top], [right, bottom]]) =>
      Math.min((size.x - left - right) / shape.x, (size.y - top - bottom) / shape.y);
    const [paddingTopLeft, paddingBottomRight] = room(below) > room(beside) ? below : beside;
    return room([paddingTopLeft, paddingBottomRight]) > 0 ? {paddingTopLeft, paddingBottomRight} : {};
  }

  /** The last wish wins: Leaflet begins a zoom with the next frame, and drops what is asked of it until that has ended. */
  let beginning = false;
  function move(act, animate) {
    if (beginning) return requestAnimationFrame(() => move(act, animate));
    map._onZoomTransitionEnd();
    act();
    beginning = Boolean(animate);
    if (beginning) requestAnimationFrame(() => { beginning = false; });
  }

  function fit(wanted, wish, options) {
    const animate = wish && !lessMotion;
    move(() => map.fitBounds(wanted, {...margins(wanted), animate, ...options}), animate);
  }

  /** Everything in a low map: clear of the credit, without the other margins that a high one can spare. */
  function fill(wanted) {
    const {offsetHeight} = map.getContainer().querySelector('.leaflet-control-attribution');
    map.fitBounds(wanted, {paddingTopLeft: [6, 6], paddingBottomRight: [6, offsetHeight + 6], animate: false});
  }

  // Until the reader moves it, the map shows everything however its frame grows or shrinks.
  let resting = false;
  function home(animate) {
    fit(L.latLngBounds(bounds), animate);
    resting = !animate;
  }
  map.on('movestart', () => { resting = false; });
  map.on('resize', ({newSize}) => { if (resting && newSize.x && newSize.y) home(false); });

  return {home, move, fill, frame: wanted => fit(wanted, false, {maxZoom: 11}), show: (shape, animate) => fit(shape.getBounds().pad(0.3), animate, {maxZoom: 11})};
}
