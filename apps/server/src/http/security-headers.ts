import type { RequestHandler } from 'express';

type Headers = readonly (readonly [name: string, value: string])[];

/** Seconds of two years, as browsers' preload lists ask. */
const hstsMaxAgeSec = 63_072_000;

/** Browsers accept reports only for a group that an answer has named. */
const reportPath = '/api/v1/csp-reports';

/**
 * What a page may load and do. A script needs the nonce of this very response, or to be loaded by one that has it; a style
 * needs it too, unless it is a file of ours. Text becomes markup or code through the two named policies only, so a string
 * that somebody typed cannot. `default` lets through what has no markup in it (apps/web/src/app/trusted-types.ts).
 */
const pagePolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types bolt-app default',
    `report-uri ${reportPath}`,
    'report-to csp',
  ].join('; ');

/** Everything that a browser can be asked for, refused; passkeys and the clipboard are used by the page itself. */
const permissionsPolicy = [
  ...['accelerometer', 'ambient-light-sensor', 'autoplay', 'bluetooth', 'browsing-topics', 'camera'],
  ...['display-capture', 'encrypted-media', 'gamepad', 'geolocation', 'gyroscope', 'hid', 'idle-detection'],
  ...['local-fonts', 'magnetometer', 'microphone', 'midi', 'payment', 'serial', 'usb', 'xr-spatial-tracking'],
]
  .map((feature) => `${feature}=()`)
  .concat(['publickey-credentials-get=(self)', 'publickey-credentials-create=(self)', 'fullscreen=(self)'])
  .join(', ');

const everywhere: Headers = [
  ['X-Content-Type-Options', 'nosniff'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Referrer-Policy', 'no-referrer'],
  ['Strict-Transport-Security', `max-age=${hstsMaxAgeSec}; includeSubDomains; preload`],
];

const onPages: Headers = [
  ...everywhere,
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Embedder-Policy', 'credentialless'],
  ['Origin-Agent-Cluster', '?1'],
  ['Permissions-Policy', permissionsPolicy],
  ['X-Frame-Options', 'DENY'],
  ['X-Permitted-Cross-Domain-Policies', 'none'],
];

/** For the page: nothing from elsewhere, no framing, no plugins, no inline code; not kept, since its nonce is used once. */
export const pageHeaders = (nonce: string): Headers => [
  ...onPages,
  ['Cache-Control', 'no-store'],
  ['Content-Security-Policy', pagePolicy(nonce)],
  ['Reporting-Endpoints', `csp="${reportPath}"`],
];

/** For a page of words, which runs no script at all: its one style is known by its hash. */
export const wordsHeaders = (styleHash: string): Headers => [
  ...onPages,
  [
    'Content-Security-Policy',
    `default-src 'none'; style-src '${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'`,
  ],
];

/** For the files of a page, such as its scripts: each by itself may do nothing. */
export const fileHeaderList: Headers = [
  ...onPages,
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
];

/** For the worker that hands out the page while no server answers: it asks this server, and nobody else. */
export const workerPolicy = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'";

/** The same for what express serves by itself. */
export function fileHeaders(): RequestHandler {
  return (_req, res, next) => {
    for (const [name, value] of fileHeaderList) res.setHeader(name, value);
    next();
  };
}

/** For answers that are data: they may be neither shown as a page, nor framed, sniffed, cached or read elsewhere. */
export const apiHeaders: Headers = [
  ['Cache-Control', 'no-store'],
  ['Vary', 'Sec-Fetch-Site, Origin, Cookie, Authorization'],
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ...everywhere,
];

/** The same as names and values in turn, as a header block takes them. */
export const apiHeaderList: readonly string[] = apiHeaders.flat();
