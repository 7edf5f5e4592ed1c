// What makes the field page an app: its service worker with the list of files it keeps, the
// manifest and the icon. Our own few lines, because the list is short: a page, a script, a
// style sheet. The version is made from their contents, so an unchanged build stays in place.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'vite';

const ASSET = /(?:src|href)="(\/assets\/[^"]+)"/g;
const LATER = /"(assets\/[\w-]+\.(?:js|css))"/g;
const MANIFEST = {
  id: '/field',
  name: '全科现场 Quanke Field',
  short_name: '全科现场',
  description: '上报、处置、核查、评价 · Report, handle, check, rate',
  lang: 'zh-CN',
  start_url: '/field',
  scope: '/field',
  display: 'standalone',
  orientation: 'portrait',
  theme_color: '#0b5c9b',
  background_color: '#eef2f6',
  icons: [
    { src: '/field/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
    { src: '/field/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'maskable' },
  ],
};

/** What the page's own scripts load once it is asked for: kept as well, or it would need a network. */
function later(assets) {
  const scripts = assets.filter((path) => path.endsWith('.js')).map((path) => readFileSync(`dist${path}`, 'utf8'));
  return scripts.flatMap((script) => [...script.matchAll(LATER)].map(([, path]) => `/${path}`));
}

/** Write dist/field/ beside a built dist/field.html. */
export async function offline() {
  mkdirSync('dist/field', { recursive: true });
  writeFileSync('dist/field/app.webmanifest', `${JSON.stringify(MANIFEST, null, 2)}\n`);
  copyFileSync('src/field/icon.svg', 'dist/field/icon.svg');
  const page = readFileSync('dist/field.html', 'utf8');
  const assets = [...page.matchAll(ASSET)].map(([, path]) => path);
  const files = ['/field', '/field/app.webmanifest', '/field/icon.svg', ...new Set([...assets, ...later(assets)])];
  const digest = createHash('sha256').update(page);
  for (const name of ['app.webmanifest', 'icon.svg']) digest.update(readFileSync(`dist/field/${name}`));
  await build({
    configFile: false,
    logLevel: 'warn',
    define: { __FILES__: JSON.stringify(files), __VERSION__: JSON.stringify(digest.digest('hex').slice(0, 12)) },
    build: {
      outDir: 'dist/field',
      emptyOutDir: false,
      rolldownOptions: {
        input: 'src/field/worker.ts',
        output: { format: 'iife', entryFileNames: 'worker.js' },
      },
    },
  });
}
