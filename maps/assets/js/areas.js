// The ranked areas on the map: colours, hatching, hover words and the frame around the chosen one.

function makeAreas(map, layer, data) {
  const {areas, measures} = data;
  const shapes = [];
  const frame = L.layerGroup().addTo(map);
  let measure = measures[0];
  layer.eachLayer(shape => { shapes[shape.number] = shape; });
  const weak = overlay(shapes.filter((shape, i) => areas.confidence[i] === 'l'), {className: 'weak', pane: 'marks'});

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
      shapes.forEach((shape, i) => {
        const path = shape.getElement();
        if (path) path.setAttribute('class', path.getAttribute('class').replace(/\bk\d\b/, 'k' + chosen.classes[i]));
        else shape.options.className = 'area k' + chosen.classes[i];
      });
    },
    /** Show which areas a filter leaves out. */
    dim(isShown) {
      shapes.forEach((shape, i) => {
        const path = shape.getElement();
        if (path) path.classList.toggle('dim', !isShown[i]);
      });
    },
    frame(i) {
      frame.clearLayers();
      if (i === null) return;
      ['frame-outer', 'frame-inner'].forEach(className => overlay([shapes[i]], {className, pane: 'selection'}).addTo(frame));
    },
  };
}
