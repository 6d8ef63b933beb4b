// An online background map, where the project names one. It is off whenever the page opens, also from a link: nothing is
// asked before the reader ticks the box.

function makeTiles(map, data) {
  const box = byId('tiles');
  if (!box) return;
  const {url, credit, zoom} = data.tiles;
  const layer = L.tileLayer(url, {maxNativeZoom: zoom, maxZoom: map.getMaxZoom(), referrerPolicy: 'no-referrer'});
  const note = el('span', {}, ' ' + credit);
  let told = false;
  layer.on('tileerror', () => {
    if (!told) announce(say('tiles_failed'));
    told = true;
  });
  box.checked = false;
  box.addEventListener('change', () => {
    map.getContainer().classList.toggle('tiled', box.checked);
    box.parentNode.classList.toggle('off', !box.checked);
    told = false;
    if (box.checked) {
      layer.addTo(map);
      document.querySelector('.leaflet-control-attribution').append(note);
    } else {
      layer.remove();
      note.remove();
    }
  });
}
