/** Throws TypeError for an address that would carry credentials in the open, or that holds some itself. */
export function assertSafeEndpoint(endpoint: string, allowPlainHttp: boolean): void {
  const { protocol, hostname, username, password } = new URL(endpoint);
  if (username || password) throw new TypeError('The EHR endpoint must not hold credentials.');
  if (protocol === 'https:' || (protocol === 'http:' && (isLoopback(hostname) || allowPlainHttp))) return;
  throw new TypeError('The EHR endpoint must use HTTPS: every request carries the credentials.');
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
