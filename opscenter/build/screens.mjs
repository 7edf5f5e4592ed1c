// Each screen is a build of its own: with one build for all, the parts of Svelte that any
// screen uses would lie in a chunk that every screen loads, the wall's 45 kB included.
import { readdirSync, rmSync } from 'node:fs';
import { build } from 'vite';
import { writeDocuments } from './documents.mjs';
import { offline } from './offline.mjs';
import { pack } from './packed.mjs';

rmSync('dist', { recursive: true, force: true });
for (const page of readdirSync('.').filter((name) => name.endsWith('.html')))
  await build({ logLevel: 'warn', build: { emptyOutDir: false, rolldownOptions: { input: page } } });
writeDocuments('src', 'dist/documents.json');
await offline();
pack('dist/assets');
