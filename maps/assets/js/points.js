// Venues and services: their popups, their size by zoom, and which services are on.

function makePoints(map, layers, data) {
  const kinds = Object.keys(data.kinds).filter(kind => layers[kind]);
  const venues = [];
  const services = [];
  // Room for the key, which lies above popups.
  const right = isNarrow() ? 10 : byId('key').offsetWidth + 24;
  const popupOptions = {maxWidth: 290, minWidth: 230, autoPanPaddingTopLeft: [10, 10], autoPanPaddingBottomRight: [right, 30]};

  kinds.forEach(kind => layers[kind].eachLayer(point => {
    const place = point.place;
    const title = place.name || say('unnamed', {kind: data.kinds[kind]});
    const highway = place.highway || '';
    venues.push({kind, title, place, point, layer: layers[kind]});
    addWords(point, title, () => [
      place.name ? line(data.kinds[kind]) : null,
      line(place.exit ? say('exit_on', {exit: place.exit, highway}) : ''),
      line(place.distance ? say('from_highway', {distance: place.distance, highway}) : ''),
      line(place.source ? say('source', {source: place.source}) : ''),
      line(say('venue_note'), 'note'),
    ].filter(Boolean));
  }));

  if (layers.providers) layers.providers.eachLayer(point => {
    const place = point.place;
    const categories = (place.categories || '').split(' ').filter(Boolean);
    const kind = categories.map(category => data.categories[category] || category).join(', ');
    const title = place.name || kind;
    services.push({title, kind, place, point, categories, layer: layers.providers});
    addWords(point, title, () => [
      line(kind),
      facts(place),
      line(place.source ? say('source', {source: place.source}) : '', 'note'),
    ].filter(Boolean));
  });

  function line(text, className) {
    return text ? el('p', className ? {class: className} : {}, named(text)) : null;
  }

  function facts(place) {
    const list = el('dl');
    for (const field of ['phone', 'hours', 'serves', 'languages', 'address', 'town']) {
      if (place[field]) list.append(el('dt', {}, say(field)), el('dd', {}, named(place[field])));
    }
    if (place.website) {
      const link = el('a', {href: place.website, rel: 'noopener noreferrer', target: '_blank'}, place.website);
      list.append(el('dt', {}, say('website')), el('dd', {}, link));
    }
    if (place.verified_on) list.append(el('dt', {}, say('verified')), el('dd', {}, place.verified_on));
    return list;
  }

  function addWords(point, title, lines) {
    const content = () => el('div', {}, el('h3', {}, named(title)), ...lines());
    point.bindPopup(content, popupOptions);
  }

  const tip = L.tooltip({className: 'tip', direction: 'top', offset: [0, -6]});
  const hover = title => event => {
    tip.setLatLng(event.target.getLatLng()).setContent(el('span', {}, named(title)));
    tip.addTo(map);
  };
  venues.concat(services).forEach(({point, title}) => {
    point.on('mouseover', hover(title));
    point.on('mouseout', () => tip.remove());
  });

  map.on('popupopen', ({popup}) => {
    const box = popup.getElement();
    const heading = box.querySelector('h3');
    box.setAttribute('role', 'dialog');
    box.setAttribute('aria-label', heading ? heading.textContent : '');
    const close = box.querySelector('.leaflet-popup-close-button');
    close.setAttribute('aria-label', say('close_popup'));
    tip.remove();
  });

  let radius = 0;
  function size() {
    const zoom = map.getZoom();
    const wanted = zoom < 7.5 ? 2.6 : zoom < 9 ? 4 : zoom < 11 ? 6 : 8;
    if (wanted === radius) return;
    radius = wanted;
    venues.forEach(({point}) => point.setRadius(radius));
    services.forEach(({point}) => point.setRadius(services.length > 500 ? radius : radius + 1.6));
  }
  map.on('zoomend', size);

  /** Draw the services that offer at least one of the chosen categories. */
  function showCategories(chosen) {
    services.forEach(({point, categories}) => {
      const on = categories.some(category => chosen.has(category));
      if (on) layers.providers.addLayer(point);
      else layers.providers.removeLayer(point);
    });
    if (layers.providers) map.addLayer(layers.providers);
  }

  /** Go to a point, switching its layer on, and open its popup. */
  function visit({point, layer}) {
    if (!layer.hasLayer(point)) layer.addLayer(point);
    if (!map.hasLayer(layer)) map.addLayer(layer);
    map.setView(point.getLatLng(), Math.max(map.getZoom(), 11), {animate: false});
    point.openPopup();
  }

  return {venues, services, kinds, size, showCategories, visit};
}
