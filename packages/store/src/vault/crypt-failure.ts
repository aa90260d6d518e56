/** Why something encrypted cannot be opened. Never says what was inside, and nothing is ever opened in part. */
import { Fault } from '@workflow-bolt/contracts';

export type CryptReason =
  /** Not an envelope, or cut short. */
  | 'malformed'
  /** An algorithm this version does not know. */
  | 'unknown_algorithm'
  /** No key of that id exists here. */
  | 'unknown_key'
  /** The key exists and is switched off. */
  | 'disabled_key'
  /** The key was destroyed on purpose: the value is gone for good. */
  | 'destroyed_key'
  /** The envelope was made under another key than it claims (key commitment). */
  | 'wrong_key'
  /** Changed, or moved here from another record, field, clinic or version. */
  | 'tampered'
  /** Patient data in plain where only sealed data may be. */
  | 'unsealed';

/** Of `reason` only: an error's text and fields travel to logs. */
export function cryptFault(reason: CryptReason): Fault {
  return new Fault('phi_unreadable', { reason });
}

/** The reason behind a thrown value; null when it is no failure of ours. */
export function cryptReasonOf(error: unknown): CryptReason | null {
  const isOurs = error instanceof Fault && error.code === 'phi_unreadable';
  return isOurs ? (error.details.reason as CryptReason) : null;
}
