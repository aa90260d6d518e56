/**
 * The vendor's error messages may quote a patient, a password or a stack. What is kept of them is a
 * classification and the words below; everything else is blanked before it can reach a log.
 */

const HARMLESS = new Set(
  `a access account an and any appointment appointments appointmentid at authorization authorized be been
  cannot case code conflict could create creating customer data date dates day days delete deleted does
  duplicate either empty end enddate endpoint error errors exceeded exist exists expected failed failure field
  fields filter find for format found from greater guid guids has have id ids in incorrect internal interval invalid
  is key least length less limit location maximum member message milliseconds minimum missing more must name no
  not null number object occurrence of on one or over parameter password patient patientid patients permission
  please practice practiceid process provider providerguids providers range reason received reference request
  requested required resource resourceguids resources response schedule security server service set start
  startdate status than the this time timed timeout to translating try type unable unavailable unexpected unknown
  update updating user valid value version wait was were with within`.split(/\s+/),
);

const WORDS_MAX = 40;

/** The message with every word outside a fixed vocabulary replaced by an ellipsis, at most 40 words. */
export function safeWording(message: string): string {
  const words = message.slice(0, 2_000).split(/\s+/).filter(Boolean).slice(0, WORDS_MAX);
  const kept = words.map((word) => {
    const bare = word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '').toLowerCase();
    return HARMLESS.has(bare) ? bare : '…';
  });
  return kept.join(' ').replace(/…( …)+/g, '…');
}

/** A vendor identifier such as an operation or fault name, or null if it does not look like one. */
export function safeIdentifier(text: string | null): string | null {
  return text && /^[A-Za-z][A-Za-z0-9._-]{0,59}$/.test(text) ? text : null;
}

/** Permission names are shown to an administrator, so they are kept if they look like plain words. */
export function safePermission(text: string): string {
  const trimmed = text.trim();
  return /^[A-Za-z][A-Za-z /&()-]{0,59}$/.test(trimmed) ? trimmed : '…';
}
