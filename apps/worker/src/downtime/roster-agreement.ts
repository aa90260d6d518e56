import type { AgreementRegister, VendorId, WorkerConfig } from '@workflow-bolt/contracts';
import { agreementProblem } from '@workflow-bolt/domain';

/** Whose buckets these schemes are. What lies there is sealed; whoever stores it is a business associate all the same. */
const vendors: readonly (readonly [scheme: string, vendor: VendorId])[] = [
  ['gs:', 'google-cloud'],
  ['s3:', 'aws'],
];

/**
 * Why rosters may not go where the configuration says, as a sentence; null when they may. `today` is `YYYY-MM-DD`; a
 * missing register holds nobody's signature.
 */
export function rosterAgreementProblem(
  { mode, downtime }: Pick<WorkerConfig, 'mode' | 'downtime'>,
  register: AgreementRegister | null,
  today: string,
): string | null {
  const vendor = vendors.find(([scheme]) => downtime.startsWith(scheme))?.[1];
  if (mode !== 'production' || vendor === undefined) return null;
  const problem = agreementProblem(register ?? { agreements: [] }, vendor, today);
  return problem === null ? null : `Downtime rosters cannot go there: ${problem} (BOLT_AGREEMENTS_FILE).`;
}
