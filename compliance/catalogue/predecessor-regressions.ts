/** Defects that the former system had: they must not come back. */
import type { Control } from './control.ts';

const row = (id: string, title: string, does: string, implementation: string[]): Control => ({
  id,
  citation: 'Review of the former system',
  title,
  kind: 'regression',
  does,
  implementation,
});

export const predecessorRegressions: readonly Control[] = [
  row(
    'P01',
    'No secret reaches a browser',
    'The built web application is searched for keys, tokens and credentials of any kind.',
    ['compliance/scans/bundle-secrets.ts', 'apps/web/build.ts'],
  ),
  row(
    'P02',
    'No route without authentication',
    'Every route that is not on a written list answers 401 to a stranger.',
    ['compliance/catalogue/public-routes.ts', 'apps/server/src/http/mount-routes.ts'],
  ),
  row(
    'P03',
    'No debug route in production',
    'In production the mounted routes are exactly those of the contract, without the development login.',
    ['apps/server/src/create-app.ts', 'compliance/catalogue/public-routes.ts'],
  ),
  row(
    'P04',
    'No weak or home-made cryptography',
    'The sources are searched for broken digests, predictable randomness and libraries that are not kept up.',
    ['compliance/scans/weak-cryptography.ts'],
  ),
  row(
    'P05',
    'Nothing is green without evidence',
    'A control whose test, result, document or attestation is missing is red.',
    ['compliance/engine/assess.ts', 'compliance/engine/declared-tests.ts'],
  ),
];
