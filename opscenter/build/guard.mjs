// Every page carries `in-page.js` in itself: what fetches a page's scripts again must not be fetched.
// It is the only script that is not a file; the server lets exactly this text run, by its hash.
import { readFileSync } from 'node:fs';

const COMMENT = /^\/\*[^]*?\*\/\s*/;

/** Vite plugin: the guard, first in the head of each page. */
export function guard() {
  const text = readFileSync(new URL('./in-page.js', import.meta.url), 'utf8').replace(COMMENT, '');
  const children = text.replace(/^ +/gm, '').replace(/\n/g, ' ').trim();
  return {
    name: 'quanke-guard',
    transformIndexHtml: { order: 'post', handler: () => [{ tag: 'script', children, injectTo: 'head-prepend' }] },
  };
}
