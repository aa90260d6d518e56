/**
 * Keeps a small record so that whoever can write to Redis can neither read it, nor alter it, nor move it to another
 * account: `aad` names the place it belongs to.
 */
export interface Sealer {
  seal(text: string, aad: string): Promise<string>;
  /** Throws when the record was altered or belongs elsewhere. */
  open(sealed: string, aad: string): Promise<string>;
}
