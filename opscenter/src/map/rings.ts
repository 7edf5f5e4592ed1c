/**
 * The rings that spread from a grid when something happens there, drawn beforehand.
 *
 * Hundreds may be alive in a flood of events. Stroking a circle for each of them in every
 * frame is what a wall without a GPU spends its time on; copying one that was drawn once costs
 * a tenth.
 */
import type { Mark } from '../i18n/verbs';
import type { Pulse } from './pulses';

/** Pictures of a ring from its beginning to its end. */
const FRAMES = 48;
/** How far the rings of each kind reach, in design pixels. */
const REACH: Record<Mark, number> = { new: 24, move: 15, done: 15, alarm: 34 };
/** Where a ring stands when nothing may move, and how strong it is then. */
const STILL = { progress: 0.4, alpha: 0.9 };

export interface Ink {
  amber: string;
  pulse: string;
}

interface Sheet {
  picture: HTMLCanvasElement;
  side: number;
}

export class Rings {
  #sheets = new Map<Mark, Sheet>();

  constructor(
    private readonly ink: Ink,
    /** Device pixels of a design pixel. */
    private readonly unit: number,
    private readonly still: boolean,
  ) {}

  /** Draw a pulse around a point of a canvas, all in device pixels; the rectangle it lies in. */
  stamp(
    context: CanvasRenderingContext2D, pulse: Pulse, x: number, y: number, now: number,
  ): readonly [left: number, top: number, width: number, height: number] {
    const { picture, side } = this.#sheet(pulse.mark);
    const progress = this.still ? 0 : (now - pulse.from) / (pulse.until - pulse.from);
    const frame = this.still ? 0 : Math.max(0, Math.min(FRAMES - 1, Math.floor(progress * FRAMES)));
    const [left, top] = [Math.round(x - side / 2), Math.round(y - side / 2)];
    context.drawImage(picture, frame * side, 0, side, side, left, top, side, side);
    return [left, top, side, side];
  }

  #sheet(mark: Mark): Sheet {
    const found = this.#sheets.get(mark) ?? this.#drawn(mark);
    this.#sheets.set(mark, found);
    return found;
  }

  #drawn(mark: Mark): Sheet {
    const side = 2 * Math.ceil((REACH[mark] + 4 + 3) * this.unit);
    const picture = document.createElement('canvas');
    const frames = this.still ? 1 : FRAMES;
    [picture.width, picture.height] = [side * frames, side];
    const context = picture.getContext('2d');
    for (let frame = 0; context !== null && frame < frames; frame += 1) {
      const progress = this.still ? STILL.progress : (frame + 0.5) / FRAMES;
      context.globalAlpha = this.still ? STILL.alpha : Math.max(0, 1 - progress) ** 0.7;
      this.#ring(context, mark, side * (frame + 0.5), side / 2, progress);
    }
    return { picture, side };
  }

  /** A circle that grows; a square that closes in for what is done; thrice for an alarm. */
  #ring(context: CanvasRenderingContext2D, mark: Mark, x: number, y: number, progress: number): void {
    const { unit, ink } = this;
    const [alarm, reach] = [mark === 'alarm', REACH[mark] * unit];
    context.strokeStyle = alarm ? ink.amber : ink.pulse;
    context.lineWidth = (alarm ? 4 : 2.5) * unit;
    context.beginPath();
    if (mark === 'done') {
      const reached = reach * (1 - progress) * 0.8;
      context.rect(x - reached, y - reached, reached * 2, reached * 2);
    } else {
      context.arc(x, y, 4 * unit + reach * (alarm ? (progress * 3) % 1 : progress), 0, 7);
    }
    context.stroke();
  }
}
