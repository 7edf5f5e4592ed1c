// Each screen is a build of its own: with one build for all, the parts of Svelte that any
// screen uses would lie in a chunk that every screen loads, the wall's 45 kB included.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { build } from 'vite';
import { writeDocuments } from './documents.mjs';
import { offline } from './offline.mjs';
import { pack } from './packed.mjs';

const begun = Date.now();
for (const page of readdirSync('.').filter((name) => name.endsWith('.html')))
  await build({ logLevel: 'warn', build: { emptyOutDir: false, rolldownOptions: { input: page } } });
writeDocuments('src', 'dist/documents.json');
await offline();
/** What an earlier build left stays until this one is whole: a page that loads meanwhile finds its files. */
for (const folder of ['dist', 'dist/assets'].filter(existsSync))
  for (const name of readdirSync(folder)) {
    const file = statSync(`${folder}/${name}`);
    if (file.isFile() && file.mtimeMs < begun - 1_000 && !name.startsWith('.')) rmSync(`${folder}/${name}`);
  }
pack('dist/assets');
