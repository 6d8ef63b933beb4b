// The page around the map: tabs, theme, text size, embedding, printing.

function makeTabs() {
  const tabs = all('[role=tab]');
  const state = {shown: 'tab-list', show, onShow() {}, onChange() {}};
  function show(wanted) {
    const id = tabs.some(tab => tab.id === wanted) ? wanted : 'tab-list';
    state.shown = id;
    tabs.forEach(tab => {
      const on = tab.id === id;
      tab.setAttribute('aria-selected', String(on));
      tab.tabIndex = on ? 0 : -1;
      byId(tab.getAttribute('aria-controls')).hidden = !on;
    });
    state.onShow(id);
  }
  /** A tall card above the tabs leaves no room for what they show: then they move to the top. */
  function choose(tab) {
    show(tab.id);
    const list = tab.parentElement;
    if (list.getBoundingClientRect().top > window.innerHeight / 2) list.scrollIntoView();
    state.onChange();
  }
  tabs.forEach((tab, i) => {
    tab.addEventListener('click', () => choose(tab));
    tab.addEventListener('keydown', event => {
      const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
      if (!step) return;
      const next = tabs[(i + step + tabs.length) % tabs.length];
      choose(next);
      next.focus();
      event.preventDefault();
    });
  });
  return state;
}

const theme = {
  get name() { return root.dataset.theme || 'light'; },
  set name(name) {
    root.dataset.theme = name;
    byId('b-dark').setAttribute('aria-pressed', String(name === 'dark'));
  },
};

function isEmbedded() {
  let framed = true;
  try { framed = window.self !== window.top; } catch (error) { /* another site's frame */ }
  return framed || /[?#&]embed\b/.test(location.search + location.hash);
}

/** Small screens and frames start with the key closed. */
function fitPageToScreen(map) {
  const embedded = isEmbedded();
  if (embedded) behaveInFrame(map);
  const {clientWidth, clientHeight} = map.getContainer();
  if (embedded || clientWidth < WIDE_MAP || clientHeight < 420) byId('key').open = false;
  placeButtons();
  NARROW.addEventListener('change', placeButtons);
}

/** Small screens have the page's buttons below the list, also when a window becomes small or a phone is turned. */
function placeButtons() {
  const buttons = document.querySelector('.actions');
  const {activeElement} = document;
  if (isNarrow()) byId('panel').insertBefore(buttons, document.querySelector('.hotline'));
  else byId('head').append(buttons);
  // Who zooms in with the keyboard on one of them stays there.
  if (buttons.contains(activeElement)) activeElement.focus();
}

/** In a frame the wheel belongs to the page around: it scrolls, and zooms only with Ctrl. */
function behaveInFrame(map) {
  const box = map.getContainer();
  const hint = byId('hint');
  const hide = settled(() => hint.classList.remove('on'), 900);
  root.classList.add('embed');
  map.scrollWheelZoom.disable();
  box.addEventListener('wheel', event => {
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      map.setZoom(map.getZoom() - Math.sign(event.deltaY) * 0.5);
    } else {
      hint.classList.add('on');
      hide();
    }
  }, {passive: false});
  if (L.Browser.mobile) {
    map.dragging.disable();
    box.style.touchAction = 'pan-y';
  }
}

/** On paper the map has a size of its own, light colours and an open key; afterwards all is as before. */
function preparePrinting({map, table, viewport, choice, painter, declutter}) {
  const {retina} = L.Browser;
  let before = null;
  addEventListener('beforeprint', () => {
    const key = byId('key');
    const top = byId('panel').scrollTop;
    before = {top, centre: map.getCenter(), zoom: map.getZoom(), theme: theme.name, bounds: map.getBounds(), open: key.open};
    key.open = true;
    table.showAll(true);
    theme.name = 'light';
    root.classList.add('printing');
    // A canvas twice as fine as on a screen.
    L.Browser.retina = true;
    map.invalidateSize({animate: false});
    if (choice.area === null) viewport.home(false);
    else map.fitBounds(before.bounds, {animate: false});
    painter.repaint();
    declutter();
  });
  addEventListener('afterprint', () => {
    root.classList.remove('printing');
    if (!before) return;
    byId('key').open = before.open;
    table.showAll(false);
    theme.name = before.theme;
    L.Browser.retina = retina;
    map.invalidateSize({animate: false});
    map.setView(before.centre, before.zoom, {animate: false});
    byId('panel').scrollTop = before.top;
  });
}

/** A map that is overdue for checking says so. */
function checkExpiry() {
  const banner = byId('expiry');
  if (banner && new Date() > new Date(banner.dataset.expires + 'T23:59:59')) banner.hidden = false;
}
