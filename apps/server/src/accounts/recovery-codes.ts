import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const codesIssued = 10;
/** 80 bits: too many to guess, so a plain hash keeps them. */
const codeBytes = 10;
const alphabet = 'ABCDEFGHJKMNPQRSTVWXYZ0123456789';
const codeShape = /^[A-Z0-9]{4}(?:-[A-Z0-9]{4}){3}$/;

function newCode(): string {
  let bits = BigInt(`0x${randomBytes(codeBytes).toString('hex')}`);
  let text = '';
  for (let i = 0; i < 16; i += 1) {
    text += alphabet[Number(bits & 31n)] ?? '';
    bits >>= 5n;
  }
  return text.replaceAll(/.{4}(?=.)/g, '$&-');
}

const hashOf = (code: string): string => createHash('sha256').update(`recovery|${code}`).digest('base64url');

/** Ten codes to be printed and kept; only their hashes stay here. */
export function newRecoveryCodes(): { codes: string[]; hashes: string[] } {
  const codes = Array.from({ length: codesIssued }, newCode);
  return { codes, hashes: codes.map(hashOf) };
}

/** The hashes that are left after this code was used; null when it is none of them. */
export function withoutCode(hashes: readonly string[], typed: string): string[] | null {
  const code = typed.toUpperCase();
  if (!codeShape.test(code)) return null;
  const hash = Buffer.from(hashOf(code));
  const left = hashes.filter((each) => !timingSafeEqual(Buffer.from(each), hash));
  return left.length === hashes.length ? null : left;
}
