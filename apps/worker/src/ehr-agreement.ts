import type { AgreementRegister, EhrSystem, VendorId, WorkerConfig } from '@workflow-bolt/contracts';
import { agreementProblem } from '@workflow-bolt/domain';

/** Who must have signed before patients' data goes to such an EHR. */
const vendorOf: Record<EhrSystem, VendorId> = { tebra: 'tebra', fhir: 'fhir-ehr' };

/** The simulator, or whatever else runs on this machine: no patient's data leaves it. */
function isThisMachine(url: string): boolean {
  const host = URL.parse(url)?.hostname ?? '';
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * Why this worker may not speak to the EHR, as a sentence; null when it may. Without an address it is the vendor's own
 * service. `today` is `YYYY-MM-DD`; a missing register holds nobody's signature.
 */
export function ehrAgreementProblem(
  { mode, ehrUrl }: Pick<WorkerConfig, 'mode' | 'ehrUrl'>,
  register: AgreementRegister | null,
  today: string,
  system: EhrSystem = 'tebra',
): string | null {
  if (mode === 'development' && ehrUrl !== null && isThisMachine(ehrUrl)) return null;
  const problem = agreementProblem(register ?? { agreements: [] }, vendorOf[system], today);
  return problem === null ? null : `The connector to the EHR stays off: ${problem} (BOLT_AGREEMENTS_FILE).`;
}
