/** The risk register (45 CFR 164.308(a)(1)(ii)(A) and (B)): its schema, what is wrong with it, and its report. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { markdownTable } from '../../scripts/markdown-table.ts';

const level = z.int().min(1).max(5);
const assessed = z.strictObject({ likelihood: level, impact: level });
export const riskSchema = z.strictObject({
  id: z.string().regex(/^R-\d{2}$/),
  assets: z.array(z.string()).min(1),
  flows: z.array(z.string().regex(/^F-\d{2}$/)).default([]),
  threat: z.string().min(10).max(300),
  vulnerability: z.string().min(10).max(300),
  /** As if nothing were done. */
  inherent: assessed,
  /** Controls of the catalogue that act against it today. */
  controls: z.array(z.string()).min(1),
  residual: assessed,
  /** A role. */
  owner: z.string().min(5),
  treatment: z.enum(['reduce', 'accept', 'transfer', 'avoid']),
  actions: z.array(
    z.strictObject({
      what: z.string().min(10).max(300),
      owner: z.string().min(5),
      dueOn: z.iso.date(),
      doneOn: z.iso.date().nullable(),
    }),
  ),
});
export const riskRegisterSchema = z.strictObject({
  version: z.string().regex(/^\d+\.\d+$/),
  owner: z.string().min(5),
  assessedOn: z.iso.date(),
  method: z.string().min(20),
  risks: z.array(riskSchema).min(1),
});
export type RiskRegister = z.infer<typeof riskRegisterSchema>;
type Risk = RiskRegister['risks'][number];

const ageDaysMax = 365;
const dayMs = 86_400_000;
/** From here on a residual risk needs an action or an explicit acceptance. */
const highScore = 10;

/** Reads a register. Throws ZodError or SyntaxError when it is none. */
export const readRiskRegister = (path: string): RiskRegister =>
  riskRegisterSchema.parse(JSON.parse(readFileSync(path, 'utf8')));

const scoreOf = ({ likelihood, impact }: Risk['inherent']): number => likelihood * impact;

/** Everything the register must cover, by id. */
export type Covered = { assets: readonly string[]; flows: readonly string[]; controls: readonly string[] };

/** What is wrong with the analysis at `now` (epoch ms): its age, its coverage, its references. */
export function analysisFaults(register: RiskRegister, covered: Covered, now: number): string[] {
  const age = Math.floor((now - Date.parse(register.assessedOn)) / dayMs);
  const ids = register.risks.map(({ id }) => id);
  const named = {
    assets: register.risks.flatMap((r) => r.assets),
    flows: register.risks.flatMap((r) => r.flows),
  };
  return [
    ...(age > ageDaysMax ? [`the risk analysis is ${age} days old`] : []),
    ...(age < 0 ? ['the risk analysis is dated in the future'] : []),
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${id} stands twice`),
    ...absent(covered.assets, named.assets, 'no risk covers the asset'),
    ...absent(covered.flows, named.flows, 'no risk covers the flow'),
    ...absent(named.assets, covered.assets, 'a risk names the unknown asset'),
    ...absent(named.flows, covered.flows, 'a risk names the unknown flow'),
    ...absent(
      register.risks.flatMap((r) => r.controls),
      covered.controls,
      'a risk names the unknown control',
    ),
    ...register.risks.flatMap(ratingFaults),
  ];
}

function absent(wanted: readonly string[], there: readonly string[], words: string): string[] {
  const set = new Set(there);
  return [...new Set(wanted)].filter((each) => !set.has(each)).map((each) => `${words} ${each}`);
}

function ratingFaults({ id, inherent, residual, treatment, actions }: Risk): string[] {
  const faults: string[] = [];
  if (scoreOf(residual) > scoreOf(inherent))
    faults.push(`${id} is rated worse with its controls than without`);
  if (treatment === 'reduce' && actions.length === 0) faults.push(`${id} is to be reduced, by nothing`);
  if (scoreOf(residual) >= highScore && treatment !== 'accept' && actions.length === 0)
    faults.push(`${id} stays high and nobody does anything about it`);
  return faults;
}

/** Actions that should be done by `now` and are not. */
export function overdueActions({ risks }: RiskRegister, now: number): string[] {
  return risks.flatMap(({ id, actions }) =>
    actions
      .filter(({ dueOn, doneOn }) => doneOn === null && Date.parse(dueOn) + dayMs <= now)
      .map(({ what, dueOn, owner }) => `${id} is overdue since ${dueOn} (${owner}): ${what}`),
  );
}

const wordOf = (score: number): string =>
  score >= 15 ? 'very high' : score >= highScore ? 'high' : score >= 5 ? 'medium' : 'low';
const shown = (rating: Risk['inherent']): string => `${scoreOf(rating)} (${wordOf(scoreOf(rating))})`;

/** The register as parts of a page, the highest residual risk first. */
export function riskTables(register: RiskRegister): string[] {
  const sorted = register.risks.toSorted(
    (a, b) => scoreOf(b.residual) - scoreOf(a.residual) || (a.id < b.id ? -1 : 1),
  );
  const rows = sorted.map(
    ({ id, threat, vulnerability, assets, flows, inherent, controls, residual, owner, treatment }) => [
      id,
      `${threat} ${vulnerability}`,
      [...assets.map((asset) => `\`${asset}\``), ...flows].join(', '),
      shown(inherent),
      controls.join(', '),
      shown(residual),
      `${treatment}, ${owner}`,
    ],
  );
  const actions = sorted.flatMap(({ id, actions: own }) =>
    own.map(({ what, owner, dueOn, doneOn }) => [id, what, owner, dueOn, doneOn ?? 'open']),
  );
  return [
    `Assessed on ${register.assessedOn}, version ${register.version}, owner: ${register.owner}. ${register.method}`,
    '## Risks',
    markdownTable(
      [
        'Risk',
        'What could happen, and through what',
        'Where',
        'Without controls',
        'Controls',
        'With them',
        'Treatment',
      ],
      rows,
    ),
    '## Actions',
    markdownTable(['Risk', 'Action', 'Owner', 'Due', 'Done'], actions),
  ];
}
