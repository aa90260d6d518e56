import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { themeVariables } from './theme-variables.ts';

/**
 * Libraries change rarely and not together: a new version of the board, or of one library, leaves the other
 * files in the browser's cache. First match wins.
 */
const libraryChunks = [
  { name: 'page-policy', test: /src[\\/]app[\\/](page-policy|trusted-types)\.ts$/, priority: 5 },
  { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 4 },
  { name: 'temporal', test: /node_modules[\\/]temporal-/, priority: 3 },
  { name: 'schemas', test: /node_modules[\\/]zod[\\/]/, priority: 2 },
  { name: 'components', test: /node_modules[\\/]/, priority: 1 },
];

/**
 * A strict content security policy forbids inline scripts and style elements, so nothing is inlined:
 * the theme's variables become a stylesheet, and small files stay files.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), themeVariables()],
  // The server writes the nonce of each response in its place (apps/server/src/documents/static-web.ts).
  html: { cspNonce: '__BOLT_CSP_NONCE__' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // `light-dark()` stays as it is: a lowered copy would not follow the theme that people choose.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: libraryChunks } } },
  },
});
