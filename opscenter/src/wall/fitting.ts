/**
 * Nothing on a wall may be cut by an edge: text that is too long is shortened with an
 * ellipsis that can be read, and rows that don't fit whole are not shown.
 *
 * Measuring one element after writing it lays out the whole page, so what waits is written
 * together and then measured together, before the frame is painted.
 */
import type { Attachment } from 'svelte/attachments';

/** The texts to try, the first that fits ends it; told of each whether it did. */
function* attempts(texts: readonly string[]): Generator<string, void, boolean> {
  for (const text of texts) if (yield text) return;
  const whole = texts.at(-1) ?? '';
  const cut = (length: number): string => `${whole.slice(0, length).trimEnd()}…`;
  let [low, high] = [0, whole.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (yield cut(middle)) low = middle;
    else high = middle;
  }
  yield cut(low);
}

/** The longest beginning of `text` that fits, with an ellipsis; the whole where it fits. */
export function shortened(text: string, fits: (part: string) => boolean): string {
  const trying = attempts([text]);
  let shown = text;
  for (let next = trying.next(); !next.done; next = trying.next(fits(shown))) shown = next.value;
  return shown;
}

/** What an element wants to show, and for which width that was settled. */
interface Wanted {
  texts: readonly string[];
  width: number | null;
}

/** How many rows an element showed, of how many, in what height. */
interface Rows {
  all: number;
  height: number;
  fit: number;
  told: ((shown: number) => void) | undefined;
}

const wanted = new Map<Element, Wanted>();
const rows = new Map<Element, Rows>();
const waiting = new Set<HTMLElement>();
let observer: ResizeObserver | undefined;

/** Show the first of `texts` that fits the element's own width, or the last one shortened. */
export function fitText(...texts: string[]): Attachment<HTMLElement> {
  return (element) => {
    const before = wanted.get(element);
    if (before?.texts.join('\n') !== texts.join('\n')) {
      wanted.set(element, { texts, width: null });
      queue(element);
    }
    return watched(element);
  };
}

/** Hide the children that reach below the element's bottom; `list` says when to look again, `told` how many are shown. */
export function fitRows(list: unknown, told?: (shown: number) => void): Attachment<HTMLElement> {
  return (element) => {
    void list;
    if (!rows.has(element)) {
      rows.set(element, { all: -1, height: -1, fit: 0, told });
      void document.fonts.ready.then(() => again(element));
    }
    queue(element);
    return watched(element);
  };
}

/** Look at an element's size until it is gone from the page. */
function watched(element: HTMLElement): () => void {
  observer ??= new ResizeObserver((entries) => {
    for (const { target } of entries) resized(target as HTMLElement);
  });
  observer.observe(element); // observing what is observed already changes nothing
  return () =>
    queueMicrotask(() => {
      if (element.isConnected) return;
      observer?.unobserve(element);
      wanted.delete(element);
      rows.delete(element);
    });
}

function resized(element: HTMLElement): void {
  const text = wanted.get(element);
  if (text && text.width !== null && text.width !== element.clientWidth) queue(element);
  const list = rows.get(element);
  if (list && list.height !== element.clientHeight) queue(element);
}

function again(element: HTMLElement): void {
  const list = rows.get(element);
  if (list === undefined) return;
  list.all = -1;
  queue(element);
}

function queue(element: HTMLElement): void {
  if (waiting.size === 0) queueMicrotask(settle);
  waiting.add(element);
}

/** Rows first: which of them are shown does not hang on what they say. */
function settle(): void {
  const all = [...waiting].filter((element) => element.isConnected);
  waiting.clear();
  settleRows(all.flatMap((element) => (rows.has(element) ? [[element, rows.get(element) as Rows] as const] : [])));
  settleTexts(all.flatMap((element) => (wanted.has(element) ? [[element, wanted.get(element) as Wanted] as const] : [])));
}

function settleRows(found: (readonly [HTMLElement, Rows])[]): void {
  const fresh = found.filter(([element, { all, height }]) => all !== element.children.length || height < 0 || height !== element.clientHeight);
  for (const [element] of fresh) for (const child of children(element)) child.hidden = false;
  for (const [element, list] of fresh) {
    const bottom = element.getBoundingClientRect().bottom + 0.5;
    const cut = children(element).findIndex((child) => child.getBoundingClientRect().bottom > bottom);
    Object.assign(list, {
      all: element.children.length, height: element.clientHeight, fit: cut < 0 ? Infinity : cut,
    });
  }
  for (const [element, { all, fit, told }] of found) {
    children(element).forEach((child, at) => {
      if (child.hidden !== at >= fit) child.hidden = at >= fit;
    });
    told?.(Math.min(all, fit));
  }
}

const children = (element: HTMLElement): HTMLElement[] => [...element.children] as HTMLElement[];

/** Round after round: each element shows its next text, then all are measured. */
function settleTexts(found: (readonly [HTMLElement, Wanted])[]): void {
  let open = found.map(([element, { texts }]) => ({ element, trying: attempts(texts) }));
  let told = open.map(({ trying }) => trying.next());
  while (open.length > 0) {
    open.forEach(({ element }, at) => {
      const text = told[at]?.value ?? '';
      if (element.textContent !== text) element.textContent = text;
    });
    const fits = open.map(({ element }) => element.scrollWidth <= element.clientWidth);
    told = open.map(({ trying }, at) => trying.next(fits[at] ?? true));
    open = open.filter((_, at) => !told[at]?.done);
    told = told.filter(({ done }) => !done);
  }
  for (const [element, text] of found) text.width = element.clientWidth;
}

/** Set CSS properties through the object model, which a strict policy allows. */
export function properties(values: Record<string, string>): Attachment<HTMLElement> {
  return (element) => {
    for (const [name, value] of Object.entries(values))
      if (element.style.getPropertyValue(name) !== value) element.style.setProperty(name, value);
  };
}
