/**
 * The run as an OSCAL 1.1 assessment-results document (NIST), which compliance tools read. OSCAL knows only
 * satisfied and not-satisfied: what is open is not satisfied there, with the reason in the remarks.
 */
import { createHash } from 'node:crypto';
import type { Finding } from '../engine/assess.ts';
import { pretty } from './json-report.ts';
import { disclaimer, type EvidenceFile, type RunRecord, stateWords } from './run-record.ts';

const oscalVersion = '1.1.2';

/** The document as JSON text. The same run yields the same text: ids follow from what they name. */
export function oscalReport(run: RunRecord): string {
  const idOf = idsOf(run);
  return pretty({
    'assessment-results': {
      uuid: idOf('document'),
      metadata: {
        title: 'workflow-bolt: results of the automated control assessment',
        'last-modified': run.finishedAt,
        version: run.source.digest.slice(0, 16),
        'oscal-version': oscalVersion,
        remarks: disclaimer,
      },
      'import-ap': { href: '#', remarks: 'The plan is the control catalogue in compliance/catalogue.' },
      results: [resultOf(run, idOf)],
    },
  });
}

type IdOf = (name: string) => string;

function resultOf(run: RunRecord, idOf: IdOf): object {
  const { findings } = run.assessment;
  return {
    uuid: idOf('result'),
    title: `Assessment of ${run.source.commit ?? 'sources without a commit'}`,
    description: `State: ${stateWords[run.assessment.state]}. Scope: ${run.scope}. ${disclaimer}`,
    start: run.startedAt,
    end: run.finishedAt,
    'reviewed-controls': {
      'control-selections': [
        { 'include-controls': findings.map(({ control }) => ({ 'control-id': tokenOf(control.id) })) },
      ],
    },
    observations: findings.map((finding) => observationOf(finding, run, idOf)),
    findings: findings.map((finding) => findingOf(finding, idOf)),
  };
}

function observationOf({ control, tests, evidence }: Finding, run: RunRecord, idOf: IdOf): object {
  const files = run.evidence.filter((file) => file.control === control.id);
  const passed = tests.filter(({ state }) => state === 'passed').length;
  return {
    uuid: idOf(`observation ${control.id}`),
    title: control.title,
    description: `${passed} of ${tests.length} mapped test results passed; ${evidence.length} attestations are asked for.`,
    methods: evidence.length > 0 ? ['TEST', 'EXAMINE'] : ['TEST'],
    types: ['control-objective'],
    collected: run.finishedAt,
    ...(files.length > 0 ? { 'relevant-evidence': files.map(relevantOf) } : {}),
  };
}

const relevantOf = ({ path, sha256 }: EvidenceFile): object => ({
  href: path,
  description: 'Test outcomes, documents and attestations of this control.',
  props: [{ name: 'sha256', ns: 'urn:workflow-bolt', value: sha256 }],
});

function findingOf({ control, state, reasons }: Finding, idOf: IdOf): object {
  const isSatisfied = state === 'satisfied';
  return {
    uuid: idOf(`finding ${control.id}`),
    title: `${control.id} ${control.title}`,
    description: `${control.citation}. ${control.does}`,
    target: {
      type: 'objective-id',
      'target-id': tokenOf(control.id),
      status: {
        state: isSatisfied ? 'satisfied' : 'not-satisfied',
        reason: isSatisfied ? 'pass' : state === 'open' ? 'other' : 'fail',
        ...(reasons.length > 0 ? { remarks: reasons.join('\n') } : {}),
      },
    },
    'related-observations': [{ 'observation-uuid': idOf(`observation ${control.id}`) }],
  };
}

/** OSCAL's tokens are lower-case words by custom. */
const tokenOf = (id: string): string => id.toLowerCase();

/** UUIDs in the shape OSCAL demands (version 4), taken from a hash so that a run can be reproduced. */
function idsOf({ source, startedAt }: RunRecord): IdOf {
  return (name) => {
    const hex = createHash('sha256').update(`${source.digest} ${startedAt} ${name}`).digest('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  };
}
