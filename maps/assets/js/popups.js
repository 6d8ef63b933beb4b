// Popups: each clear of the key and the buttons, and a dialog for the keyboard.

const isSmall = map => map.getSize().x < WIDE_MAP;

/** Of the places for a popup the first that is big enough for one, else the biggest. */
function roomForPopup(map) {
  const key = byId('key');
  const [buttons, credit] = all('.leaflet-control-zoom, .leaflet-control-attribution', map.getContainer());
  const {x, y} = map.getSize();
  const left = buttons.offsetWidth + 20;
  const foot = credit.offsetHeight + 10;
  const [beside, below] = [[left, 10, key.offsetWidth + 24], [left, key.offsetTop + key.offsetHeight + 8, 10]]
    .map(([from, top, right]) => ({from, top, right, width: x - from - right - 40, height: y - top - foot - 50}));
  const least = ({width, height}) => Math.min(width / 230, height / 110, 1);
  return least(below) > least(beside) ? {...below, foot} : {...beside, foot};
}

const Popup = L.Popup.extend({
  onAdd(map) {
    if (isSmall(map)) byId('key').open = false;
    const {from, top, right, foot, width, height} = roomForPopup(map);
    L.setOptions(this, {
      maxWidth: Math.max(Math.min(290, width), 150),
      minWidth: Math.max(Math.min(230, width), 150),
      maxHeight: Math.max(height, 90),
      autoPanPaddingTopLeft: [from, top],
      autoPanPaddingBottomRight: [right, foot],
    });
    L.Popup.prototype.onAdd.call(this, map);
  },
});

/** Whatever still lies over a popup, where the map is small, steps aside until it is closed. */
function keepPopupsClear(map) {
  map.on('popupopen popupclose moveend', ({type}) => {
    // On its way there it may pass below others.
    if (map._panAnim && map._panAnim._inProgress) return;
    const open = type !== 'popupclose' && map._popup && map._popup.isOpen() && isSmall(map);
    const box = open && map._popup.getElement().getBoundingClientRect();
    all('#key, .north, .leaflet-control').forEach(each =>
      each.classList.toggle('aside', Boolean(box) && overlap(box, each.getBoundingClientRect())));
  });
}

/** Who opens a popup from a list is led into it, and back when it closes. */
function makePopupsDialogs(map) {
  const frame = map.getContainer();
  let opener = null;
  map.on('popupopen', ({popup}) => {
    const box = popup.getElement();
    const heading = box.querySelector('h3');
    const title = heading ? heading.textContent : '';
    box.setAttribute('role', 'dialog');
    box.setAttribute('aria-label', title);
    box.tabIndex = -1;
    box.querySelector('.leaflet-popup-close-button').setAttribute('aria-label', say('close_popup'));
    const text = box.querySelector('.leaflet-popup-content');
    text.tabIndex = text.classList.contains('leaflet-popup-scrolled') ? 0 : -1;
    announce(title);
    opener = document.activeElement;
    if (!frame.contains(opener)) box.focus({preventScroll: true});
  });
  map.on('popupclose', ({popup}) => {
    if (!popup.getElement().contains(document.activeElement)) return;
    frame.focus({preventScroll: true});
    opener.focus({preventScroll: true});
  });
  frame.addEventListener('keydown', event => {
    if (event.key === 'Escape' && event.target.closest('.leaflet-popup')) map.closePopup();
  });
}
