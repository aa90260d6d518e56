/**
 * Writes the quarterly review of access of a running installation as a page to sign.
 *
 *   REDIS_URL=… BOLT_KEYS=… BOLT_KEY_STORE=… node scripts/access-review.ts [--out access-review.md]
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readConfig, serverOptions } from '@workflow-bolt/contracts';
import {
  ApiTokenStore,
  CredentialStore,
  createRedisPort,
  fromUrl,
  MacKey,
  openKeyProvider,
  openObjectStore,
  openSecret,
  PasskeyStore,
  RedisAccountStore,
  sealSecret,
} from '@workflow-bolt/store';
import { sessionKeyOf } from '../apps/server/src/session/open-sessions.ts';
import { accessReviewPage } from '../compliance/documents/access-review-page.ts';
import { accessReview } from '../compliance/registers/access-review.ts';
import { collectAccess } from '../compliance/registers/collect-access.ts';

const { values } = parseArgs({ options: { out: { type: 'string' } } });
const config = readConfig(serverOptions, { BOLT_CLINICS_FILE: 'unused', ...process.env });
const port = createRedisPort(fromUrl(config.redisUrl), 'access-review');
await port.connect();
try {
  const keys = await openKeyProvider({ address: config.keys, store: await openObjectStore(config.keyStore) });
  const sealer = {
    seal: (text: string, aad: string) => sealSecret(keys, 'credentials', text, aad),
    open: (sealed: string, aad: string) => openSecret(keys, 'credentials', sealed, aad),
  };
  const reviewed = await collectAccess({
    port,
    accounts: new RedisAccountStore(port),
    credentials: new CredentialStore(port, sealer),
    passkeys: new PasskeyStore(port, sealer),
    tokens: new ApiTokenStore({
      port,
      key: new MacKey(await sessionKeyOf(keys)),
      durability: null,
      now: Date.now,
    }),
  });
  const page = accessReviewPage(accessReview(reviewed, Date.now()), Date.now());
  if (values.out === undefined) process.stdout.write(page);
  else writeFileSync(values.out, page);
} finally {
  await port.close();
}
