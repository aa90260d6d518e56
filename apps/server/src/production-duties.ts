import type { AgreementRegister, ServerConfig, VendorId } from '@workflow-bolt/contracts';
import { agreementProblem } from '@workflow-bolt/domain';

/** An address or a name with a letter in it; a dash or a full stop is nobody. */
const isSomebody = (text: string | null): boolean => text !== null && /\p{L}{2}/u.test(text);

/** Whose page may change anything is compared with it: taken from a request it would be what an attacker says. */
const isSecureOrigin = (origin: string | null): boolean => origin?.startsWith('https://') ?? false;

/** Vendors whose service would hold patient data, or the keys to it, under this configuration. */
export function vendorsOf({ keys, keyStore }: Pick<ServerConfig, 'keys' | 'keyStore'>): VendorId[] {
  const vendors = new Set<VendorId>();
  if (keys.startsWith('gcpkms:') || keyStore.startsWith('gs:')) vendors.add('google-cloud');
  if (keyStore.startsWith('s3:')) vendors.add('aws');
  return [...vendors];
}

/**
 * What the law asks of people before a production server may start, and is missing: one sentence each, empty when
 * nothing is. `today` is `YYYY-MM-DD`; a missing register holds nobody's signature.
 */
export function missingDuties(
  config: Pick<
    ServerConfig,
    'mode' | 'publicOrigin' | 'securityOfficial' | 'privacyOfficial' | 'keys' | 'keyStore'
  >,
  register: AgreementRegister | null,
  today: string,
): string[] {
  if (config.mode !== 'production') return [];
  const missing: string[] = [];
  if (!isSomebody(config.securityOfficial))
    missing.push('Name the security official (BOLT_SECURITY_OFFICIAL).');
  if (!isSomebody(config.privacyOfficial)) missing.push('Name the privacy official (BOLT_PRIVACY_OFFICIAL).');
  if (!isSecureOrigin(config.publicOrigin))
    missing.push('Say where people open it, with https (BOLT_PUBLIC_ORIGIN).');
  for (const vendor of vendorsOf(config)) {
    const problem = agreementProblem(register ?? { agreements: [] }, vendor, today);
    if (problem !== null) missing.push(`BOLT_AGREEMENTS_FILE: ${problem}.`);
  }
  return missing;
}
