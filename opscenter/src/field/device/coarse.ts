/** A round patch of a picture made so coarse that nobody can be told in it: its pixels are gone. */
const PATCH = 1 / 9;
const CELLS = 4;

/** Coarsen the patch around a point, its width a ninth of the picture's shorter edge. */
export function coarsened(canvas: HTMLCanvasElement, x: number, y: number): void {
  const context = canvas.getContext('2d');
  const size = Math.round(Math.min(canvas.width, canvas.height) * PATCH);
  const small = document.createElement('canvas');
  small.width = small.height = CELLS;
  const [left, top] = [Math.round(x - size / 2), Math.round(y - size / 2)];
  const mixing = small.getContext('2d');
  if (context === null || mixing === null) return;
  mixing.imageSmoothingQuality = 'high'; // an average of all its pixels, not a sample of four
  mixing.drawImage(canvas, left, top, size, size, 0, 0, CELLS, CELLS);
  context.save();
  context.beginPath();
  context.arc(x, y, size / 2, 0, 2 * Math.PI);
  context.clip();
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, CELLS, CELLS, left, top, size, size);
  context.restore();
}
