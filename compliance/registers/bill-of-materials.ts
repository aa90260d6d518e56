/** What runs in production, from the lock file: a CycloneDX bill of materials, and what must not be in it. */
import { readFileSync } from 'node:fs';

type LockEntry = {
  version?: string;
  resolved?: string;
  integrity?: string;
  dev?: boolean;
  link?: boolean;
  license?: string;
};
export type Lock = { packages: Record<string, LockEntry> };

export const readLock = (path: string): Lock => JSON.parse(readFileSync(path, 'utf8')) as Lock;

const marker = 'node_modules/';
const nameOf = (path: string): string => path.slice(path.lastIndexOf(marker) + marker.length);

/** Packages of others that are installed in production. */
function shipped({ packages }: Lock): [string, LockEntry][] {
  return Object.entries(packages).filter(([path, { dev, link }]) => path.includes(marker) && !dev && !link);
}

/**
 * Packages without a strong digest, or from anywhere but a registry: a change of them would go unseen. The lock file
 * leaves the address out where it is the registry's own.
 */
export function unpinnedPackages(lock: Lock): string[] {
  return shipped(lock)
    .filter(([, { integrity, resolved }]) => !integrity?.startsWith('sha512-') || isElsewhere(resolved))
    .map(([path, { version }]) => `${nameOf(path)}@${version ?? '?'}`);
}

const isElsewhere = (resolved: string | undefined): boolean =>
  resolved !== undefined && !resolved.startsWith('https://');

/** The bill of materials in the CycloneDX 1.6 format. */
export function billOfMaterials(lock: Lock, version: string): object {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', name: 'workflow-bolt', version } },
    components: shipped(lock).map(([path, entry]) => componentOf(nameOf(path), entry)),
  };
}

function componentOf(name: string, { version = '', integrity = '', license }: LockEntry): object {
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  const sha512 = Buffer.from(integrity.replace(/^sha512-/, ''), 'base64').toString('hex');
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    ...(sha512 ? { hashes: [{ alg: 'SHA-512', content: sha512 }] } : {}),
    ...(license ? { licenses: [{ expression: license }] } : {}),
  };
}
