/** From a sealed file, or a folder of them, to the roster: with nothing but the file and the key. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  type Roster,
  type RosterHeader,
  rosterAheadMs,
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
type Warning = { code: string; message: string };
type Opening = { opened: OpenedRoster; warnings: Warning[] };

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

/** Sealed for this key, newest first. Throws CliFailure when there is none. */
function rostersFor({ kid }: Pick<OfflineKey, 'kid'>, sealed: readonly SealedRoster[]): SealedRoster[] {
  const mine = sealed.filter(({ header }) => header.kid === kid);
  if (mine.length > 0) return mine.sort((a, b) => b.header.at - a.header.at);
  const made = [...new Set(sealed.map(({ header }) => header.kid))].join(', ');
  const message = `This key opens none of them: it is ${kid}, and they were sealed for ${made}.`;
  throw new CliFailure('other-key', exitCodes.usage, message, 'Fetch the key of this clinic.');
}

/**
 * Opens the newest roster that this key opens; `now` is epoch ms of this computer. What does not open, or says that it
 * was made in the future, stands before no other: it is passed over with a warning. A file that was named by itself is
 * opened whenever it was made. Throws CliFailure: no roster, none for this key, or none that is whole.
 */
export async function openNewestRoster(
  files: readonly string[],
  key: OfflineKey,
  now: number,
): Promise<Opening> {
  const sealed = files.flatMap((path) => readSealed(path) ?? []);
  const torn = files.filter((path) => !sealed.some((each) => each.path === path));
  if (sealed.length === 0)
    throw new CliFailure('roster-broken', exitCodes.bad, `${names(torn)} holds no roster.`, olderHint);
  const mine = rostersFor(key, sealed);
  const ahead = mine.filter(({ header }) => header.at > now + rosterAheadMs);
  const tried = files.length === 1 ? mine : mine.filter((each) => !ahead.includes(each));
  if (tried.length === 0) throw allAhead(ahead);
  const { opened, warnings } = await firstWhole(tried, key);
  return { opened, warnings: [...ahead.map(aheadWarning), ...torn.map(tornWarning), ...warnings] };
}

/** Throws what the first of them failed with when none opens. */
async function firstWhole(tried: readonly SealedRoster[], key: OfflineKey): Promise<Opening> {
  const failures: Error[] = [];
  for (const each of tried) {
    try {
      const warnings = failures.map(({ message }) => ({ code: 'roster-broken', message }));
      return { opened: await openRoster(each, key), warnings };
    } catch (error) {
      failures.push(error as Error);
    }
  }
  throw failures[0];
}

const aheadWarning = ({ path, header }: SealedRoster): Warning => ({
  code: 'roster-ahead',
  message: `${basename(path)} says that it was made at ${new Date(header.at).toISOString()}, which is to come: somebody laid it there, or this computer's clock is slow.`,
});

const tornWarning = (path: string): Warning => ({
  code: 'roster-broken',
  message: `${basename(path)} holds no roster.`,
});

const allAhead = (ahead: readonly SealedRoster[]): CliFailure =>
  new CliFailure(
    'roster-ahead',
    exitCodes.bad,
    `All of them say that they were made in the future: ${names(ahead.map(({ path }) => path))}.`,
    "Set this computer's clock, or name one file instead of the folder.",
  );

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
    const { clinic, date, at } = sealed.header;
    if (roster.clinic !== clinic || roster.date !== date || roster.at !== at) throw new Error('two rosters');
    return { path: sealed.path, header: sealed.header, roster };
  } catch (error) {
    const message = `${basename(sealed.path)} is not as it was sealed.`;
    throw new CliFailure('roster-broken', exitCodes.bad, message, olderHint, error);
  }
}
