/** A photo made small on the device: upright, at most 1,600 pixels, JPEG, without its EXIF. */
const EDGE = 1_600;
const QUALITY = 0.82;

export class NoPhoto extends Error {}

/** Throws NoPhoto for a file that is no picture. */
export async function shrunk(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => {
    throw new NoPhoto();
  });
  try {
    return await toJpeg(drawn(bitmap, EDGE, document.createElement('canvas')));
  } finally {
    bitmap.close();
  }
}

export function toJpeg(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new NoPhoto())), 'image/jpeg', QUALITY),
  );
}

/** Draw a picture into a canvas, its longer edge at most `edge`. */
export function drawn(
  bitmap: ImageBitmap,
  edge: number,
  canvas: HTMLCanvasElement,
): HTMLCanvasElement {
  const scale = Math.min(1, edge / Math.max(bitmap.width, bitmap.height));
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = canvas.getContext('2d');
  if (context === null) throw new NoPhoto();
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas;
}
