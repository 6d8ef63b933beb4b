// For a projector: large type, one area after another with the arrow keys.

function makePresentation(map, table, choice) {
  const button = byId('b-present');
  const on = () => root.classList.contains('present');

  function toggle(wanted) {
    root.classList.toggle('present', wanted);
    button.setAttribute('aria-pressed', String(wanted));
    byId('key').open = !wanted;
    map.invalidateSize({animate: false});
    if (wanted) {
      choice.choose(choice.area === null ? table.order[0] : choice.area, {show: true});
      announce(say('present_help'));
    }
  }

  button.addEventListener('click', () => toggle(!on()));
  document.addEventListener('keydown', event => {
    if (!on()) return;
    if (event.key === 'Escape') return toggle(false);
    const step = {ArrowRight: 1, ArrowDown: 1, PageDown: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1}[event.key];
    if (!step) return;
    const areas = table.order;
    const next = areas[areas.indexOf(choice.area) + step];
    if (next !== undefined) choice.choose(next, {show: true});
    event.preventDefault();
  }, true);
}
