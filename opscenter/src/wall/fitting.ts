/**
 * Nothing on a wall may be cut by an edge: text that is too long is shortened with an
 * ellipsis that can be read, and rows that don't fit whole are not shown.
 */
import type { Attachment } from 'svelte/attachments';

/** The longest beginning of `text` that fits, with an ellipsis; the whole where it fits. */
export function shortened(text: string, fits: (part: string) => boolean): string {
  if (fits(text)) return text;
  let [low, high] = [0, text.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(`${text.slice(0, middle).trimEnd()}…`)) low = middle;
    else high = middle;
  }
  return `${text.slice(0, low).trimEnd()}…`;
}

/** What was fitted into an element: measuring again costs a layout of the page, row by row. */
const fitted = new WeakMap<HTMLElement, string>();

/** Show the first of `texts` that fits the element's own width, or the last one shortened. */
export function fitText(...texts: string[]): Attachment<HTMLElement> {
  return (element) => {
    const fits = (text: string): boolean => {
      element.textContent = text;
      return element.scrollWidth <= element.clientWidth;
    };
    const wanted = texts.join('\n');
    const settle = (): void => {
      const here = `${element.clientWidth}\n${wanted}`;
      if (fitted.get(element) === here) return;
      if (!texts.some(fits)) fits(shortened(texts.at(-1) ?? '', fits));
      fitted.set(element, here);
    };
    // The observer calls once by itself, after the layout: soon enough where the text is the same.
    if (!fitted.get(element)?.endsWith(`\n${wanted}`)) settle();
    const observer = new ResizeObserver(settle);
    observer.observe(element);
    return () => observer.disconnect();
  };
}

/** Hide the children that reach below the element's bottom; `rows` only says when to look again. */
export function fitRows(rows: unknown): Attachment<HTMLElement> {
  return (element) => {
    void rows;
    const settle = (): void => {
      const bottom = element.getBoundingClientRect().bottom + 0.5;
      const children = [...element.children] as HTMLElement[];
      for (const child of children) child.hidden = false;
      const cut = children.findIndex((child) => child.getBoundingClientRect().bottom > bottom);
      if (cut >= 0) for (const child of children.slice(cut)) child.hidden = true;
    };
    settle();
    const observer = new ResizeObserver(settle);
    observer.observe(element);
    void document.fonts.ready.then(settle);
    return () => observer.disconnect();
  };
}

/** Set CSS custom properties through the object model, which a strict policy allows. */
export function properties(values: Record<string, string>): Attachment<HTMLElement> {
  return (element) => {
    for (const [name, value] of Object.entries(values)) element.style.setProperty(name, value);
  };
}
