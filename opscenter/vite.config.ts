/** What the build of every screen shares; `build/screens.mjs` runs it once for each page. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { firstLoaded } from './build/first.mjs';
import { fonts } from './build/fonts.mjs';
import { guard } from './build/guard.mjs';

export default defineConfig({
  plugins: [fonts(), guard(), svelte()],
  build: {
    assetsInlineLimit: 0, // a data: address would break the content security policy
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      preserveEntrySignatures: false,
      output: {
        codeSplitting: { groups: [{ name: firstLoaded, debugName: 'first' }] },
        assetFileNames: ({ names }) =>
          names.some((name) => name.endsWith('.woff2'))
            ? 'assets/[hash:6][extname]' // the font table repeats each name: keep it short
            : 'assets/[name]-[hash][extname]',
      },
    },
  },
  server: { proxy: { '/graphql': { target: 'http://127.0.0.1:8000', ws: true }, '/geo.json': 'http://127.0.0.1:8000' } },
});
