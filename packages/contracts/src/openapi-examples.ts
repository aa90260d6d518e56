/** Examples of every operation: by operation, then `request <media type>` or `<status> <media type>`, then name. */

import { accessExamples } from './access-examples.ts';
import { accessReviewExamples } from './access-review-examples.ts';
import { accountExamples } from './account-examples.ts';
import { eventExamples } from './asyncapi-event-examples.ts';
import { asyncApiFrameText } from './asyncapi-frame-examples.ts';
import { auditExamples } from './audit-examples.ts';
import type { CommandType } from './commands.ts';
import { downtimeExamples } from './downtime-examples.ts';
import { driftExamples } from './drift-examples.ts';
import { ehrLinkExamples } from './ehr-link-examples.ts';
import { visitStatuses } from './entities.ts';
import { keyExamples } from './key-examples.ts';
import { commandExamples } from './openapi-command-examples.ts';
import {
  nineOClock,
  sampleActor,
  sampleChain,
  sampleClient,
  sampleCursor,
  sampleDay,
  sampleEpoch,
  samplePerson,
  sampleRoom,
  sampleSync,
  sampleTab,
  sampleVisit,
} from './openapi-samples.ts';
import { passkeyExamples } from './passkey-examples.ts';
import { patientSearchExamples } from './patient-search-examples.ts';
import { queueExamples } from './queue-examples.ts';
import { retentionExamples } from './retention-examples.ts';
import type { RouteId } from './routes.ts';
import { sessionExamples } from './session-examples.ts';
import { dependencyExamples, systemStateExamples } from './system-state-examples.ts';
import { writeBackExamples } from './write-back-examples.ts';

type Examples = Record<string, Record<string, unknown>>;
const json = 'application/json';

const envelope = (type: CommandType, n: number) => ({
  clientId: sampleClient,
  n,
  command: commandExamples[type],
  expectedVersion: 41,
});
const applied = {
  outcome: 'applied',
  n: 8,
  seq: 43,
  eventIds: [`${sampleClient}:8#0`, `${sampleClient}:8#1`],
};

const entities = [
  { id: 'day', v: 1, d: sampleDay },
  { id: 'r:exam-1', v: 1, d: sampleRoom },
  { id: 'v:t1c9k2', v: 42, d: sampleVisit },
  { id: 'p:t1c9k2', v: 12, d: samplePerson },
];

const none = { count: 0, meanMs: null, medianMs: null, p90Ms: null };
const dayMetrics = {
  counts: { ...Object.fromEntries(visitStatuses.map((status) => [status, 0])), scheduled: 30, arrived: 1 },
  total: 31,
  inOffice: 1,
  waiting: 1,
  averageWaitNowMs: 240_000,
  arrived: 1,
  leftWithoutBeingSeen: 0,
  lwbsPercent: 0,
  onTimePercent: 100,
  noShowPercent: 0,
  valueAddedMedian: null,
  intervals: {
    lobbyAdjusted: { finished: none, running: { count: 1, meanMs: 240_000, maxMs: 240_000 } },
    cycle: {
      finished: { count: 1, meanMs: 2_400_000, medianMs: 2_400_000, p90Ms: 2_400_000 },
      running: { count: 0, meanMs: null, maxMs: null },
    },
  },
};

const user = { id: 'marcus', name: 'Marcus Bell', role: 'medical-assistant', clinics: ['main-street'] };
const clinics = [
  { id: 'main-street', name: sampleDay.clinicName, zone: sampleDay.zone, today: sampleDay.date },
];
const session = {
  user,
  station: 'ma-tablet-1',
  clinics,
  isDevelopmentLogin: true,
  isDevelopment: true,
  roles: ['medical-assistant'],
  aal: '2',
  now: nineOClock,
  expiresAt: nineOClock + 43_200_000,
  idleEndsAt: nineOClock + 900_000,
  stepUps: {},
  workstation: null,
  csrf: 'mG0y2dC4r1o0p8Vb9yPqk3fQxWnJt7LzEeUs5HaDi6A',
};
const importRow = {
  id: 'a-1009',
  name: 'Avery Example',
  dob: '1984-05-17',
  appointmentTime: '2026-03-02T09:30:00-06:00',
  provider: 'Dr. Okafor',
  status: 'Confirmed',
};

export const openApiExamples: Partial<Record<RouteId, Examples>> = {
  postCommands: {
    [`request ${json}`]: {
      ...Object.fromEntries(
        (Object.keys(commandExamples) as CommandType[]).map((type) => [type, envelope(type, 8)]),
      ),
      batch: { commands: [envelope('setCheckInCompleted', 8), envelope('moveVisit', 9)] },
    },
    [`200 ${json}`]: {
      applied: { outcomes: [applied] },
      batch: {
        outcomes: [
          { outcome: 'duplicate', n: 8, seq: 43, code: null },
          {
            outcome: 'conflict',
            n: 9,
            code: 'version_conflict',
            current: { id: 'v:t1c9k2', v: 44, d: sampleVisit },
            by: sampleActor,
            at: nineOClock,
          },
          {
            outcome: 'rejected',
            n: 10,
            code: 'room_occupied',
            title: 'The room is taken.',
            details: { occupants: ['t9x2b1'], free: ['exam-2'] },
          },
          { outcome: 'hold', n: 11, code: 'store_unavailable', retryAfterMs: 2_000, expectedN: null },
        ],
      },
    },
  },
  getBoard: {
    [`200 ${json}`]: {
      board: {
        clinic: 'main-street',
        date: sampleDay.date,
        epoch: sampleEpoch,
        seq: 42,
        chain: sampleChain,
        cursor: sampleCursor,
        at: nineOClock + 1_200_000,
        digest: '9c41d5aa03be7712',
        entities,
        degraded: [],
      },
    },
  },
  getStream: { '200 text/event-stream': { frames: asyncApiFrameText() } },
  getHistory: { [`200 ${json}`]: { atNine: { at: nineOClock, seq: 3, entities: entities.slice(0, 2) } } },
  getVisitHistory: {
    [`200 ${json}`]: {
      visit: {
        visitId: 't1c9k2',
        entries: [
          {
            seq: 43,
            commandId: `${sampleClient}:8`,
            command: 'moveVisit',
            at: nineOClock + 1_500_000,
            actor: sampleActor,
            source: 'ui',
            events: [eventExamples['visit.moved'], eventExamples['room.occupied']],
          },
        ],
      },
    },
  },
  getDayReport: {
    [`200 ${json}`]: {
      evening: {
        ...{ clinic: 'main-street', clinicName: 'Main Street Clinic', date: '2026-03-02' },
        ...{ state: 'closed', at: nineOClock + 36_000_000, numbers: dayMetrics },
        visits: [
          {
            ...{ visit: 't1c9k2', kind: 'booked', status: 'completed', provider: 'Dr. Okafor' },
            ...{ type: 'Follow-up', booked: '09:00', arrived: '08:55', roomed: '09:05' },
            ...{ withDoctor: '09:12', seen: '09:25', ended: '09:31', lobbyMin: 5, totalMin: 36 },
          },
        ],
      },
    },
    '200 text/csv': { line: 'visit,kind,status\r\nt1c9k2,booked,completed\r\n' },
    '200 text/plain': { page: 'Main Street Clinic, 2026-03-02 (closed)\n' },
  },
  getMetricsSummary: {
    [`200 ${json}`]: {
      now: {
        at: nineOClock + 1_500_000,
        seq: 43,
        day: dayMetrics,
        providers: [{ providerId: 'dr-okafor', metrics: dayMetrics }],
      },
    },
  },
  postImport: {
    [`request ${json}`]: { list: [importRow], export: { patients: [importRow] } },
    'request text/tab-separated-values': {
      withHeader:
        'Date\tTime\tStatus\tName\tDOB\tType\n03/02/2026\t9:30 AM\tConfirmed\tAvery Example\t05/17/1984\tFollow-up\n',
      withoutHeader: '2026-03-02\t09:30\tScheduled\tAvery Example\t1984-05-17\tFollow-up\n',
    },
    [`200 ${json}`]: {
      imported: {
        created: 24,
        updated: 1,
        unchanged: 3,
        warnings: [{ line: 7, message: 'The provider is not one of this day; the visit has none.' }],
      },
    },
  },
  postSync: { [`202 ${json}`]: { accepted: { jobId: '17', sync: sampleSync } } },
  postPresence: {
    [`request ${json}`]: { here: { tab: sampleTab, ackSeq: 42, visible: true, editing: 'v:t1c9k2' } },
  },
  getSession: { [`200 ${json}`]: { session } },
  ...accountExamples,
  ...sessionExamples(session),
  ...accessReviewExamples,
  ...auditExamples,
  ...accessExamples,
  ...ehrLinkExamples,
  ...downtimeExamples,
  ...driftExamples,
  ...writeBackExamples,
  ...queueExamples,
  ...systemStateExamples,
  ...retentionExamples,
  ...keyExamples,
  ...passkeyExamples,
  ...patientSearchExamples,
  getClinics: { [`200 ${json}`]: { clinics: { clinics } } },
  getDevUsers: { [`200 ${json}`]: { users: { users: [user] } } },
  postDevLogin: {
    [`request ${json}`]: { login: { userId: 'marcus', station: 'ma-tablet-1' } },
    [`200 ${json}`]: { session },
  },
  getHealth: { [`200 ${json}`]: { ok: { status: 'ok' } } },
  getReady: {
    [`200 ${json}`]: { degraded: { status: 'degraded', dependencies: dependencyExamples } },
    [`503 ${json}`]: {
      'not-ready': {
        status: 'not-ready',
        dependencies: [
          {
            ...{ name: 'redis', state: 'away', isOk: false, latencyMs: null },
            ...{ lastGoodAt: nineOClock, detail: 'no answer' },
          },
        ],
      },
    },
  },
  getMetrics: { '200 text/plain': { lines: '# TYPE bolt_streams gauge\nbolt_streams 12\n' } },
  getOpenApi: { [`200 ${json}`]: { beginning: { openapi: '3.1.0' } } },
  getAsyncApi: { [`200 ${json}`]: { beginning: { asyncapi: '3.0.0' } } },
  getDocs: { '200 text/html': { page: '<!doctype html>' } },
};
