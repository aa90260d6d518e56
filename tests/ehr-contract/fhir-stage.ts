import type { Appointment, Encounter } from '@medplum/fhirtypes';
import { createFhirAdapter, FHIR_WORDS, type FhirOptions, fhirStatus } from '@workflow-bolt/ehr';
import {
  type ContractStage,
  DEADLINES,
  HASTY_RETRY,
  hastyClock,
  type ReadFault,
  type WriteFault,
} from './contract-stage.ts';
import { booking, CLINIC_DATE, CLINIC_ZONE, PRACTICE, seedClinic } from './fhir-clinic.ts';
import { type FhirCall, type FhirFault, type FhirServer, startFhirServer } from './fhir-server.ts';

/** The FHIR adapter over a server, without waiting. */
export function hastyFhirAdapter(server: Pick<FhirServer, 'base'>, options: Partial<FhirOptions> = {}) {
  return createFhirAdapter({
    base: server.base,
    client: null,
    gate: { acquire: async () => {}, defer: () => {} },
    clock: hastyClock(),
    retry: HASTY_RETRY,
    deadlineMs: DEADLINES.port,
    ...options,
  });
}

const answer = (status: number, body: string, headers = {}): FhirFault => ({
  kind: 'answer',
  status,
  body,
  headers,
});
const outcome = (code: string) =>
  JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] });

const READ_FAULTS: Readonly<Record<ReadFault, FhirFault>> = {
  'reset-before': { kind: 'reset-before' },
  truncate: { kind: 'truncate' },
  html: answer(503, '<html>down</html>', { 'content-type': 'text/html' }),
  garbage: answer(200, '{"resourceType":Bundle}'),
  throttled: answer(429, outcome('throttled'), { 'retry-after': '2' }),
  'refused-login': answer(401, outcome('login')),
};
const WRITE_FAULTS: Readonly<Record<WriteFault, FhirFault>> = {
  'reset-before': { kind: 'reset-before' },
  'reset-after': { kind: 'reset-after' },
  'hang-after': { kind: 'hang-after' },
  'truncate-after': { kind: 'truncate-after' },
  throttled: READ_FAULTS.throttled,
};

const isWrite = ({ method }: FhirCall) => method !== 'GET';
const isRead = ({ method }: FhirCall) => method === 'GET';

/** Medplum's server with the clinic behind the FHIR adapter. */
export async function fhirStage(): Promise<ContractStage & { readonly server: FhirServer }> {
  const server = await startFhirServer();
  await seedClinic(server);
  const { repo } = server;
  let made = 0;
  const read = (id: string) => repo.readResource<Appointment>('Appointment', id);
  const change = async (id: string, members: Partial<Appointment>) => {
    await repo.updateResource({ ...(await read(id)), ...members });
  };
  const encounterOf = (id: string) =>
    repo.searchOne<Encounter>({
      resourceType: 'Encounter',
      filters: [{ code: 'appointment', operator: 'eq' as never, value: `Appointment/${id}` }],
    });
  return {
    server,
    port: hastyFhirAdapter(server),
    hurried: hastyFhirAdapter(server, { deadlineMs: DEADLINES.hurried }),
    practiceName: PRACTICE,
    zone: CLINIC_ZONE,
    date: CLINIC_DATE,
    async scheduled() {
      made += 1;
      const appointmentId = `fresh-${made}`;
      await repo.createResource(booking({ id: appointmentId, patient: 'pat-1', time: '13:00' }));
      return { appointmentId, patientId: 'pat-1' };
    },
    async held(id) {
      const appointment = await read(id);
      const encounter = (await encounterOf(id)) ?? null;
      return {
        status: fhirStatus(appointment, encounter).canonical,
        notes: appointment.comment ?? '',
        billing: appointment.extension?.[0]?.valueString ?? '',
      };
    },
    async changeStatus(id, status) {
      const words = FHIR_WORDS[status];
      const { participant } = await read(id);
      const answered = participant.map((one) =>
        one.actor?.reference?.startsWith('Patient/')
          ? { ...one, status: words?.participant ?? one.status }
          : one,
      );
      await change(id, { status: words?.appointment as Appointment['status'], participant: answered });
    },
    changeNotes: (id, comment) => change(id, { comment }),
    remove: (id) => repo.deleteResource('Appointment', id),
    betweenReadAndWrite(happens) {
      server.after = async (call) => {
        // The last thing that is read before a write.
        if (!isRead(call) || !call.path.startsWith('Encounter?')) return;
        server.after = async () => {};
        await happens();
      };
    },
    nextWrite(fault) {
      server.faults = [{ matches: isWrite, fault: WRITE_FAULTS[fault], isLasting: fault === 'throttled' }];
    },
    nextReads(fault) {
      server.faults = [{ matches: isRead, fault: READ_FAULTS[fault], isLasting: true }];
    },
    allWell() {
      server.faults = [];
    },
    writes: () => server.calls.filter(isWrite).length,
    async newAppointment() {
      return {
        practiceId: 'org-1',
        practiceName: PRACTICE,
        serviceLocationId: 'site-1',
        providerId: 'doc-1',
        patientId: 'pat-2',
        startAt: Date.parse(`${CLINIC_DATE}T14:07:00-05:00`) + made++ * 60_000,
        endAt: Date.parse(`${CLINIC_DATE}T14:07:00-05:00`) + 7_200_000,
        name: 'walk-in',
        reasonId: null,
        caseId: null,
        resourceIds: ['doc-1'],
        notes: null,
      };
    },
    async count(patientId, startAt) {
      const all = await repo.searchResources<Appointment>({ resourceType: 'Appointment', count: 1_000 });
      return all.filter(
        ({ start, participant }) =>
          Date.parse(start ?? '') === startAt &&
          participant.some(({ actor }) => actor?.reference === `Patient/${patientId}`),
      ).length;
    },
    stop: () => server.stop(),
  };
}
