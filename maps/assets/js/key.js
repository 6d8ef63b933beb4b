// The key is the layer control: what a symbol means and whether it is drawn.

/** Classes whose words are longer than this are written smaller. */
const LONG = 7;

function makeKey({map, groups, areas, sections, points, data, onMeasure}) {
  const boxes = all('#key input[data-layers]');
  const categories = all('#key input[data-category]');
  const chooser = byId('measure');

  function apply(box) {
    const name = box.dataset.layers;
    if (name === 'fill') map.getContainer().classList.toggle('unfilled', !box.checked);
    // Taken off first, so that a casing always comes back below its line.
    for (const group of groups[name] || []) map.removeLayer(group);
    if (box.checked) for (const group of groups[name] || []) map.addLayer(group);
    box.parentNode.classList.toggle('off', !box.checked);
  }

  function applyCategories() {
    const chosen = new Set(categories.filter(box => box.checked).map(box => box.dataset.category));
    categories.forEach(box => box.parentNode.classList.toggle('off', !box.checked));
    points.showCategories(chosen);
  }

  function colour(key) {
    const measure = data.measures.find(each => each.key === key) || data.measures[0];
    chooser.value = measure.key;
    areas.colourBy(measure);
    sections.colourBy(measure.key);
    showRamp();
    onMeasure(measure);
  }

  /** What the map is coloured by: the areas, or the sections while they are shown. */
  const shown = () => (sections.active ? sections.measure(areas.measure.key) : areas.measure);

  function showRamp() {
    const plural = sections.active ? data.sections.plural : noun.plural;
    byId('measure-of').textContent = say('colour_by', {plural});
    const [words, count] = all('span', boxes.find(box => box.dataset.layers === 'fill').parentNode);
    words.textContent = say('fill', {plural});
    count.textContent = whole(shown().classes.length);
    byId('ramp').classList.toggle('long', shown().legend.some(([, words]) => words.length > LONG));
    byId('ramp').replaceChildren(...shown().legend.map(([colourClass, words, count]) =>
      el('li', {title: whole(count) + ' ' + plural}, el('i', {class: 'k' + colourClass}), words)));
  }

  function start(changed) {
    boxes.forEach(apply);
    if (categories.length) applyCategories();
    boxes.forEach(box => box.addEventListener('change', () => { apply(box); changed(); }));
    categories.forEach(box => box.addEventListener('change', () => { applyCategories(); changed(); }));
    chooser.addEventListener('change', () => { colour(chooser.value); changed(); });
    sections.onSwitch = showRamp;
  }

  return {
    start,
    colour,
    shown,
    /** Which boxes are ticked, as a string of 0 and 1. */
    get state() { return boxes.concat(categories).map(box => (box.checked ? 1 : 0)).join(''); },
    set state(bits) {
      boxes.concat(categories).forEach((box, i) => { if (i < bits.length) box.checked = bits[i] === '1'; });
      boxes.forEach(apply);
      if (categories.length) applyCategories();
    },
  };
}
