import { join } from 'node:path';
import { defineConfig, mergeConfig } from 'vite';
import base from '../vite.config.ts';

/** The story page on a private port: a board without a server. Not part of the build. */
export default mergeConfig(
  base,
  defineConfig({
    server: { host: '127.0.0.1', open: '/dev/' },
    optimizeDeps: { entries: ['dev/index.html'] },
    build: {
      outDir: join(import.meta.dirname, '..', 'dist', 'story'),
      rollupOptions: { input: join(import.meta.dirname, 'index.html') },
    },
  }),
);
