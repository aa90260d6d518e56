/**
 * Trusted Types: the server's policy lets no plain string become markup or code. The one library that sets `innerHTML`
 * does so for the text of its own style elements; `default` lets pass what holds no markup, and nothing that could be a
 * script or its address.
 */

type Policy = {
  createHTML: (text: string) => string;
  createScript: () => never;
  createScriptURL: (address: string) => string;
};
type Factory = { createPolicy(name: string, policy: Policy): unknown; defaultPolicy: unknown };

/** The one script whose address a page may name: it keeps the page for when no server answers. */
export const offlineWorkerPath = '/offline-worker.js';

const refuse = (what: string): never => {
  throw new TypeError(`${what} from a string is not allowed on this page`);
};

/** Style rules hold neither; markup cannot do without. Throws TypeError. */
export function plainTextOnly(text: string): string {
  return /[<&]/.test(text) ? refuse('markup') : text;
}

/** Call before anything is drawn. Does nothing where the browser knows no Trusted Types. */
export function installTrustedTypes(
  factory: Factory | undefined = (globalThis as { trustedTypes?: Factory }).trustedTypes,
): void {
  if (!factory || factory.defaultPolicy) return;
  factory.createPolicy('default', {
    createHTML: plainTextOnly,
    createScript: () => refuse('a script'),
    createScriptURL: (address) =>
      address === offlineWorkerPath ? address : refuse('the address of a script'),
  });
}

/** The nonce of this page's response, for style elements that a library makes; empty where there is none. */
export function pageNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}
