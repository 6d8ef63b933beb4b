// The ranked areas on the map: colours, hatching, hover words and the frame around the chosen one.

function makeAreas(map, layer, data, painter) {
  const {areas, measures} = data;
  const shapes = [];
  const frame = L.layerGroup().addTo(map);
  let measure = measures[0];
  layer.eachLayer(shape => { shapes[shape.number] = shape; });
  const painted = [];
  let dimmed = [];
  const many = shapes.length > MANY_AREAS;
  if (many) {
    const renderer = painter.canvas('areas', () => paint(true));
    shapes.forEach(shape => { shape.options.renderer = renderer; });
    map.getContainer().classList.add('many');
  }
  const weak = overlay(shapes.filter((shape, i) => areas.confidence[i] === 'l'), {className: 'weak', pane: 'marks'});

  /** Give each area the look it has by now; only those that look different, unless all do. */
  function paint(anew) {
    shapes.forEach((shape, i) => {
      const className = 'area k' + measure.classes[i] + (dimmed[i] ? ' dim' : '');
      if (className === painted[i] && !anew) return;
      painted[i] = className;
      if (many) shape.setStyle(painter.look(className));
      else if (shape.getElement()) shape.getElement().setAttribute('class', className + ' leaflet-interactive');
      else shape.options.className = className;
    });
  }

  function hoverWords(i) {
    const box = el('div', {}, el('b', {}, named(areas.name[i])));
    box.append(el('div', {}, say('tip_rank', {rank: areas.rank[i], low: areas.low[i], high: areas.high[i]})));
    box.append(el('div', {}, measure.label + ': ' + valueText(measure, i)));
    return box;
  }

  function valueText(chosen, i) {
    if (chosen.unit === 'score') return score(chosen.values[i]);
    if (chosen.unit === 'people') return whole(chosen.values[i]);
    return minutesText(minutesOf(chosen, i));
  }

  function minutesOf(chosen, i) {
    if (chosen.key.startsWith('minutes_')) return areas.minutes[chosen.key.slice(8)][i];
    return areas.worst[i];
  }

  const tip = L.tooltip({sticky: true, className: 'tip', direction: 'auto'});
  layer.on('mouseover mousemove', event => {
    const i = event.layer.number;
    tip.setLatLng(event.latlng).setContent(hoverWords(i));
    if (!map.hasLayer(tip)) tip.addTo(map);
  });
  layer.on('mouseout', () => tip.remove());

  return {
    layer,
    weak,
    shapes,
    valueText,
    minutesOf,
    get measure() { return measure; },
    /** Colour by another measure. */
    colourBy(chosen) {
      measure = chosen;
      paint();
    },
    /** Show which areas a filter leaves out. */
    dim(isShown) {
      dimmed = isShown.map(shown => !shown);
      map.getContainer().classList.toggle('filtered', dimmed.includes(true));
      paint();
    },
    frame(i) {
      frame.clearLayers();
      if (i === null) return;
      ['frame-outer', 'frame-inner'].forEach(className => overlay([shapes[i]], {className, pane: 'selection'}).addTo(frame));
    },
  };
}
