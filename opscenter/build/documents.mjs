// The documents that the screens ask, by hash, for the platform to register: a display, or
// whoever has no token, may ask these and nothing else. A document is a template literal that
// begins with its operation; it may hold constants of its own file, such as its fragments.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'graphql';

const DOCUMENT = /`(\s*(?:query|mutation|subscription)\b[^`]*)`/g;
const CONSTANT = /const (\w+) = `([^`]*)`/g;
const HOLE = /\$\{(\w+)\}/g;

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.(ts|svelte)$/.test(path) && !path.includes('.test.')) yield path;
  }
}

function* documents(source) {
  const constants = new Map([...source.matchAll(CONSTANT)].map(([, name, text]) => [name, text]));
  for (const [, text] of source.matchAll(DOCUMENT))
    yield text.replace(HOLE, (hole, name) => constants.get(name) ?? hole);
}

/** Write every document of the sources to a file, as {id: text}. */
export function writeDocuments(folder, file) {
  const found = {};
  for (const path of sources(folder)) {
    for (const text of documents(readFileSync(path, 'utf8'))) {
      if (text.includes('${')) {
        console.warn(`${path}: not registered, as it is not known before it runs: ${text.slice(0, 40)}…`);
        continue;
      }
      parse(text);
      found[`sha256:${createHash('sha256').update(text).digest('hex')}`] = text;
    }
  }
  writeFileSync(file, JSON.stringify(found));
}
