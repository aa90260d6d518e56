/**
 * What people attest: one JSON file an attestation, in a folder that belongs to the installation and not to this
 * repository. An attestation names who stands for it and when, and may bind files by their SHA-256.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { ManualEvidence } from '../catalogue/control.ts';

const dayMs = 86_400_000;

export const attestationSchema = z.strictObject({
  /** The id that a control asks for, such as `restore-drill`. */
  id: z.string().regex(/^[a-z][a-z0-9-]{1,60}$/),
  statement: z.string().trim().min(20).max(2_000),
  by: z.string().trim().min(3).max(120),
  on: z.iso.date(),
  attachments: z
    .array(z.strictObject({ path: z.string().min(1), sha256: z.string().regex(/^[0-9a-f]{64}$/) }))
    .max(100)
    .default([]),
});
export type Attestation = z.infer<typeof attestationSchema> & {
  /** Where it was read, for the report. */
  file: string;
  /** Why it cannot be believed; empty when it can. */
  faults: readonly string[];
};

export type EvidenceState = 'in-date' | 'expired' | 'absent' | 'faulty';
export type EvidenceVerdict = ManualEvidence & {
  state: EvidenceState;
  detail: string;
  attestation: Attestation | null;
};

/** All attestations in a folder. A file that is none becomes one with faults: it must not vanish from the report. */
export function readAttestations(folder: string): Attestation[] {
  return globSync('**/*.json', { cwd: folder })
    .sort()
    .map((file) => readAttestation(folder, file));
}

function readAttestation(folder: string, file: string): Attestation {
  const path = join(folder, file);
  const nothing = { id: '', statement: '', by: '', on: '', attachments: [], file };
  try {
    const parsed = attestationSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (!parsed.success) return { ...nothing, faults: [z.prettifyError(parsed.error)] };
    return { ...parsed.data, file, faults: attachmentFaults(dirname(path), parsed.data.attachments) };
  } catch (error) {
    return { ...nothing, faults: [`cannot be read: ${(error as Error).message}`] };
  }
}

function attachmentFaults(
  folder: string,
  attachments: readonly { path: string; sha256: string }[],
): string[] {
  return attachments.flatMap(({ path, sha256 }) => {
    const full = join(folder, path);
    if (!existsSync(full)) return [`${path} is not there`];
    const is = createHash('sha256').update(readFileSync(full)).digest('hex');
    return is === sha256 ? [] : [`${path} is not the file that was attested`];
  });
}

/** What the attestations say to one demand at `now` (epoch ms): the newest one counts. */
export function judgeEvidence(
  demand: ManualEvidence,
  attestations: readonly Attestation[],
  now: number,
): EvidenceVerdict {
  const own = attestations.filter(({ id }) => id === demand.id);
  const newest = own.sort((a, b) => (a.on < b.on ? 1 : -1))[0];
  if (!newest) return { ...demand, state: 'absent', detail: 'nobody has attested it', attestation: null };
  return { ...demand, ...stateOf(newest, demand.maxAgeDays, now), attestation: newest };
}

function stateOf(
  { on, faults }: Attestation,
  maxAgeDays: number,
  now: number,
): { state: EvidenceState; detail: string } {
  const age = Math.floor((now - Date.parse(on)) / dayMs);
  if (faults.length > 0) return { state: 'faulty', detail: faults.join('; ') };
  if (age < 0) return { state: 'faulty', detail: `is dated ${on}, which is yet to come` };
  if (age > maxAgeDays)
    return { state: 'expired', detail: `is ${age} days old, at most ${maxAgeDays} count` };
  return { state: 'in-date', detail: `${age} of ${maxAgeDays} days old` };
}
