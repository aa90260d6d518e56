/** What the board calls the EHR's providers. Its ids stand in addresses and keys, so their alphabet is narrower than FHIR's. */
import { createHash } from 'node:crypto';
import { providerIdSchema } from '@workflow-bolt/contracts';

const plainPrefix = 'ehr-';
const hashedPrefix = 'ehrh-';
const hashSigns = 32;

/** The board's id of a provider: the EHR's own where the board can hold it, else one that follows from it. */
export function boardProviderId(ehrId: string): string {
  const plain = `${plainPrefix}${ehrId}`;
  if (providerIdSchema.safeParse(plain).success) return plain;
  return `${hashedPrefix}${createHash('sha256').update(ehrId).digest('hex').slice(0, hashSigns)}`;
}

/** Whether the board has this provider from the EHR. */
export const isEhrProvider = (boardId: string): boolean =>
  boardId.startsWith(plainPrefix) || boardId.startsWith(hashedPrefix);

/** The EHR's own id; null where only its list of providers can tell, and for a provider of the board alone. */
export function plainProviderId(boardId: string): string | null {
  return boardId.startsWith(plainPrefix) ? boardId.slice(plainPrefix.length) : null;
}
