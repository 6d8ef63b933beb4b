// The list of services that may be shown: search, kind of service, and each opens its popup on the map.

function makeServiceList(points) {
  const body = document.querySelector('#services tbody');
  if (!body) return {state: {}, show() {}, choose() {}, onChange() {}};
  const search = byId('service-search');
  const category = byId('service-category');
  const more = byId('more-services');
  let haystack = null;
  let found = [];

  function row(service) {
    const button = el('button', {type: 'button', class: 'a'}, named(points.titleOf(service)));
    button.addEventListener('click', () => { points.visit(service); showMap(); });
    const name = el('td', {}, button, el('span', {class: 'sub'}, points.kindOf(service)));
    const town = el('td', {}, named(service.text('town')));
    return el('tr', {}, name, town, el('td', {class: 'phone'}, named(service.text('phone'))));
  }

  function extend() {
    const next = body.children.length;
    body.append(...found.slice(next, next + ROWS_AT_ONCE).map(row));
    const rest = found.length - body.children.length;
    more.hidden = rest <= 0;
    more.textContent = say('more', {n: Math.min(ROWS_AT_ONCE, rest)});
    return next;
  }

  function filter() {
    const wanted = plain(search.value.trim());
    haystack = haystack || points.services.map(service => plain(points.titleOf(service) + ' ' + service.text('town')));
    const left = points.services.filter((service, i) =>
      (!wanted || haystack[i].includes(wanted)) && (!category.value || service.categories.includes(category.value)));
    // Those in the ranked areas first: the lists of neighbors are long.
    found = left.filter(({area}) => area >= 0).concat(left.filter(({area}) => area < 0));
    body.textContent = '';
    extend();
    const [n, total] = [found.length, points.services.length];
    const key = n === total ? 'services_all' : n ? 'services_some' : 'services_none';
    byId('service-count').textContent = say(key, {n: whole(n), total: whole(total)});
  }

  const result = {
    onChange() {},
    /** Built when the list is first shown: a state has thousands of services. */
    show() {
      if (!haystack) filter();
    },
    choose(wanted) {
      category.value = optionOr(category, wanted);
      if (haystack) filter();
    },
    get state() { return {x: search.value, y: category.value}; },
    set state({x, y}) {
      search.value = x || '';
      result.choose(y || '');
    },
  };
  search.addEventListener('input', () => { filter(); result.onChange(); });
  category.addEventListener('change', () => { filter(); result.onChange(); });
  more.addEventListener('click', () => body.children[extend()].querySelector('button').focus());
  return result;
}
