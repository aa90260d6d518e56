/** That a roster was opened: a line beside the page at once, and an entry of the record when the server is there. */
import { appendFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import type { RosterHeader, RosterOpening, rosterReasons } from '@workflow-bolt/contracts';
import { type ApiAddress, connectApi } from '../connect-api.ts';

export const openingsFile = 'roster-openings.ndjson';

/** The drill log: when, which roster, what for, who sat there. No patient, no name of one. */
export function noteOpening(folder: string, opening: RosterOpening, clinic: string): string {
  const path = join(folder, openingsFile);
  const line = { ...opening, clinic, user: userInfo().username, host: hostname() };
  appendFileSync(path, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  return path;
}

export const openingOf = (
  { date, at, kid }: RosterHeader,
  openedAt: number,
  why: (typeof rosterReasons)[number],
): RosterOpening => ({ date, madeAt: at, openedAt, why, kid });

/** Throws what the API client throws: it is tried after everything else, and nothing waits for it. */
export async function tellOpening(
  address: ApiAddress,
  clinic: string,
  opening: RosterOpening,
): Promise<void> {
  await connectApi(address).post(`/api/v1/clinics/${clinic}/roster-openings`, opening);
}
