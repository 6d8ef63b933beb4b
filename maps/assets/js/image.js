// A picture of the map as it is seen: every drawn layer is copied into one SVG, which a canvas turns into a PNG.

function saveImage(map, name) {
  const box = map.getContainer();
  const {width, height} = box.getBoundingClientRect();
  const picture = svg('svg', {xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}`});
  picture.append(svg('rect', {width, height, fill: getComputedStyle(box).backgroundColor}));
  copyDefinitions(picture);
  all('.leaflet-pane svg.leaflet-zoom-animated, .rank, .shield-box, .town, .area-name', box).forEach(node => {
    if (node.style.visibility !== 'hidden') picture.append(copyOf(node, box));
  });
  const credit = box.querySelector('.leaflet-control-attribution').textContent;
  picture.append(svg('text', {x: 6, y: height - 6, 'font-size': 11, 'font-family': 'sans-serif', fill: getComputedStyle(box).color}, credit));
  const image = new Image();
  image.onload = () => {
    const canvas = el('canvas', {width: 2 * width, height: 2 * height});
    canvas.getContext('2d').drawImage(image, 0, 0, 2 * width, 2 * height);
    canvas.toBlob(blob => download(name, blob), 'image/png');
  };
  image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(new XMLSerializer().serializeToString(picture));
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
  const shieldPicture = node.querySelector('svg');
  if (shieldPicture) {
    group.setAttribute('transform', `translate(${rect.left - frame.left} ${rect.top - frame.top})`);
    Array.from(shieldPicture.children).forEach(part => group.append(paintedCopy(part)));
    return group;
  }
  const label = node.querySelector('span, bdi');
  const labelRect = label.getBoundingClientRect();
  const style = getComputedStyle(label);
  const x = labelRect.left - frame.left + labelRect.width / 2;
  const y = labelRect.top - frame.top + labelRect.height / 2;
  if (node.classList.contains('rank')) group.append(svg('circle', {cx: x, cy: y, r: 11, fill: style.backgroundColor, stroke: style.borderTopColor, 'stroke-width': 2}));
  group.append(svg('text', {
    x, y: y + 4, 'text-anchor': 'middle', 'font-family': 'sans-serif', 'font-size': style.fontSize,
    'font-weight': style.fontWeight, fill: style.color,
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
