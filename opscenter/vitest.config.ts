/** The unit tests of the screens; apart, because a build does without vitest. */
import { defineConfig, mergeConfig } from 'vitest/config';
import screens from './vite.config';

export default mergeConfig(
  screens,
  defineConfig({ test: { include: ['src/**/*.test.ts'], environment: 'node' } }),
);
