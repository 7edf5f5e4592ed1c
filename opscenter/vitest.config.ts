/**
 * The unit tests of the screens; apart, because a build does without vitest. A test may take long
 * where others work as well: hundreds of drawn histories are a second alone, and ten beside them.
 */
import { defineConfig, mergeConfig } from 'vitest/config';
import screens from './vite.config';

export default mergeConfig(
  screens,
  defineConfig({
    test: {
      include: ['src/**/*.test.ts', 'graphiql/*.test.js'],
      environment: 'node',
      pool: 'threads', // each file in one of its own: 9.8 s of processor for 12.0 (three runs each, load 14)
      testTimeout: 60_000,
    },
  }),
);
