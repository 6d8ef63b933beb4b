// Areas and lines from packed coordinates, and point symbols: each kind has a shape of its own.
// SHAPES, the corners, come from symbology.py, the same as in the key.

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const OF_LETTER = Object.fromEntries(Array.from(LETTERS, (letter, i) => [letter.charCodeAt(0), i]));

/** Coordinates as geo/compact.py writes them: shapes of parts of rings of places. */
function unpack(text) {
  const units = 10 ** Number(text[2]);
  let x = 0;
  let y = 0;
  function ring(letters) {
    const places = [];
    let at = 0;
    const step = () => {
      let n = 0;
      for (let shift = 0; ; shift += 5) {
        const value = OF_LETTER[letters.charCodeAt(at)];
        at += 1;
        n |= (value & 31) << shift;
        if (value < 32) return n & 1 ? -((n + 1) >> 1) : n >> 1;
      }
    };
    while (at < letters.length) {
      x += step();
      y += step();
      places.push(new L.LatLng(y / units, x / units));
    }
    return places;
  }
  return text.slice(4).split('.').map(shape => shape.split(';').map(part => part.split(',').map(ring)));
}

/** What a folium shape layer calls: polygons or lines that know their number. */
function shapeGroup({lines, ...look}, text) {
  const shapes = unpack(text).map((parts, number) => {
    const shape = lines ? L.polyline(parts.map(([line]) => line), lookOf(look)) : L.polygon(parts, lookOf(look));
    shape.number = number;
    return shape;
  });
  return L.featureGroup(shapes);
}

/** Polygons without a number of their own: one over several shapes draws faster than one for each. */
const overlay = (shapes, look) => L.polygon(shapes.flatMap(shape => shape.getLatLngs()), lookOf({interactive: false, ...look}));

const lookOf = look => ({smoothFactor: 0.6, ...look});

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
function pointGroup(look, {at, ...columns}) {
  const fields = Object.keys(columns);
  const markers = unpack(at)[0][0][0].map((latlng, i) => {
    const point = new L.ShapeMarker(latlng, {...look, radius: 4, bubblingMouseEvents: false});
    point.place = {};
    fields.forEach(name => { point.place[name] = cell(columns[name], i); });
    return point;
  });
  return L.layerGroup(markers);
}
