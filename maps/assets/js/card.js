// The card of the chosen area: why it ranks there, in words and figures.

function makeCard(data, points) {
  const {areas} = data;
  const exits = listExits(data);
  const box = byId('card');
  const body = byId('card-body');
  const total = areas.id.length;
  const levels = {h: 'high', m: 'medium', l: 'low'};

  function fact(list, term, value) {
    list.append(el('dt', {}, term), el('dd', {}, value));
  }

  function parts(i) {
    const list = el('dl', {class: 'parts'});
    ['access_gap', 'need', 'reach'].forEach(part => {
      const most = 100 * data.weights[part];
      const earned = most * areas[part][i];
      const bar = el('span', {class: 'part ' + part, style: `--v:${(100 * areas[part][i]).toFixed(1)}%`, 'aria-hidden': 'true'});
      fact(list, say(part), say('part_value', {points: number(earned), most: number(most)}));
      list.lastChild.append(bar);
    });
    return list;
  }

  function drive(i) {
    const list = el('dl');
    data.required.forEach(category => {
      const minutes = areas.minutes[category][i];
      const beyond = areas.beyond[category][i];
      const cut = areas.unreachable[category][i];
      fact(list, data.categories[category], el('b', {}, minutesText(minutes)));
      const notes = [];
      if (minutes !== null && beyond) notes.push(say('beyond', {share: percent(beyond), minutes: number(data.headline)}));
      if (minutes !== null && cut) notes.push(say('unreachable_share', {share: percent(cut)}));
      if (notes.length) list.lastChild.append(el('small', {}, notes.join('; ')));
    });
    return list;
  }

  function figures(i) {
    const list = el('dl');
    fact(list, say('people'), whole(areas.population[i]));
    if (areas.rural.length && areas.rural[i] !== null) fact(list, say('rural'), percent(areas.rural[i]));
    const rural = data.measures.find(({unit}) => unit === 'people');
    if (rural && rural.values[i] !== null) fact(list, rural.label, whole(rural.values[i]));
    areas.indicators.forEach(({label, unit, values}) => {
      if (values[i] === null) return;
      fact(list, named(label), unit === '%' ? say('percent', {n: number(values[i])}) : (number(values[i]) + ' ' + unit).trim());
    });
    fact(list, say('highways'), areas.highways[i] ? named(areas.highways[i].split(';').join(', ')) : say('no_highway'));
    if (areas.share[i]) fact(list, say('share'), percent(areas.share[i]));
    return list;
  }

  /** The exits in an area; where it has none, the one that leads there. */
  function exitsOf(i) {
    const here = exits.filter(({area}) => area === i);
    if (here.length) return exitList(say('exits_here'), here, card.visitExit);
    const nearest = exits[data.along ? data.along.near.exit[i] : -1];
    if (!nearest) return null;
    const list = exitList(say('nearest_exit'), [nearest], card.visitExit);
    list.lastChild.append(' ' + say('exit_mean', {n: whole(data.along.near.min[i])}));
    return list;
  }

  /** Places in an area, each with its kind and the drive from its exit; listed when they are asked for. */
  function placesHere(text, places, i) {
    const here = places.filter(({area}) => area === i);
    if (!here.length) return null;
    const list = el('ul');
    const details = el('details', {}, el('summary', {}, say(text, {n: whole(here.length)})), list);
    details.addEventListener('toggle', () => {
      if (list.children.length) return;
      list.append(...here.map(place => {
        const button = el('button', {type: 'button', class: 'a'}, named(points.titleOf(place)));
        button.addEventListener('click', () => { points.visit(place); showMap(); });
        const words = [points.kindOf(place), points.driveOf(place)].filter(Boolean).join(' · ');
        return el('li', {}, button, el('span', {class: 'sub'}, named(words)));
      }));
    });
    return details;
  }

  function confidence(i) {
    const level = levels[areas.confidence[i]];
    const why = areas.whys[areas.why[i]];
    const text = why || level === 'high' ? say('confidence_' + level, {why}) : say('level_' + level);
    return el('p', {class: 'confidence'}, el('b', {}, say('confidence') + ': '), text);
  }

  const card = {
    /** Opens an exit on the map. */
    visitExit() {},
    show(i) {
      box.hidden = i === null;
      document.querySelector('.tiles').hidden = i !== null;
      if (i === null) return;
      byId('card-name').textContent = '';
      byId('card-name').append(named(areas.name[i]));
      body.textContent = '';
      const rank = say('rank_range', {rank: areas.rank[i], total, low: areas.low[i], high: areas.high[i]});
      body.append(el('p', {class: 'sub'}, areas.place[i] ? areas.place[i] + '. ' + rank : rank));
      body.append(el('p', {class: 'reason'}, areas.sentences.map(part => cell(part, i)).filter(Boolean).join(' ')));
      body.append(el('h3', {}, say('tip_score', {score: score(areas.priority[i])})), parts(i));
      body.append(el('h3', {}, say('drive')), drive(i));
      const near = [
        exitsOf(i), placesHere('venues_here', points.venues, i), placesHere('services_here', points.services, i),
      ];
      body.append(...near.filter(Boolean), figures(i), confidence(i));
    },
  };
  return card;
}
