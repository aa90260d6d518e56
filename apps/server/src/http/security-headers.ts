import helmet from 'helmet';

/** Seconds of two years, as browsers' preload lists ask. */
const hstsMaxAgeSec = 63_072_000;

const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    // The component library of the web app sets inline style attributes and injects style elements.
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'"],
    connectSrc: ["'self'"],
    manifestSrc: ["'self'"],
    workerSrc: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    objectSrc: ["'none'"],
  },
};

/** Browser policy for pages: nothing from elsewhere, no framing, no plugins. */
export function pageHeaders() {
  return helmet({
    contentSecurityPolicy,
    crossOriginEmbedderPolicy: { policy: 'credentialless' },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: { maxAge: hstsMaxAgeSec, includeSubDomains: true, preload: true },
  });
}

/** For answers that are data: they may be neither shown as a page, nor framed, sniffed, cached or read elsewhere. */
export const apiHeaders: readonly (readonly [string, string])[] = [
  ['Cache-Control', 'no-store'],
  ['Vary', 'Sec-Fetch-Site, Origin, Cookie, Authorization'],
  ['X-Content-Type-Options', 'nosniff'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Referrer-Policy', 'no-referrer'],
  ['Strict-Transport-Security', `max-age=${hstsMaxAgeSec}; includeSubDomains; preload`],
];

/** The same as names and values in turn, as a header block takes them. */
export const apiHeaderList: readonly string[] = apiHeaders.flat();
