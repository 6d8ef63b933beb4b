// Venues and services: their popups, their size by zoom, and which services are on.

/** A place of a point layer; its texts are looked up and its marker is made when they are wanted. */
class Place {
  constructor(layer, i, kind) {
    this.layer = layer;
    this.i = i;
    this.kind = kind;
  }
  get point() { return this.layer.point(this.i); }
  get area() { return this.layer.columns.area[this.i]; }
  get categories() { return this.text('categories').split(' ').filter(Boolean); }
  text(name) { return this.layer.text(name, this.i); }
}

function makePoints(map, layers, data, {painter, viewport}) {
  const kinds = Object.keys(data.kinds).filter(kind => layers[kind]);
  const placesOf = (layer, kind) => layer.columns.area.map((area, i) => new Place(layer, i, kind));
  const venues = kinds.flatMap(kind => placesOf(layers[kind], kind));
  const services = layers.providers ? placesOf(layers.providers, null) : [];
  const groups = kinds.map(kind => layers[kind]);
  const tip = L.tooltip({className: 'tip', direction: 'top', offset: [0, -6]});

  const kindOf = place => (place.kind ? data.kinds[place.kind]
    : place.categories.map(category => data.categories[category] || category).join(', '));
  const titleOf = place => place.text('name') || (place.kind ? say('unnamed', {kind: kindOf(place)}) : kindOf(place));

  function line(text, className) {
    return text ? el('p', className ? {class: className} : {}, named(text)) : null;
  }

  function sourceOf(place, className) {
    return line(place.text('source') ? say('source', {source: place.text('source')}) : '', className);
  }

  /** The exit that leads to a place, and the drive from there. */
  const driveOf = place => (place.text('exit') ? say('exit_drive', {exit: place.text('exit'), n: place.text('drive')}) : '');

  function venueLines(place) {
    const [distance, highway] = ['distance', 'highway'].map(name => place.text(name));
    return [
      place.text('name') ? line(kindOf(place)) : null,
      line(driveOf(place)),
      line(distance ? say('from_highway', {distance, highway}) : ''),
      sourceOf(place),
      line(say('venue_note'), 'note'),
    ];
  }

  function facts(place) {
    const list = el('dl');
    for (const field of ['phone', 'hours', 'serves', 'languages', 'address', 'town']) {
      const words = place.text(field).replace(/;\s*/g, ['serves', 'languages'].includes(field) ? ', ' : '; ');
      if (words) list.append(el('dt', {}, say(field)), el('dd', {}, named(words)));
    }
    const website = place.text('website');
    if (website) {
      const link = el('a', {href: website, rel: 'noopener noreferrer', target: '_blank'}, website);
      list.append(el('dt', {}, say('website')), el('dd', {}, link));
    }
    if (place.text('verified_on')) list.append(el('dt', {}, say('verified')), el('dd', {}, place.text('verified_on')));
    return list;
  }

  function content(place) {
    const lines = place.kind ? venueLines(place) : [line(kindOf(place)), line(driveOf(place)), facts(place), sourceOf(place, 'note')];
    return el('div', {}, el('h3', {}, named(titleOf(place))), ...lines.filter(Boolean));
  }

  function showTip(point) {
    tip.setLatLng(point.getLatLng()).setContent(el('span', {}, named(titleOf(point.place)))).addTo(map);
  }
  const hideTip = () => tip.remove();

  function dress(places, drawn) {
    return (point, i) => {
      point.place = places[i];
      point.bindPopup(new Popup().setContent(() => content(places[i])));
      if (drawn) point.on({mouseover: () => showTip(point), mouseout: hideTip});
    };
  }

  /** Prepare a layer, to be drawn as elements or on a canvas. */
  function prepare(layer, places, many) {
    layer.dress = dress(places, !many);
    if (!many) return;
    const {className, pane} = layer.look;
    Object.assign(layer.look, painter.look(className), {
      interactive: false,
      renderer: painter.canvas(pane, () => {
        Object.assign(layer.look, painter.look(className));
        layer.made.forEach(point => point.setStyle(painter.look(className)));
      }),
    });
  }

  const crowded = venues.length > MANY_POINTS;
  kinds.forEach(kind => prepare(layers[kind], venues.filter(venue => venue.kind === kind), crowded));
  if (layers.providers) {
    prepare(layers.providers, services, services.length > MANY_POINTS);
    layers.providers.choose(() => false);
    groups.push(layers.providers);
  }
  const onCanvas = groups.filter(group => group.look.renderer);
  if (onCanvas.length) {
    const enter = point => { layers.areas.fire('mouseout'); showTip(point); };
    findPoints(map, onCanvas, {enter, leave: hideTip, choose: point => point.openPopup()});
  }

  map.on('popupopen', hideTip);

  let radius = 0;
  function size() {
    const zoom = map.getZoom();
    const wanted = zoom < 7.5 ? 2.6 : zoom < 9 ? 4 : zoom < 11 ? 6 : 8;
    if (wanted === radius) return;
    radius = wanted;
    kinds.forEach(kind => layers[kind].setRadius(radius));
    if (layers.providers) layers.providers.setRadius(services.length > 500 ? radius : radius + 1.6);
  }
  map.on('zoomend', size);

  /** Draw the services that offer at least one of the chosen categories. */
  function showCategories(chosen) {
    if (!layers.providers) return;
    layers.providers.choose(i => services[i].categories.some(category => chosen.has(category)));
    map.addLayer(layers.providers);
  }

  /** Go to a point, switching its layer on, and open its popup. */
  function visit({point, layer}) {
    if (!layer.hasLayer(point)) layer.addLayer(point);
    if (!map.hasLayer(layer)) map.addLayer(layer);
    viewport.move(() => {
      map.setView(point.getLatLng(), Math.max(map.getZoom(), 11), {animate: false});
      point.openPopup();
    });
  }

  return {venues, services, kinds, kindOf, titleOf, driveOf, size, showCategories, visit};
}
