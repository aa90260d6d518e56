/**
 * Makes the page fit for its policy, before any library runs: the schema library would otherwise try whether it may make
 * code from strings, which it may not, and which the browser would report as an attack. A chunk of its own, loaded first
 * (vite.config.ts).
 */
import { installTrustedTypes } from './trusted-types.ts';

Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
installTrustedTypes();
