/**
 * A small picture of what the wall shows, drawn by the page itself.
 *
 * A page cannot take a screenshot of itself without somebody's consent each time. So it draws
 * what it is made of: every canvas (the map), the ground of every panel, and every text at its
 * place in its colour. Rounded corners, shadows and icons are left out.
 */
const WIDTH = 480;
const QUALITY = 0.6;
const CLEAR = 'rgba(0, 0, 0, 0)';

/** The page as a JPEG, base64; null where a canvas gives none. */
export function portrait(): string | null {
  const scale = WIDTH / innerWidth;
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = Math.round(innerHeight * scale);
  const context = canvas.getContext('2d');
  if (context === null) return null;
  context.fillStyle = getComputedStyle(document.body).backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.scale(scale, scale);
  grounds(context);
  texts(context);
  return canvas.toDataURL('image/jpeg', QUALITY).split(',')[1] ?? null;
}

/** Panels and canvases, in the order of the page. */
function grounds(context: CanvasRenderingContext2D): void {
  for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
    if (!element.checkVisibility()) continue;
    const { left, top, width, height } = element.getBoundingClientRect();
    if (width === 0 || height === 0) continue;
    if (element instanceof HTMLCanvasElement) {
      if (element.width > 0 && element.height > 0) context.drawImage(element, left, top, width, height);
      continue;
    }
    const { backgroundColor } = getComputedStyle(element);
    if (backgroundColor === CLEAR) continue;
    context.fillStyle = backgroundColor;
    context.fillRect(left, top, width, height);
  }
}

function texts(context: CanvasRenderingContext2D): void {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  context.textBaseline = 'middle';
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const said = node.nodeValue?.trim() ?? '';
    const parent = node.parentElement;
    if (said === '' || !parent?.checkVisibility()) continue;
    range.selectNodeContents(node);
    const { left, top, height, width } = range.getBoundingClientRect();
    if (width === 0) continue;
    const { color, fontSize, fontWeight, fontFamily } = getComputedStyle(parent);
    context.fillStyle = color;
    context.font = `${fontWeight} ${fontSize} ${fontFamily}`;
    context.fillText(said, left, top + height / 2, width);
  }
}
