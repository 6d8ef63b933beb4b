// Exits as buttons, for the cards of areas and sections.

/** The exits of all highways in one list, each with its highway's number and its own there. */
function listExits({along}) {
  if (!along) return [];
  return along.routes.flatMap((route, number) => route.exits.map(([milepost, , , label, , area], i) =>
    ({highway: route.label, number, i, milepost, label, area})));
}

/** A heading, and a button for each exit behind the name of its highway. */
function exitList(title, exits, visit) {
  const box = el('div', {class: 'exits-here'}, el('h3', {}, title));
  let line = null;
  exits.forEach(({highway, number, i, label}, at) => {
    if (!at || exits[at - 1].number !== number) {
      line = el('p', {}, el('b', {}, named(highway)));
      box.append(line);
    }
    const button = el('button', {type: 'button'}, named(label));
    button.addEventListener('click', () => visit(number, i));
    line.append(' ', button);
  });
  return box;
}
