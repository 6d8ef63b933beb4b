// What leaves the page as text: the ranking as CSV, a link.

/** A cell that a spreadsheet reads as text or number, never as a formula. */
function csvCell(value) {
  let text = value === null || value === undefined ? '' : String(value);
  if (/^[=+\-@\t\r\n]/.test(text.slice(0, 1).normalize('NFKC')) && typeof value !== 'number') text = "'" + text;
  return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
}

/** The ranking in the names and the spelling of ranking.csv. */
function rankingCsv(data) {
  const {areas} = data;
  const columns = [
    ['rank', areas.rank], ['rank_low', areas.low], ['rank_high', areas.high], ['area_id', areas.id],
    ['name', areas.name], ['priority', areas.priority], ['access_gap', areas.access_gap], ['need', areas.need],
    ['reach', areas.reach], ['population', areas.population],
    ['highways', areas.highways.map(labels => labels.split(';').map(label => data.refs[label] || label).join(';'))], ['corridor_share', areas.share],
  ];
  Object.entries(areas.venues).forEach(([kind, counts]) => columns.push(['n_' + kind, counts]));
  data.required.forEach(category => {
    columns.push(['minutes_' + category, areas.minutes[category]]);
    columns.push([`beyond_${data.headline}_${category}`, areas.beyond[category]]);
    columns.push(['unreachable_' + category, areas.unreachable[category]]);
  });
  columns.push(['minutes_worst', areas.worst], [`beyond_${data.headline}_any`, areas.beyond_any]);
  areas.indicators.forEach(({key, values}) => columns.push(['indicator_' + key, values]));
  columns.push(['underserved', Array.from(areas.underserved, bit => (bit === '1' ? 'true' : 'false'))]);
  columns.push(['confidence', Array.from(areas.confidence, level => ({h: 'high', m: 'medium', l: 'low'})[level])]);
  columns.push(['confidence_why', areas.why.map(i => areas.whys[i])]);
  const lines = [columns.map(([title]) => csvCell(title)).join(',')];
  areas.id.forEach((id, i) => lines.push(columns.map(([, values]) => csvCell(values[i])).join(',')));
  return '\ufeff' + lines.join('\r\n') + '\r\n';
}

function download(name, blob) {
  const address = URL.createObjectURL(blob);
  const link = el('a', {href: address, download: name});
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
  announce(say('saved', {file: name}));
}

function copyLink() {
  const address = location.href;
  const copied = navigator.clipboard ? navigator.clipboard.writeText(address) : Promise.reject(new Error('no clipboard'));
  copied.then(() => announce(say('copied')), () => prompt(say('copy_here'), address));
}
