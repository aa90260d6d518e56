/** From a sealed file, or a folder of them, to the roster: with nothing but the file and the key. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  type Roster,
  type RosterHeader,
  rosterAlgorithms,
  rosterHeaderSchema,
  rosterSchema,
} from '@workflow-bolt/contracts';
import { compactDecrypt, decodeProtectedHeader } from 'jose';
import { CliFailure } from '../cli-failure.ts';
import { exitCodes } from '../exit-codes.ts';
import type { OfflineKey } from './offline-key.ts';

export type SealedRoster = { path: string; text: string; header: RosterHeader };
export type OpenedRoster = { path: string; header: RosterHeader; roster: Roster };

const suffix = '.roster.jwe';
const isFolder = (path: string): boolean => statSync(path).isDirectory();

function filesBelow(path: string): string[] {
  if (!isFolder(path)) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(suffix));
  return files.map((entry) => join(entry.parentPath, entry.name));
}

/** The files that a path means: itself, or all rosters in a folder. Throws CliFailure. */
export function rosterFiles(path: string): string[] {
  try {
    const files = filesBelow(path);
    if (files.length > 0) return files;
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new CliFailure('roster-file', exitCodes.usage, `${path} cannot be read (${why}).`, null, error);
  }
  const hint = `Rosters are files that end in ${suffix}.`;
  throw new CliFailure('roster-file', exitCodes.usage, `There is no roster in ${path}.`, hint);
}

/** What stands in clear in front of the sealed part; null for what is no roster. */
function readSealed(path: string): SealedRoster | null {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return { path, text, header: rosterHeaderSchema.parse(decodeProtectedHeader(text)) };
  } catch {
    return null;
  }
}

/** The newest roster that this key opens. Throws CliFailure: no roster, or none for this key. */
export function newestRoster(files: readonly string[], { kid }: Pick<OfflineKey, 'kid'>): SealedRoster {
  const sealed = files.flatMap((path) => readSealed(path) ?? []);
  if (sealed.length === 0)
    throw new CliFailure('roster-broken', exitCodes.bad, `${names(files)} holds no roster.`, olderHint);
  const mine = sealed.filter(({ header }) => header.kid === kid);
  const [newest] = mine.sort((a, b) => b.header.at - a.header.at);
  if (newest) return newest;
  const made = [...new Set(sealed.map(({ header }) => header.kid))].join(', ');
  const message = `This key opens none of them: it is ${kid}, and they were sealed for ${made}.`;
  throw new CliFailure('other-key', exitCodes.usage, message, 'Fetch the key of this clinic.');
}

const names = (files: readonly string[]): string => files.map((path) => basename(path)).join(', ');
const olderHint = 'Take the file before it: a roster is made every quarter of an hour.';

/** Opens a roster. Throws CliFailure `roster-broken` unless every byte is as it was sealed. */
export async function openRoster(sealed: SealedRoster, key: OfflineKey): Promise<OpenedRoster> {
  try {
    const { plaintext } = await compactDecrypt(sealed.text, key.privateKey, {
      keyManagementAlgorithms: [rosterAlgorithms.alg],
      contentEncryptionAlgorithms: [rosterAlgorithms.enc],
    });
    const roster = rosterSchema.parse(JSON.parse(new TextDecoder().decode(plaintext)));
    return { path: sealed.path, header: sealed.header, roster };
  } catch (error) {
    const message = `${basename(sealed.path)} is not as it was sealed.`;
    throw new CliFailure('roster-broken', exitCodes.bad, message, olderHint, error);
  }
}
