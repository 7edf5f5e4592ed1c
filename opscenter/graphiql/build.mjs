// The explorer's build, apart from the screens': Monaco is fifty times what they weigh, so nobody
// waits for it who does not ask for it (`./quanke graphiql`). Vite itself is the screens'.
import { createHash } from 'node:crypto';
import { build } from 'vite';

const DATA = /url\((["']?)data:([a-z]+\/[a-z0-9+.-]+)[^,]*?(;base64)?,(.*?)\1\)/g;
const ENDINGS = { 'image/svg+xml': 'svg', 'font/ttf': 'ttf', 'font/woff2': 'woff2', 'font/woff': 'woff' };

/** Fonts and pictures that lie in style sheets as data: the content policy wants them as files. */
function unpacked() {
  return {
    name: 'quanke-unpacked',
    enforce: 'post',
    generateBundle(_, bundle) {
      for (const sheet of Object.values(bundle).filter(({ fileName }) => fileName.endsWith('.css')))
        sheet.source = String(sheet.source).replace(DATA, (whole, quote, type, base64, text) => {
          const source = Buffer.from(base64 ? text : decodeURIComponent(text), base64 ? 'base64' : 'utf8');
          const name = createHash('sha256').update(source).digest('hex').slice(0, 10);
          const fileName = `assets/${name}.${ENDINGS[type] ?? type.split('/')[1]}`;
          this.emitFile({ type: 'asset', fileName, source });
          return `url(/graphiql/${fileName})`;
        });
    },
  };
}

await build({
  root: import.meta.dirname,
  configFile: false,
  base: '/graphiql/',
  logLevel: 'error',
  plugins: [unpacked()],
  resolve: { dedupe: ['graphql', 'graphql-ws', 'react', 'react-dom'] },
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0, // a data: address would break the content security policy
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 10_000,
  },
});
