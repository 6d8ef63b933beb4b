// The map itself: its controls, and what it shows where, clear of the key.

const WIDE_MAP = 620;

function setUpMap(map) {
  const container = map.getContainer();
  container.setAttribute('role', 'region');
  container.setAttribute('aria-label', byId('stage').getAttribute('aria-label'));
  L.control.zoom({zoomInTitle: say('zoom_in'), zoomOutTitle: say('zoom_out')}).addTo(map);
  L.control.scale({maxWidth: 120}).addTo(map);
  creditControl().addTo(map);
  // Paths with listeners are tab stops in Chromium. The table is the way for the keyboard.
  map.on('layeradd', ({layer}) => {
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

/** Where to look: everything, or one area, with room for the key. */
function makeViewport(map, bounds) {
  function margins() {
    const key = byId('key');
    const width = map.getContainer().clientWidth;
    const narrow = width < WIDE_MAP;
    const beside = key.open && !narrow ? key.offsetWidth + 14 : 0;
    return {paddingTopLeft: [14, narrow ? 46 : 14], paddingBottomRight: [14 + beside, narrow ? 56 : 30]};
  }
  return {
    home(animate) {
      map.fitBounds(bounds, {...margins(), animate: animate && !lessMotion});
    },
    show(shape, animate) {
      map.fitBounds(shape.getBounds().pad(0.3), {...margins(), maxZoom: 11, animate: animate && !lessMotion});
    },
  };
}
