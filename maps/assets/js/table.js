// The ranking: what the filters leave, one page of rows at a time. Rows are made from the data when they are shown.

const ROWS_AT_ONCE = 100;

function makeTable(data, areas, filters) {
  const columns = data.areas;
  const total = columns.id.length;
  const table = byId('areas');
  const [body, ...later] = table.tBodies;
  const search = byId('search');
  const [less, more] = [byId('less'), byId('more')];
  let found = columns.id.map((id, i) => i);
  let page = 0;
  let chosen = null;
  let measure = null;
  // The first rows stand in the page as it comes, which need not be made again.
  let given = true;

  const rowOf = i => body.querySelector(`[data-i="${i}"]`);

  function subtitle(i) {
    const place = columns.place[i];
    const roads = columns.highways[i].split(';').join(', ');
    const words = el('span', {class: 'sub'}, place ? named(place) : '', place && roads ? ', ' : '', roads);
    if (columns.underserved[i] === '1') words.append(words.hasChildNodes() ? ' · ' : '', say('under'));
    if (columns.confidence[i] === 'l') words.append(' ', el('span', {class: 'flag'}, say('low')));
    return words;
  }

  /** The three parts of the priority, one after the other. */
  function bar(i) {
    const gap = 100 * data.weights.access_gap * columns.access_gap[i];
    const need = gap + 100 * data.weights.need * columns.need[i];
    const ends = {a: gap, b: need, c: columns.priority[i]};
    return el('span', {class: 'bar', style: Object.entries(ends).map(([name, end]) => `--${name}:${end.toFixed(1)}%`).join(';')});
  }

  /** The last column follows the measure the map is coloured by, where that is in minutes. */
  function minutes(i) {
    const value = measure && measure.unit === 'minutes' ? areas.minutesOf(measure, i) : columns.worst[i];
    return value === null ? say('none') : whole(value);
  }

  function row(i, position) {
    const button = el('button', {class: 'a', type: 'button'}, named(columns.name[i]));
    if (i === chosen) button.setAttribute('aria-current', 'true');
    return el('tr', {'data-i': i, 'aria-rowindex': position + 2, ...(i === chosen ? {class: 'chosen'} : {})},
      el('td', {}, el('b', {}, String(columns.rank[i])), el('span', {class: 'range'}, columns.low[i] + '–' + columns.high[i])),
      el('td', {}, button, subtitle(i)),
      el('td', {}, score(columns.priority[i]), bar(i)),
      el('td', {class: 'n'}, minutes(i)));
  }

  function fill(first, count) {
    const wanted = found.slice(first, first + count);
    given = given && wanted.length === body.rows.length && wanted.every((i, at) => i === at);
    if (given) Array.from(body.rows).forEach((each, at) => each.setAttribute('aria-rowindex', at + 2));
    else body.replaceChildren(...wanted.map((i, at) => row(i, first + at)));
    // Only a part of the rows is in the document: how many there are has to be said.
    table.setAttribute('aria-rowcount', String(found.length + 1));
  }

  function draw() {
    const first = page * ROWS_AT_ONCE;
    const last = Math.min(first + ROWS_AT_ONCE, found.length);
    fill(first, ROWS_AT_ONCE);
    byId('pager').hidden = found.length <= ROWS_AT_ONCE;
    less.disabled = first === 0;
    more.disabled = last >= found.length;
    byId('rows').textContent = say('rows', {first: whole(first + 1), last: whole(last), total: whole(found.length)});
  }

  function turn(to) {
    page = to;
    draw();
    body.querySelector('button').focus();
    announce(byId('rows').textContent);
  }

  /** On paper the first rows that the filter leaves, from the start. */
  function showAll(wanted) {
    if (!wanted) return draw();
    fill(0, data.printed);
    const note = document.querySelector('#panel-list > .printonly');
    if (!note) return;
    note.hidden = found.length <= data.printed;
    note.textContent = say('print_cap', {n: data.printed, total: whole(found.length)});
  }

  function filter() {
    const isShown = filters.left(columns);
    found = columns.id.map((id, i) => i).filter(i => isShown[i]);
    page = 0;
    draw();
    byId('count').textContent = countWords(found.length, total);
    byId('clear').hidden = !filters.active;
    areas.dim(isShown);
    return isShown;
  }

  /** Turn to the page an area is on. */
  function turnTo(i) {
    const at = found.indexOf(i);
    if (at < 0 || rowOf(i)) return;
    page = Math.floor(at / ROWS_AT_ONCE);
    draw();
  }

  function start(choose) {
    body.addEventListener('click', event => {
      const clicked = event.target.closest('tr');
      if (clicked) choose(Number(clicked.dataset.i), {show: true});
    });
    search.addEventListener('keydown', event => {
      if (event.key === 'Enter' && found.length) choose(found[0], {show: true});
      if (event.key === 'Escape') { search.value = ''; filters.onChange('q'); }
    });
    less.addEventListener('click', () => turn(page - 1));
    more.addEventListener('click', () => turn(page + 1));
  }

  return {
    start,
    /** Take out the rows of the later pages, which are for readers whose browser runs no scripts. */
    trim: () => later.forEach(rows => rows.remove()),
    filter,
    showAll,
    get order() { return found; },
    /** Move the keyboard to an area's row. */
    focus(i) {
      turnTo(i);
      focusEntry(rowOf(i));
    },
    mark(i, options) {
      const before = chosen === null ? null : rowOf(chosen);
      if (before) {
        before.classList.remove('chosen');
        before.querySelector('button').removeAttribute('aria-current');
      }
      chosen = i;
      if (i === null) return;
      if (!found.includes(i) && !options.quiet) filters.clear();
      turnTo(i);
      const marked = rowOf(i);
      if (!marked) return;
      marked.classList.add('chosen');
      marked.querySelector('button').setAttribute('aria-current', 'true');
      if (options.scroll) marked.scrollIntoView({block: 'center', behavior: lessMotion ? 'auto' : 'smooth'});
    },
    showMeasure(shown) {
      const byMinutes = shown.unit === 'minutes';
      const other = byMinutes || (measure && measure.unit === 'minutes');
      measure = shown;
      byId('measure-head').title = byMinutes ? measure.label : data.measures.find(each => each.key === 'worst').label;
      if (other) all('tr', body).forEach(each => { each.lastElementChild.textContent = minutes(Number(each.dataset.i)); });
    },
  };
}
