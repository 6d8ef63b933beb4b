// What folium's layers call: shapes as steps from corner to corner, and points.
// Point symbols: each kind has a shape of its own. SHAPES, the corners, come from symbology.py, the same as in the key.

L.ShapeMarker = L.CircleMarker.extend({
  _updatePath() {
    this._renderer._setPath(this, this._empty() ? 'M0 0' : this._outline());
  },
  _outline() {
    const radius = Math.max(Math.round(this._radius * 2) / 2, 1.5);
    const {x, y} = this._point;
    const corner = ([dx, dy]) => (x + radius * dx).toFixed(1) + ' ' + (y + radius * dy).toFixed(1);
    return 'M' + SHAPES[this.options.shape].map(corner).join('L') + 'z';
  },
});

/** What a folium point layer calls: a group of markers that know their place in words. */
function pointGroup(look, columns) {
  const fields = Object.keys(columns).filter(name => name !== 'lat' && name !== 'lon');
  const markers = columns.lat.map((lat, i) => {
    const point = new L.ShapeMarker([lat, columns.lon[i]], {...look, radius: 4, bubblingMouseEvents: false});
    point.place = {};
    fields.forEach(name => { point.place[name] = cell(columns[name], i); });
    return point;
  });
  return L.layerGroup(markers);
}

/** What a folium shape layer calls: areas or lines as one layer, each with its number as id. */
function shapeGroup({className, ramp, lines, ...look}, shapes) {
  const type = lines ? 'MultiLineString' : 'MultiPolygon';
  const features = shapes.map((parts, id) =>
    ({type: 'Feature', id, properties: {}, geometry: {type, coordinates: parts.map(lines ? corners : part => part.map(corners))}}));
  const style = ({id}) => ({className: ramp ? className + ' k' + ramp[id] : className});
  return L.geoJSON(features.filter(({id}) => shapes[id].length), {...look, style, smoothFactor: 0.6});
}

function corners(steps) {
  const found = [];
  for (let i = 0, x = 0, y = 0; i < steps.length; i += 2) {
    x += steps[i];
    y += steps[i + 1];
    found.push([x / 1e4, y / 1e4]);
  }
  return found;
}
