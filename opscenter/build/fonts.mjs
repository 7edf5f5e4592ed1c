// The font table of the screens: Noto Sans SC in unicode-range slices, cut to what Chinese
// and Latin text needs. The package's own style sheet names 101 slices and every code point
// in them (31 kB gzipped, as much as the whole application). Slices are numbered by how rare
// their characters are, the highest the most frequent; so there are two tables instead, one
// that loads with the page and one after it. Both are cut to GB 2312 (6,763 hanzi); what lies
// outside falls back to the system's font.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const PACKAGE = '@fontsource-variable/noto-sans-sc';
const COMMON_FROM = 110;
const TABLES = {
  'virtual:fonts.css': (slice) => slice >= COMMON_FROM,
  'virtual:fonts-rare.css': (slice) => slice < COMMON_FROM,
};
const BLOCK = /src: url\(\.\/files\/([^)]+)\)[^;]*;\s*unicode-range: ([^;]+);/g;

/** The characters of GB 2312: its hanzi and punctuation, as code points. */
function gb2312() {
  const decoder = new TextDecoder('gb18030');
  const wanted = new Set();
  for (let row = 0xa1; row <= 0xf7; row += 1) {
    if (row >= 0xa4 && row < 0xb0) continue; // kana, Greek, Cyrillic, bopomofo, frames
    for (let cell = 0xa1; cell <= 0xfe; cell += 1) {
      const text = decoder.decode(Uint8Array.of(row, cell));
      const point = text.codePointAt(0);
      if (text.length === 1 && point >= 0x80 && point < 0xe000) wanted.add(point);
    }
  }
  return wanted;
}

function* points(range) {
  for (const part of range.split(',')) {
    const [from, to] = part.trim().slice(2).split('-');
    const end = parseInt(to ?? from, 16);
    for (let point = parseInt(from, 16); point <= end; point += 1) yield point;
  }
}

/** Sorted code points as a unicode-range, neighbours joined. */
function joined(sorted) {
  const runs = [];
  for (const point of sorted) {
    const last = runs.at(-1);
    if (last && last[1] === point - 1) last[1] = point;
    else runs.push([point, point]);
  }
  const hex = (point) => point.toString(16);
  return runs.map(([a, b]) => (a === b ? `U+${hex(a)}` : `U+${hex(a)}-${hex(b)}`)).join();
}

/** The @font-face rules of the chosen slices that hold a wanted character; Latin is the first. */
function fontTable(css, folder, chosen) {
  const wanted = gb2312();
  const rules = [];
  for (const [, file, range] of css.matchAll(BLOCK)) {
    const latin = file.includes('-latin-wght');
    const slice = latin ? Infinity : Number(/-sc-(\d+)-/.exec(file)?.[1] ?? 0);
    if (!chosen(slice)) continue;
    const kept = [...points(range)].filter((point) => latin || wanted.has(point));
    if (kept.length === 0) continue;
    rules.push(
      `@font-face{font-family:"Noto Sans SC";font-weight:100 900;font-display:swap;` +
        `src:url("${join(folder, 'files', file)}") format("woff2");` +
        `unicode-range:${joined(kept.sort((a, b) => a - b))}}`,
    );
  }
  return rules.join('\n');
}

/** Vite plugin: `import 'virtual:fonts.css'` and `import('virtual:fonts-rare.css')`. */
export function fonts() {
  const sheet = createRequire(import.meta.url).resolve(`${PACKAGE}/wght.css`);
  return {
    name: 'quanke-fonts',
    resolveId: (id) => (id in TABLES ? `\0${id}` : null),
    load(id) {
      const chosen = TABLES[id.slice(1)];
      return chosen ? fontTable(readFileSync(sheet, 'utf8'), dirname(sheet), chosen) : null;
    },
  };
}
