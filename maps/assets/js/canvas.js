// Thousands of areas or points are drawn on a canvas: as elements of the document they would take seconds.

const MANY_AREAS = 1500;
const MANY_POINTS = 3000;

/** Paint shapes as the style sheet says, whose classes a canvas does not know: a hidden path tells what they mean. */
function makePainter(map) {
  const probe = svg('path');
  map.getContainer().append(svg('svg', {class: 'probe', width: 0, height: 0, 'aria-hidden': 'true'}, probe));
  const canvases = {};
  const painted = [];
  let looks = new Map();

  function lookUp(className) {
    probe.setAttribute('class', className);
    const {fill, fillOpacity, stroke, strokeOpacity, strokeWidth} = getComputedStyle(probe);
    const found = {
      fill: fill !== 'none', fillColor: fill, fillOpacity: Number(fillOpacity),
      stroke: stroke !== 'none', color: stroke, opacity: Number(strokeOpacity), weight: parseFloat(strokeWidth),
    };
    probe.removeAttribute('class');
    return found;
  }

  function look(className) {
    if (!looks.has(className)) looks.set(className, lookUp(className));
    return looks.get(className);
  }

  /** Theme, zoom and key change what a class means. */
  function repaint() {
    const before = JSON.stringify(Array.from(looks));
    looks = new Map(Array.from(looks.keys(), className => [className, lookUp(className)]));
    if (JSON.stringify(Array.from(looks)) === before) return;
    painted.forEach(paint => paint());
    Object.values(canvases).forEach(canvas => { if (map.hasLayer(canvas)) canvas._redraw(); });
  }

  const watch = new MutationObserver(repaint);
  const classes = {attributes: true, attributeFilter: ['class', 'data-theme']};
  return {
    look,
    repaint,
    /** The canvas of a pane; `paint` is called when looks have changed. */
    canvas(pane, paint) {
      if (!painted.length) [root, map.getContainer()].forEach(node => watch.observe(node, classes));
      painted.push(paint);
      canvases[pane] = canvases[pane] || L.canvas({pane});
      return canvases[pane];
    },
  };
}

/** Points on a canvas let the pointer through to what lies below, so whatever is under it is looked for here first. */
function findPoints(map, groups, {enter, leave, choose}) {
  const box = map.getContainer();
  let last = null;

  function at(event) {
    if (event.buttons || event.target.closest('.leaflet-popup, .leaflet-control')) return null;
    const {x, y} = map.mouseEventToLayerPoint(event);
    let found = null;
    let nearest = Infinity;
    groups.filter(group => map.hasLayer(group)).forEach(group => group.eachLayer(point => {
      const apart = Math.hypot(point._point.x - x, point._point.y - y);
      if (apart > point.getRadius() + 3 || apart >= nearest) return;
      found = point;
      nearest = apart;
    }));
    return found;
  }

  box.addEventListener('mousemove', event => {
    const point = at(event);
    if (point) event.stopPropagation();
    if (point === last) return;
    last = point;
    box.style.cursor = point ? 'pointer' : '';
    if (point) enter(point);
    else leave();
  }, true);
  box.addEventListener('click', event => {
    const point = map.dragging.moved() ? null : at(event);
    if (!point) return;
    event.stopPropagation();
    choose(point);
  }, true);
}
