/** Examples of the record of accesses for the OpenAPI document. */
import { auditReportExamples } from './audit-report-examples.ts';

const json = 'application/json';
const at = 1_773_151_200_000;
const key = `workflow-bolt.local/c.north+5f3b1c2a+AQ${'A'.repeat(42)}`;
const event = {
  v: 1,
  id: `board:2026-03-10/${at}-0`,
  src: 'board:2026-03-10',
  sn: 7,
  ts: at,
  sat: at + 42_000,
  cid: 'north',
  type: 'rest',
  sub: 'vread',
  act: 'R',
  out: 0,
  agent: { uid: 'marcus', kind: 'human', role: 'medical-assistant', ws: 'ma-tablet-1' },
  pou: 'TREAT',
  pat: ['p5c1d9'],
  ent: [{ t: 'Visit', id: 'v:t1c9k2' }],
  q: 42,
};
const found = { rows: [{ leaf: 1_041, event }], next: null, size: 5_120 };
const tar = { tar: 'events.ndjson, events.csv, events.fhir.json, proofs.json, checkpoint, manifest.json' };

export const auditExamples = {
  ...auditReportExamples,
  getAuditSearch: { [`200 ${json}`]: { found } },
  getOwnAudit: { [`200 ${json}`]: { found } },
  getOpenedBy: {
    [`200 ${json}`]: {
      opened: {
        patient: 'p5c1d9',
        rows: [
          {
            uid: 'marcus',
            role: 'medical-assistant',
            how: 'record',
            date: '2026-03-10',
            firstAt: at,
            lastAt: at + 900_000,
          },
        ],
        sealedThrough: at + 960_000,
      },
    },
  },
  getAuditExport: {
    '200 application/x-tar': tar,
    '200 application/x-ndjson': { rows: `${JSON.stringify(event)}\n` },
    '200 text/csv': { rows: '"leaf","time"\r\n"1041","2026-03-10T14:00:00.000Z"\r\n' },
    '200 application/fhir+json': { bundle: { resourceType: 'Bundle', type: 'collection', entry: [] } },
  },
  getAuditReviews: {
    [`200 ${json}`]: {
      due: {
        reviews: [
          {
            ...{ week: '2026-03-02', from: at - 691_200_000, to: at - 86_400_001, dueAt: at + 518_400_000 },
            ...{ reviewedBy: null, reviewedAt: null, outcome: null, escalatedAt: null },
          },
        ],
      },
    },
  },
  postAuditReview: { [`request ${json}`]: { clear: { outcome: 'clear' } } },
  getAuditStatus: {
    [`200 ${json}`]: {
      sound: {
        logs: [
          {
            log: 'c.north',
            clinic: 'north',
            size: 5_120,
            sealedAt: at,
            key,
            checks: [{ at, kind: 'incremental', exitCode: 0, isOk: true, checked: 120 }],
          },
        ],
      },
    },
  },
};
