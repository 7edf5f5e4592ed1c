/**
 * Nothing on a wall may be cut by an edge: text that is too long is shortened with an
 * ellipsis that can be read, and rows that don't fit whole are not shown.
 */
import type { Attachment } from 'svelte/attachments';

/** Set `text`, shortened until it fits the element's own width. */
export function fitText(text: string): Attachment<HTMLElement> {
  return (element) => {
    const settle = (): void => {
      element.textContent = text;
      if (element.scrollWidth <= element.clientWidth) return;
      element.title = text;
      let [fits, over] = [0, text.length];
      while (over - fits > 1) {
        const middle = (fits + over) >> 1;
        element.textContent = `${text.slice(0, middle).trimEnd()}…`;
        if (element.scrollWidth <= element.clientWidth) fits = middle;
        else over = middle;
      }
      element.textContent = `${text.slice(0, fits).trimEnd()}…`;
    };
    settle();
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
