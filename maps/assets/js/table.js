// The ranking: search, filters, and a hundred rows at a time.

const ROWS_AT_ONCE = 100;

function makeTable(data, areas) {
  const rows = all('#areas tbody tr');
  const cells = rows.map(row => row.lastElementChild);
  const haystack = rows.map((row, i) => plain([data.areas.name[i], data.areas.place[i] || '', row.dataset.s || ''].join(' ')));
  const search = byId('search');
  const highway = byId('highway');
  const onlyUnder = byId('only-under');
  const onlyRural = byId('only-rural');
  const more = byId('more');
  let room = ROWS_AT_ONCE;
  let found = rows.map(() => true);
  let chosen = null;

  function draw() {
    let shown = 0;
    rows.forEach((row, i) => {
      if (found[i]) shown += 1;
      row.hidden = !(found[i] && (shown <= room || i === chosen));
      row.classList.remove('later');
    });
    more.hidden = shown <= room;
    more.textContent = say('more', {n: Math.min(ROWS_AT_ONCE, shown - room)});
    return shown;
  }

  /** On paper every row that the filter leaves, not only the first hundred. */
  function showAll(wanted) {
    const kept = room;
    if (wanted) room = rows.length;
    draw();
    room = kept;
  }

  function filter() {
    const wanted = plain(search.value.trim());
    const ref = highway ? highway.value : '';
    found = rows.map((row, i) =>
      (!wanted || haystack[i].includes(wanted))
      && (!ref || data.areas.highways[i].split(';').includes(ref))
      && (!onlyUnder.checked || data.areas.underserved[i] === '1')
      && (!onlyRural || !onlyRural.checked || data.areas.rural[i] > 0.5));
    room = ROWS_AT_ONCE;
    const n = draw();
    const key = n === rows.length ? 'count_all' : n ? 'count_some' : 'count_none';
    byId('count').textContent = say(key, {n: whole(n), total: whole(rows.length)});
    areas.dim(found);
  }

  function clear() {
    search.value = '';
    if (highway) highway.value = '';
    onlyUnder.checked = false;
    if (onlyRural) onlyRural.checked = false;
    filter();
  }

  function start({choose, changed}) {
    rows.forEach((row, i) => row.addEventListener('click', () => choose(i, {show: true})));
    search.addEventListener('input', () => { filter(); changed(); });
    search.addEventListener('keydown', event => {
      const first = found.indexOf(true);
      if (event.key === 'Enter' && first >= 0) choose(first, {show: true});
      if (event.key === 'Escape') { search.value = ''; filter(); changed(); }
    });
    [highway, onlyUnder, onlyRural].forEach(input => input && input.addEventListener('change', () => { filter(); changed(); }));
    more.addEventListener('click', () => {
      const next = rows.findIndex((row, i) => row.hidden && found[i]);
      room += ROWS_AT_ONCE;
      draw();
      if (next >= 0) rows[next].querySelector('button').focus();
    });
    filter();
  }

  return {
    rows,
    start,
    filter,
    showAll,
    get order() { return found.map((on, i) => (on ? i : -1)).filter(i => i >= 0); },
    get filters() {
      const ticked = box => (box && box.checked ? '1' : '');
      return {q: search.value, h: highway ? highway.value : '', u: ticked(onlyUnder), r: ticked(onlyRural)};
    },
    set filters({q, h, u, r}) {
      search.value = q || '';
      if (highway) highway.value = all('option', highway).some(option => option.value === h) ? h : '';
      onlyUnder.checked = u === '1';
      if (onlyRural) onlyRural.checked = r === '1';
      filter();
    },
    button: i => rows[i].querySelector('button'),
    mark(i, options) {
      if (chosen !== null) {
        rows[chosen].classList.remove('chosen');
        rows[chosen].querySelector('button').removeAttribute('aria-current');
      }
      chosen = i;
      if (i === null) return;
      if (!found[i] && !options.quiet) clear();
      draw();
      rows[i].classList.add('chosen');
      rows[i].querySelector('button').setAttribute('aria-current', 'true');
      if (options.scroll) rows[i].scrollIntoView({block: 'center', behavior: lessMotion ? 'auto' : 'smooth'});
    },
    /** The last column follows the measure the map is coloured by, where that is in minutes. */
    showMeasure(measure) {
      const byMinutes = measure.unit === 'minutes';
      byId('measure-head').title = byMinutes ? measure.label : data.measures.find(each => each.key === 'worst').label;
      cells.forEach((cell, i) => {
        const value = byMinutes ? areas.minutesOf(measure, i) : data.areas.worst[i];
        cell.textContent = value === null ? say('none') : whole(value);
      });
    },
  };
}
