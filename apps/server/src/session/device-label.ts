import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';

const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:A|iOS)?\//, 'Edge'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\bChrom(?:e|ium)\/|\bCriOS\/|HeadlessChrome/, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const systems: readonly (readonly [RegExp, string])[] = [
  [/\bWindows\b/, 'Windows'],
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

const firstOf = (rows: typeof browsers, text: string, none: string): string =>
  rows.find(([shape]) => shape.test(text))?.[1] ?? none;

/** `Chrome, Windows`: tells a person's devices apart, and stays the same when the browser updates itself. */
export function deviceLabelOf(req: IncomingMessage): string {
  const agent = req.headers['user-agent'] ?? '';
  return `${firstOf(browsers, agent, 'Other program')}, ${firstOf(systems, agent, 'other system')}`;
}

/** The caller's network, cut to /24 or /48: enough to recognise a site, not a person. */
export function networkOf(req: IncomingMessage): string {
  const address = (req.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  if (isIPv4(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  return address === '' ? 'unknown' : `${address.split(':').slice(0, 3).join(':')}::/48`;
}
