// What is chosen above the rankings, and which areas and sections it leaves: words, highway, county, a service that is
// far, underserved, rural.

const FILTERS = {q: 'search', h: 'highway', c: 'county', k: 'service', u: 'only-under', r: 'only-rural'};
/** More than this share of the people is most people. */
const MOST = 0.5;

const optionOr = (select, wanted) => (all('option', select).some(({value}) => value === wanted) ? wanted : '');

function makeFilters() {
  const inputs = Object.entries(FILTERS).map(([key, id]) => [key, byId(id)]).filter(([, input]) => input);
  const haystacks = new Map();

  function matches(columns, wanted) {
    if (!wanted) return () => true;
    if (!haystacks.has(columns)) {
      haystacks.set(columns, columns.name.map((name, i) =>
        plain([name, columns.place[i] || '', cell(columns.search, i)].join(' '))));
    }
    const haystack = haystacks.get(columns);
    return i => haystack[i].includes(wanted);
  }

  /** A section can lie in several counties; areas that lie in none of the map's are counties themselves. */
  const countiesOf = ({place, name}, i) => (place.length ? place[i].split('\n') : [name[i]]);

  const filters = {
    /** Called with the key of what was changed. */
    onChange() {},
    get active() { return Object.values(filters.state).some(Boolean); },
    /** For the link: each input's value, '' where it asks for nothing. */
    get state() {
      return Object.fromEntries(inputs.map(([key, input]) =>
        [key, input.type === 'checkbox' ? (input.checked ? '1' : '') : input.value]));
    },
    set state(wanted) {
      inputs.forEach(([key, input]) => {
        const value = wanted[key] || '';
        if (input.type === 'checkbox') input.checked = value === '1';
        else input.value = input.tagName === 'SELECT' ? optionOr(input, value) : value;
      });
    },
    /** Of each row of areas or sections, whether it is left. */
    left(columns) {
      const {q, h, c, k, u, r} = filters.state;
      const found = matches(columns, plain(q.trim()));
      return columns.name.map((name, i) =>
        found(i)
        && (!h || columns.highways[i].split(';').includes(h))
        && (!c || countiesOf(columns, i).includes(c))
        && (!k || columns.beyond[k][i] > MOST)
        && (!u || columns.underserved[i] === '1')
        && (!r || columns.rural[i] > MOST));
    },
    clear() {
      filters.state = {};
      filters.onChange('');
    },
  };
  inputs.forEach(([key, input]) => input.addEventListener(key === 'q' ? 'input' : 'change', () => filters.onChange(key)));
  byId('clear').addEventListener('click', () => {
    filters.clear();
    byId('search').focus();
  });
  return filters;
}

/** How many rows are left of how many, in words. */
function countWords(n, total, nouns) {
  const key = n === total ? 'count_all' : n ? 'count_some' : 'count_none';
  return say(key, {n: whole(n), total: whole(total), ...nouns});
}
