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

const lookOf = look => ({smoothFactor: 0.6, styled: true, ...look});

// The style sheet has the looks of the page's own shapes: nothing is written to each of thousands of paths.
const writeStyle = L.SVG.prototype._updateStyle;
L.SVG.include({_updateStyle(shape) { if (!shape.options.styled) writeStyle.call(this, shape); }});

L.ShapeMarker = L.CircleMarker.extend({
  _updatePath() {
    const renderer = this._renderer;
    if (renderer._setPath) renderer._setPath(this, this._empty() ? 'M0 0' : this._outline());
    else if (renderer._drawing && !this._empty()) this._paint(renderer);
  },
  _corners() {
    const radius = Math.max(Math.round(this._radius * 2) / 2, 1.5);
    const {x, y} = this._point;
    return SHAPES[this.options.shape].map(([dx, dy]) => [x + radius * dx, y + radius * dy]);
  },
  _outline() {
    return 'M' + this._corners().map(([x, y]) => x.toFixed(1) + ' ' + y.toFixed(1)).join('L') + 'z';
  },
  _paint(renderer) {
    const context = renderer._ctx;
    context.beginPath();
    this._corners().forEach(corner => context.lineTo(...corner));
    context.closePath();
    renderer._fillStroke(context, this);
  },
});

/** What a folium point layer calls: places known by their columns; a marker is made when it is first shown. */
const PointGroup = L.LayerGroup.extend({
  initialize(look, {at, ...columns}) {
    L.LayerGroup.prototype.initialize.call(this);
    this.look = {...look, styled: true, radius: 4, bubblingMouseEvents: false};
    this.columns = columns;
    this.at = at;
    this.made = [];
  },
  /** Prepares each marker; set by who knows what a place is called. */
  dress() {},
  /** What a column says of a place. */
  text(name, i) {
    return this.columns[name] ? cell(this.columns[name], i) : '';
  },
  point(i) {
    if (!this.made[i]) {
      this.latlngs = this.latlngs || unpack(this.at)[0][0][0];
      this.made[i] = new L.ShapeMarker(this.latlngs[i], this.look);
      this.dress(this.made[i], i);
    }
    return this.made[i];
  },
  setRadius(radius) {
    this.look.radius = radius;
    this.made.forEach(point => point.setRadius(radius));
  },
  /** All of them, unless somebody chooses which: see `choose`. */
  onAdd(map) {
    if (!this.chosen) this.columns.area.forEach((area, i) => this.addLayer(this.point(i)));
    L.LayerGroup.prototype.onAdd.call(this, map);
  },
  choose(isChosen) {
    this.chosen = true;
    this.columns.area.forEach((area, i) => {
      if (isChosen(i)) this.addLayer(this.point(i));
      else if (this.made[i]) this.removeLayer(this.made[i]);
    });
  },
});

const pointGroup = (look, columns) => new PointGroup(look, columns);
