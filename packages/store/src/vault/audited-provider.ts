/** Uses of the top keys that no board stands for: credentials, session tokens, and signatures under the record itself. */
import { Fault, type KeyPurpose } from '@workflow-bolt/contracts';
import type { KeyUse } from './key-hierarchy.ts';
import type { KeyProvider } from './key-provider.ts';

/** What wraps keys of boards is told key by key where those are opened. */
const isToldElsewhere = (purpose: KeyPurpose): boolean => purpose === 'phi';

/** In the installation's log; the id says which key of the hierarchy it is. */
const useOf = (purpose: KeyPurpose): KeyUse => ({
  ...{ use: 'used', clinic: '*', kid: `kek/${purpose}`, period: null },
});

/**
 * The same provider, whose uses are told. `provider` is asked at each use: a process is put together before its keys are
 * open. `take` never throws and never waits.
 */
export function auditedProvider(provider: () => KeyProvider, take: (use: KeyUse) => void): KeyProvider {
  const told = async <T>(purpose: KeyPurpose, work: Promise<T>): Promise<T> => {
    if (isToldElsewhere(purpose)) return work;
    try {
      const result = await work;
      take(useOf(purpose));
      return result;
    } catch (error) {
      take({ ...useOf(purpose), use: 'failed', reason: error instanceof Fault ? error.code : 'failed' });
      throw error;
    }
  };
  return {
    wrap: (purpose, plain, aad) => told(purpose, provider().wrap(purpose, plain, aad)),
    unwrap: (purpose, wrapped, aad) => told(purpose, provider().unwrap(purpose, wrapped, aad)),
    mac: (purpose, data) => told(purpose, provider().mac(purpose, data)),
    sign: (data) => told('audit-sign', provider().sign(data)),
    publicKey: () => provider().publicKey(),
    wrappedBy: (wrapped) => provider().wrappedBy(wrapped),
    status: () => provider().status(),
    rotate: (purpose) => provider().rotate(purpose),
  };
}
