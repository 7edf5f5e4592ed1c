// The TypeScript SDK as JavaScript too: node runs no TypeScript that lies in node_modules.
//
//   node build/sdk.mjs OUT    writes OUT/index.js; the types are the sources beside it
import { build } from 'vite';

const [out] = process.argv.slice(2);
if (!out) throw new Error('where to? node build/sdk.mjs OUT');
await build({
  configFile: false,
  logLevel: 'error',
  publicDir: false,
  build: {
    outDir: out,
    emptyOutDir: false,
    minify: false,
    target: 'es2022',
    reportCompressedSize: false,
    lib: { entry: 'src/sdk/index.ts', formats: ['es'], fileName: () => 'index.js' },
  },
});
