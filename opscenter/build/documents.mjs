// The documents that the screens ask, by hash, for the platform to register: a display, or
// whoever has no token, may ask these and nothing else. A document is a template literal that
// begins with its operation; it may hold constants of its own file, such as its fragments.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { parse } from 'graphql';
import { documentsIn } from './types.mjs';

/** Write every document of the sources to a file, as {id: text}. */
export function writeDocuments(folder, file) {
  const found = {};
  for (const text of documentsIn(folder)) {
    if (text.includes('${')) {
      console.warn(`not registered, as it is not known before it runs: ${text.slice(0, 40)}…`);
      continue;
    }
    parse(text);
    found[`sha256:${createHash('sha256').update(text).digest('hex')}`] = text;
  }
  writeFileSync(file, JSON.stringify(found));
}
