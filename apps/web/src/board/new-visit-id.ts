/** A fresh visit id: 24 random lower-case letters and digits after a `w`, so that two stations never meet. */
export function newVisitId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return `w${Array.from(bytes, (byte) => (byte % 36).toString(36)).join('')}`;
}
