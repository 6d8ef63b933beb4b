// A picture of the map as it is seen: every drawn layer is copied into one SVG, which a canvas turns into a PNG.

const HEAD = 36;
const FOOT = 26;
const HALO = {stroke: 'rgba(255, 255, 255, .85)', 'stroke-width': 3, 'paint-order': 'stroke', 'stroke-linejoin': 'round'};

function saveImage(map, measure, name) {
  const box = map.getContainer();
  const {width, height} = box.getBoundingClientRect();
  const whole = HEAD + height + FOOT;
  const ink = getComputedStyle(box).color;
  const ground = getComputedStyle(byId('panel')).backgroundColor;
  const picture = svg('svg', {xmlns: SVG, width, height: whole, viewBox: `0 0 ${width} ${whole}`});
  const drawn = svg('svg', {y: HEAD, width, height, viewBox: `0 0 ${width} ${height}`});
  copyDefinitions(picture);
  drawn.append(svg('rect', {width, height, fill: getComputedStyle(byId('stage')).backgroundColor}));
  all('.leaflet-pane .leaflet-zoom-animated:is(svg, canvas), .rank, .shield-box, .town, .area-name', box).forEach(node => {
    if (node.style.visibility !== 'hidden') drawn.append(copyOf(node, box));
  });
  drawn.append(ramp(measure, width - 250, height - 46, ink));
  const title = document.querySelector('h1').textContent;
  const size = Math.min(18, 1.7 * width / title.length);
  const example = document.querySelector('#head .example b');
  const credit = (example ? example.textContent + ' ' : '') + box.querySelector('.leaflet-control-attribution').textContent;
  picture.append(svg('rect', {width, height: whole, fill: ground}), drawn);
  picture.append(written(title, {x: 10, y: 24, 'font-size': size, 'font-weight': 700, fill: ink}));
  picture.append(written(credit, {x: 10, y: whole - 8, 'font-size': 11, fill: ink}));
  const image = new Image();
  image.onload = () => {
    const canvas = el('canvas', {width: 2 * width, height: 2 * whole});
    canvas.getContext('2d').drawImage(image, 0, 0, 2 * width, 2 * whole);
    canvas.toBlob(blob => download(name, blob), 'image/png');
  };
  image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(new XMLSerializer().serializeToString(picture));
}

function written(text, attributes) {
  return svg('text', {'font-family': 'sans-serif', ...attributes}, text);
}

/** The key of the colours, with the words of each class. */
function ramp(measure, left, top, ink) {
  const group = svg('g', {transform: `translate(${left} ${top})`});
  const swatches = all('#ramp i');
  const step = 240 / measure.legend.length;
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

const DRAWN = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'stroke-linejoin', 'stroke-linecap'];

function copyOf(node, box) {
  const frame = box.getBoundingClientRect();
  const rect = node.getBoundingClientRect();
  const group = svg('g', {});
  if (node.tagName === 'svg') {
    const [x, y, width] = node.getAttribute('viewBox').split(' ').map(Number);
    group.setAttribute('transform', `translate(${rect.left - frame.left - x * rect.width / width} ${rect.top - frame.top - y * rect.width / width})`);
    all('path', node).forEach(path => group.append(paintedCopy(path)));
    return group;
  }
  if (node.tagName === 'CANVAS') {
    const {left, top, width, height} = rect;
    return svg('image', {href: node.toDataURL(), x: left - frame.left, y: top - frame.top, width, height});
  }
  const shieldPicture = node.querySelector('svg');
  if (shieldPicture) {
    group.setAttribute('transform', `translate(${rect.left - frame.left} ${rect.top - frame.top})`);
    Array.from(shieldPicture.children).forEach(part => group.append(paintedCopy(part)));
    return group;
  }
  const disc = node.classList.contains('rank');
  const label = node.querySelector('span, bdi');
  const labelRect = label.getBoundingClientRect();
  const style = getComputedStyle(label);
  const x = labelRect.left - frame.left + labelRect.width / 2;
  const y = labelRect.top - frame.top + labelRect.height / 2;
  if (disc) group.append(svg('circle', {cx: x, cy: y, r: 11, fill: style.backgroundColor, stroke: style.borderTopColor, 'stroke-width': 2}));
  group.append(svg('text', {
    x, y: y + 4, 'text-anchor': 'middle', 'font-family': 'sans-serif', 'font-size': style.fontSize,
    'font-weight': style.fontWeight, fill: style.color, ...(disc || theme.name === 'dark' ? {} : HALO),
  }, label.textContent));
  return group;
}

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
