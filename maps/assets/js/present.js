// For a projector: large type, one area after another with the arrow keys, or one section where the map shows those.

function makePresentation({map, table, choice, sections}) {
  const button = byId('b-present');
  const on = () => root.classList.contains('present');

  const shown = () => (sections.active ? sections
    : {order: table.order, chosen: choice.area, choose: i => choice.choose(i, {show: true})});

  function toggle(wanted) {
    root.classList.toggle('present', wanted);
    button.setAttribute('aria-pressed', String(wanted));
    byId('key').open = !wanted;
    map.invalidateSize({animate: false});
    if (wanted) {
      const {order, chosen, choose} = shown();
      const first = chosen === null ? order[0] : chosen;
      if (first !== undefined) choose(first);
      announce(say('present_help'));
    }
  }

  button.addEventListener('click', () => toggle(!on()));
  document.addEventListener('keydown', event => {
    if (!on()) return;
    if (event.key === 'Escape') return toggle(false);
    const step = {ArrowRight: 1, ArrowDown: 1, PageDown: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1}[event.key];
    if (!step) return;
    const {order, chosen, choose} = shown();
    const next = order[order.indexOf(chosen) + step];
    if (next !== undefined) choose(next);
    event.preventDefault();
  }, true);
}
