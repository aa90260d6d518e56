/** Headers by which a request is known to come from somebody. */
export type SessionHeaders = Readonly<Record<string, string>>;

/** A peer reads a cookie too, and asks nobody about it. */
export const noSession: SessionHeaders = { cookie: 'none=0' };

/** Each header as a raw line with its end. */
export const headerLines = (headers: SessionHeaders): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
