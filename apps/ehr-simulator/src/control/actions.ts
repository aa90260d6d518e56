import { z } from 'zod';
import { faultRule, patchConfig } from '../config.ts';
import type { SimulatorState } from '../state.ts';
import type { AppointmentRecord } from '../world/world.ts';

const id = z.number().int().positive();
const instant = z.iso.datetime({ offset: true });
const minutes = z
  .number()
  .min(1)
  .max(24 * 60);

/** What can be done to the EHR from outside, by a test, a script or a person: each as a line of JSON. */
export const actionSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('config'), patch: z.record(z.string(), z.unknown()) }),
  z.strictObject({ do: z.literal('fault'), rule: faultRule }),
  z.strictObject({ do: z.literal('clear-faults') }),
  z.strictObject({ do: z.literal('status'), id, status: z.string().max(60) }),
  z.strictObject({ do: z.literal('cancel'), id }),
  z.strictObject({ do: z.literal('move'), id, startTime: instant, minutes: minutes.optional() }),
  z.strictObject({
    do: z.literal('edit'),
    id,
    notes: z.string().max(4000).optional(),
    providerId: id.optional(),
    locationId: id.optional(),
    resourceIds: z.array(id).max(9).optional(),
    patientId: id.nullable().optional(),
    caseId: id.nullable().optional(),
  }),
  /** `flag` leaves a deleted record behind, `gone` leaves nothing. */
  z.strictObject({ do: z.literal('delete'), id, mode: z.enum(['flag', 'gone']).default('flag') }),
  z.strictObject({
    do: z.literal('add'),
    patientId: id.nullable(),
    startTime: instant,
    minutes: minutes.default(20),
    providerId: id.optional(),
    status: z.string().max(60).default('Scheduled'),
    type: z.enum(['P', 'O']).default('P'),
    notes: z.string().max(4000).default(''),
  }),
  z.strictObject({
    do: z.literal('patient'),
    id,
    deleted: z.boolean().optional(),
    mergedInto: id.nullable().optional(),
    alert: z.string().max(400).nullable().optional(),
  }),
  z.strictObject({
    do: z.literal('clock'),
    set: instant.optional(),
    advanceMs: z.number().optional(),
    speed: z.number().min(0).max(100_000).optional(),
  }),
]);

export type Action = z.output<typeof actionSchema>;
export type ActionInput = z.input<typeof actionSchema>;

/** The action names something that is not there. */
export class ActionRefused extends Error {}

/** Does one action now. Returns the appointment it touched, if any; throws ZodError or ActionRefused and changes nothing. */
export function applyAction(state: SimulatorState, input: unknown): AppointmentRecord | null {
  const action = actionSchema.parse(input);
  switch (action.do) {
    case 'config':
      state.config = patchConfig(state.config, action.patch);
      return null;
    case 'fault':
      state.config.network.rules.push(action.rule);
      return null;
    case 'clear-faults':
      state.config.network.rules = [];
      return null;
    case 'clock':
      return setClock(state, action);
    case 'patient':
      return changePatient(state, action);
    case 'add':
      return addAppointment(state, action);
    default:
      return changeAppointment(state, action);
  }
}

function setClock(state: SimulatorState, action: Extract<Action, { do: 'clock' }>): null {
  if (action.set !== undefined) state.clock.set(Date.parse(action.set));
  if (action.advanceMs !== undefined) state.clock.advance(action.advanceMs);
  if (action.speed !== undefined) state.clock.setSpeed(action.speed);
  return null;
}

function changePatient(state: SimulatorState, action: Extract<Action, { do: 'patient' }>): null {
  const { do: _, id: patientId, ...change } = action;
  if (!state.world.changePatient(patientId, change, state.clock.now()))
    throw new ActionRefused(`no patient ${patientId}`);
  return null;
}

type AppointmentAction = Extract<Action, { do: 'status' | 'cancel' | 'move' | 'edit' | 'delete' }>;

function changeAppointment(state: SimulatorState, action: AppointmentAction): AppointmentRecord {
  const record = state.world.find(action.id);
  if (!record) throw new ActionRefused(`no appointment ${action.id}`);
  if (action.do === 'delete' && action.mode === 'gone') {
    state.world.remove(record);
    return record;
  }
  return state.world.change(record, changeOf(action, record), state.clock.now());
}

function changeOf(action: AppointmentAction, record: AppointmentRecord): Partial<AppointmentRecord> {
  switch (action.do) {
    case 'status':
      return { status: action.status };
    case 'cancel':
      return { status: 'Cancelled' };
    case 'delete':
      return { deleted: true };
    case 'move':
      return movedTo(Date.parse(action.startTime), action.minutes, record);
    case 'edit': {
      const { do: _, id: __, ...change } = action;
      return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    }
  }
}

function movedTo(
  startMs: number,
  length: number | undefined,
  record: AppointmentRecord,
): Partial<AppointmentRecord> {
  return {
    startMs,
    endMs: startMs + (length === undefined ? record.endMs - record.startMs : length * 60_000),
  };
}

function addAppointment(state: SimulatorState, action: Extract<Action, { do: 'add' }>): AppointmentRecord {
  const { world } = state;
  const patient = action.patientId === null ? undefined : world.patients.get(action.patientId);
  if (action.patientId !== null && !patient) throw new ActionRefused(`no patient ${action.patientId}`);
  const startMs = Date.parse(action.startTime);
  const now = state.clock.now();
  return world.add({
    occurrenceId: null,
    patientId: action.patientId,
    type: action.type,
    startMs,
    endMs: startMs + action.minutes * 60_000,
    recurring: false,
    group: false,
    status: action.status,
    providerId: action.providerId ?? world.providers[0]?.id ?? 0,
    resourceIds: [],
    reasonId: 401,
    reasonName: 'Follow Up',
    locationId: world.locations[0]?.id ?? 0,
    practiceId: world.practices[0]?.id ?? 0,
    name: patient?.fullName ?? action.notes,
    notes: action.notes,
    mode: 'InOffice',
    maxAttendees: 1,
    caseId: patient?.caseId ?? null,
    authorizationId: null,
    createdMs: now,
    updatedMs: now,
    updatedBy: 12,
    deleted: false,
    oddities: [],
  });
}
