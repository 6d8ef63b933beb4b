// A picture of the map as it is seen: every drawn layer is copied into one SVG, which a canvas turns into a PNG.

const EDGE = 10;
const RAMP = {width: 240, height: 48};
const CREDIT = {size: 11, line: 15};
/** Where the key of the colours has room beside the credit. */
const WIDE_PICTURE = 560;

function saveImage(map, measure, name) {
  const {picture, width, height} = pictureOf(map.getContainer(), measure);
  const image = new Image();
  image.onload = () => {
    const canvas = el('canvas', {width: 2 * width, height: 2 * height});
    canvas.getContext('2d').drawImage(image, 0, 0, 2 * width, 2 * height);
    canvas.toBlob(blob => download(name, blob), 'image/png');
  };
  image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(new XMLSerializer().serializeToString(picture));
}

/** The title, the map, and below it the key of the colours and the credit: on the map they could not always be read. */
function pictureOf(box, measure) {
  const frame = box.getBoundingClientRect();
  const {width} = frame;
  const wide = width >= WIDE_PICTURE;
  const fill = getComputedStyle(box).color;
  const size = wide ? 18 : 15;
  const title = linesOf(document.querySelector('h1').textContent, `bold ${size}px sans-serif`, width - 2 * EDGE);
  const credit = linesOf(creditOf(box), `${CREDIT.size}px sans-serif`, width - 2 * EDGE - (wide ? RAMP.width + EDGE : 0));
  const head = 1.25 * size * title.length + 14;
  const foot = head + frame.height;
  const below = wide ? 0 : RAMP.height + EDGE;
  const height = foot + 2 * EDGE + Math.max(RAMP.height, below + CREDIT.line * credit.length);
  const picture = svg('svg', {xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}`});
  copyDefinitions(picture);
  picture.append(
    svg('rect', {width, height, fill: getComputedStyle(byId('panel')).backgroundColor}),
    drawnMap(box, frame, head),
    ...title.map((line, i) => written(line, {x: EDGE, y: size + 6 + 1.25 * size * i, 'font-size': size, 'font-weight': 700, fill})),
    ramp(measure, wide ? width - RAMP.width - EDGE : EDGE, foot + EDGE + 12, fill),
    ...credit.map((line, i) => written(line, {x: EDGE, y: foot + EDGE + below + 11 + CREDIT.line * i, 'font-size': CREDIT.size, fill})),
  );
  return {picture, width, height};
}

function creditOf(box) {
  const example = document.querySelector('#head .example b');
  return (example ? example.textContent + ' ' : '') + box.querySelector('.leaflet-control-attribution').textContent;
}

/** A text in lines of this width, broken between words. */
function linesOf(text, font, width) {
  const pen = el('canvas').getContext('2d');
  pen.font = font;
  const found = [];
  text.trim().split(' ').forEach(word => {
    const longer = found[found.length - 1] + ' ' + word;
    if (found.length && pen.measureText(longer).width <= width) found[found.length - 1] = longer;
    else found.push(word);
  });
  return found;
}

function written(text, attributes) {
  return svg('text', {'font-family': 'sans-serif', ...attributes}, text);
}

/** The key of the colours, with the words of each class. */
function ramp(measure, left, top, ink) {
  const group = svg('g', {transform: `translate(${left} ${top})`});
  const swatches = all('#ramp i');
  const step = RAMP.width / measure.legend.length;
  group.append(written(measure.label, {x: 0, y: 0, 'font-size': 12, 'font-weight': 700, fill: ink}));
  measure.legend.forEach(([, words], i) => {
    const fill = getComputedStyle(swatches[i]).backgroundColor;
    group.append(svg('rect', {x: i * step, y: 8, width: step, height: 14, fill, stroke: ink, 'stroke-width': 0.5}));
    group.append(written(words, {x: (i + 0.5) * step, y: 35, 'font-size': 10, 'text-anchor': 'middle', fill: ink}));
  });
  return group;
}

function copyDefinitions(picture) {
  const defs = document.querySelector('svg.defs defs').cloneNode(true);
  all('rect', document.querySelector('svg.defs defs')).forEach((rect, i) => {
    all('rect', defs)[i].setAttribute('fill', getComputedStyle(rect).fill);
  });
  picture.append(defs);
}

/** What is hidden on the page has no place there, and none in the picture. */
const isShown = node => node.getClientRects().length && node.style.visibility !== 'hidden';

function drawnMap(box, frame, y) {
  const {width, height} = frame;
  const ground = svg('rect', {width, height, fill: getComputedStyle(byId('stage')).backgroundColor});
  const nodes = all('.leaflet-pane .leaflet-zoom-animated:is(svg, canvas), .shield-box, .town, .area-name', box);
  // The first rank lies on top.
  nodes.push(...all('.rank', box).reverse());
  return svg('svg', {y, width, height, viewBox: `0 0 ${width} ${height}`}, ground, ...nodes.filter(isShown).map(node => copyOf(node, frame)));
}

function copyOf(node, frame) {
  const {left, top, width, height} = node.getBoundingClientRect();
  const [x, y] = [left - frame.left, top - frame.top];
  if (node.tagName === 'CANVAS') return svg('image', {href: node.toDataURL(), x, y, width, height});
  if (node.tagName === 'svg') {
    const [dx, dy, whole] = node.getAttribute('viewBox').split(' ').map(Number);
    return shapesAt(x - dx * width / whole, y - dy * width / whole, all('path', node));
  }
  if (node.classList.contains('shield-box')) return shapesAt(x, y, Array.from(node.firstChild.children));
  return node.classList.contains('rank') ? discOf(node, frame) : nameOf(node, frame);
}

const shapesAt = (x, y, shapes) => svg('g', {transform: `translate(${x} ${y})`}, ...shapes.filter(isShown).map(paintedCopy));

const DRAWN = ['fill', 'fill-opacity', 'fill-rule', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'stroke-linejoin', 'stroke-linecap', 'opacity'];

function paintedCopy(shape) {
  const copy = shape.cloneNode(true);
  const style = getComputedStyle(shape);
  DRAWN.forEach(name => copy.setAttribute(name, style.getPropertyValue(name)));
  if (shape.tagName === 'text') {
    copy.setAttribute('text-anchor', 'middle');
    copy.setAttribute('font-family', 'sans-serif');
    copy.setAttribute('font-size', style.fontSize);
    copy.setAttribute('font-weight', style.fontWeight);
  }
  copy.removeAttribute('class');
  return copy;
}

/** The middle of a box on the map. */
function middleOf(node, frame) {
  const {left, top, width, height} = node.getBoundingClientRect();
  return [left - frame.left + width / 2, top - frame.top + height / 2];
}

/** A text of the page around the middle of its box. */
function textOf(node, [x, y], halo) {
  const {fontSize, fontWeight, color} = getComputedStyle(node);
  return written(node.textContent, {x, y: y + 4, 'text-anchor': 'middle', 'font-size': fontSize, 'font-weight': fontWeight, fill: color, ...halo});
}

/** A rank with the line to where it belongs, which has no length where it stands there. */
function discOf(node, frame) {
  const disc = node.lastChild;
  const {backgroundColor: fill, borderTopColor: edge} = getComputedStyle(disc);
  const [[x1, y1], [x2, y2]] = [node, disc].map(each => middleOf(each, frame));
  const line = look => svg('line', {x1, y1, x2, y2, ...look});
  return svg('g', {},
    line({stroke: edge, 'stroke-width': 4}),
    line({stroke: fill, 'stroke-width': 2}),
    svg('circle', {cx: x2, cy: y2, r: 10, fill, stroke: edge, 'stroke-width': 2}),
    textOf(disc, [x2, y2]));
}

/** A name with its halo; that of a town with its dot. */
function nameOf(node, frame) {
  const {color, left, top} = getComputedStyle(node, '::before');
  const stroke = getComputedStyle(node).getPropertyValue('--halo');
  const halo = {stroke, 'stroke-width': 3, 'paint-order': 'stroke', 'stroke-linejoin': 'round'};
  const group = svg('g', {}, textOf(node.firstChild, middleOf(node.firstChild, frame), halo));
  if (node.classList.contains('town')) {
    const box = node.getBoundingClientRect();
    const at = {cx: box.left - frame.left + parseFloat(left) + 2.5, cy: box.top - frame.top + parseFloat(top)};
    group.append(svg('circle', {...at, r: 2.5, fill: color, ...halo}));
  }
  return group;
}
