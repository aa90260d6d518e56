import type { AgreementRegister, VendorId } from '@workflow-bolt/contracts';

/**
 * Why a connector to a vendor may not start today (`YYYY-MM-DD`), as a sentence; null when it may. A register without
 * the vendor, an agreement that nobody signed, one that begins later and one that has ended all keep it off.
 */
export function agreementProblem(
  { agreements }: AgreementRegister,
  vendor: VendorId,
  today: string,
): string | null {
  const own = agreements.filter((agreement) => agreement.vendor === vendor);
  if (own.length === 0) return `the register has no agreement with ${vendor}`;
  const signed = own.filter(({ signedOn }) => signedOn !== null && signedOn <= today);
  if (signed.length === 0) return `no agreement with ${vendor} is signed`;
  const running = signed.filter(({ endsOn }) => endsOn === null || endsOn >= today);
  return running.length === 0 ? `the agreement with ${vendor} has ended` : null;
}

/** A written verification counts so long (proposed 45 CFR 164.308(b)(1)(ii): once a year). */
const verifiedDaysMax = 366;
const dayMs = 86_400_000;

/** Vendors whose agreement runs but whose last written verification is missing or too old. */
export function unverifiedVendors({ agreements }: AgreementRegister, today: string): VendorId[] {
  const late = agreements.filter(
    ({ signedOn, verifiedOn }) =>
      signedOn !== null &&
      (verifiedOn === null || Date.parse(today) - Date.parse(verifiedOn) > verifiedDaysMax * dayMs),
  );
  return [...new Set(late.map(({ vendor }) => vendor))];
}
