/** The verdict on every control: pure, so that each way of turning red can be tested. */
import type { Control } from '../catalogue/control.ts';
import type { HostileGroup } from '../catalogue/hostile-groups.ts';
import { type DeclaredTest, withoutResult } from './declared-tests.ts';
import type { DocumentVerdict } from './document-state.ts';
import { type Attestation, type EvidenceVerdict, judgeEvidence } from './manual-evidence.ts';
import { isCatalogueTag } from './tags.ts';
import type { TestResult } from './test-report.ts';

/**
 * `satisfied`: every mapped test passed and all evidence is in date. `open`: what the product can prove is proven,
 * what people must attest was not asked for in this run. `not-satisfied`: everything else. Only the first is green.
 */
export const findingStates = ['satisfied', 'open', 'not-satisfied'] as const;
export type FindingState = (typeof findingStates)[number];

export type Finding = {
  control: Control;
  state: FindingState;
  /** Why it is not satisfied or open; empty when satisfied. */
  reasons: readonly string[];
  tests: readonly TestResult[];
  evidence: readonly EvidenceVerdict[];
  documents: readonly DocumentVerdict[];
};
export type GroupFinding = {
  group: HostileGroup;
  state: Exclude<FindingState, 'open'>;
  reasons: readonly string[];
  passed: number;
};

export type Inputs = {
  controls: readonly Control[];
  groups: readonly HostileGroup[];
  declared: readonly DeclaredTest[];
  results: readonly TestResult[];
  /** Null when the installation's evidence is not part of this run. */
  attestations: readonly Attestation[] | null;
  documents: readonly DocumentVerdict[];
  /** What the registers say today: control → faults, such as an action that is overdue. */
  checks: Readonly<Record<string, readonly string[]>>;
  /** Whether a path below the root of the repository exists. */
  fileExists: (path: string) => boolean;
  now: number;
};
export type Assessment = {
  state: FindingState;
  findings: readonly Finding[];
  groups: readonly GroupFinding[];
  /** Faults of the catalogue or the tests themselves; any makes the run red. */
  faults: readonly string[];
};

/** Judges every control and group. */
export function assess(inputs: Inputs): Assessment {
  const missing = withoutResult(inputs.declared, inputs.results);
  const findings = inputs.controls.map((control) => judgeControl(control, inputs, missing));
  const groups = inputs.groups.map((group) => judgeGroup(group, inputs.results, missing));
  const faults = catalogueFaults(inputs);
  return { state: worst([...findings, ...groups], faults), findings, groups, faults };
}

function worst(items: readonly { state: FindingState }[], faults: readonly string[]): FindingState {
  const isRed =
    faults.length > 0 || items.length === 0 || items.some(({ state }) => state === 'not-satisfied');
  if (isRed) return 'not-satisfied';
  return items.some(({ state }) => state === 'open') ? 'open' : 'satisfied';
}

function judgeControl(control: Control, inputs: Inputs, missing: readonly DeclaredTest[]): Finding {
  const tags = [control.id, ...(control.alsoTags ?? [])];
  const tests = inputs.results.filter(({ tags: cited }) => cited.some((tag) => tags.includes(tag)));
  const evidence = (control.manual ?? []).map((demand) =>
    judgeEvidence(demand, inputs.attestations ?? [], inputs.now),
  );
  const documents = documentsOf(control, inputs.documents);
  const faults = [
    ...tags.flatMap((tag) => tagFaults(tag, inputs.results, missing)),
    ...fileFaults(control, inputs.fileExists),
    ...(inputs.checks[control.id] ?? []),
    ...documents.flatMap(({ path, faults }) => faults.map((fault) => `${path} ${fault}`)),
    ...(inputs.attestations === null ? [] : evidenceFaults(evidence)),
  ];
  return { control, ...stateOf(faults, evidence), tests, evidence, documents };
}

function stateOf(
  faults: readonly string[],
  evidence: readonly EvidenceVerdict[],
): Pick<Finding, 'state' | 'reasons'> {
  if (faults.length > 0) return { state: 'not-satisfied', reasons: faults };
  const open = evidence.filter(({ state }) => state !== 'in-date');
  if (open.length === 0) return { state: 'satisfied', reasons: [] };
  return { state: 'open', reasons: open.map(({ id, what }) => `to be attested (${id}): ${what}`) };
}

/** Why a tag is not proven: nothing cites it, something failed, or a declared test left no result. */
function tagFaults(tag: string, results: readonly TestResult[], missing: readonly DeclaredTest[]): string[] {
  const own = results.filter(({ tags }) => tags.includes(tag));
  const failed = own.filter(({ state }) => state === 'failed');
  const lost = missing.filter(({ tags }) => tags.includes(tag));
  const faults = [
    ...failed.map(({ name, file }) => `failed: ${name} (${file})`),
    ...lost.map(({ title, file }) => `no result of: ${title} (${file})`),
  ];
  if (!own.some(({ state }) => state === 'passed')) faults.push(`no test that passed cites [${tag}]`);
  return faults;
}

function fileFaults({ implementation }: Control, exists: (path: string) => boolean): string[] {
  if (implementation.length === 0) return ['names no file that implements it'];
  return implementation.filter((path) => !exists(path)).map((path) => `names ${path}, which does not exist`);
}

function documentsOf(control: Control, verdicts: readonly DocumentVerdict[]): DocumentVerdict[] {
  return (control.documents ?? []).map(
    (path) =>
      verdicts.find((verdict) => verdict.path === path) ?? { path, head: null, faults: ['was not read'] },
  );
}

const evidenceFaults = (evidence: readonly EvidenceVerdict[]): string[] =>
  evidence
    .filter(({ state }) => state !== 'in-date')
    .map(({ id, state, detail }) => `${id} is ${state}: ${detail}`);

function judgeGroup(
  group: HostileGroup,
  results: readonly TestResult[],
  missing: readonly DeclaredTest[],
): GroupFinding {
  const own = results.filter(({ tags }) => tags.some((tag) => group.tags.includes(tag)));
  const passed = own.filter(({ state }) => state === 'passed').length;
  const lost = missing.filter(({ tags }) => tags.some((tag) => group.tags.includes(tag)));
  const reasons = [
    ...own.filter(({ state }) => state === 'failed').map(({ name, file }) => `failed: ${name} (${file})`),
    ...lost.map(({ title, file }) => `no result of: ${title} (${file})`),
  ];
  if (passed < group.casesMin) reasons.push(`${passed} hostile cases passed, ${group.casesMin} are wanted`);
  return { group, state: reasons.length > 0 ? 'not-satisfied' : 'satisfied', reasons, passed };
}

/** A control twice, or a test that cites one which the catalogue does not have. */
function catalogueFaults({ controls, declared, results }: Inputs): string[] {
  const ids = controls.map(({ id }) => id);
  const cited = new Set([...declared, ...results].flatMap(({ tags }) => tags).filter(isCatalogueTag));
  return [
    ...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `the catalogue has ${id} twice`),
    ...[...cited]
      .filter((tag) => !ids.includes(tag))
      .map((tag) => `a test cites [${tag}], which no control is`),
  ];
}
