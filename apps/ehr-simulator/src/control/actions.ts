import { faultRule, patchConfig } from '../config.ts';
import type { SimulatorState } from '../state.ts';
import type { AppointmentRecord } from '../world/world.ts';
import { type Action, actionSchema } from './action-schema.ts';

/** The action names something that is not there. */
export class ActionRefused extends Error {}

/** Does one action now. Returns the appointment it touched, if any; throws ZodError or ActionRefused and changes nothing. */
export function applyAction(state: SimulatorState, input: unknown): AppointmentRecord | null {
  const action = actionSchema.parse(input);
  const touched = perform(state, action);
  state.journal.note({
    at: new Date(state.clock.now()).toISOString(),
    arrivedMs: state.clock.monotonic(),
    do: action.do,
    id: 'id' in action ? action.id : (touched?.id ?? null),
    status: 'status' in action ? action.status : null,
  });
  return touched;
}

function perform(state: SimulatorState, action: Action): AppointmentRecord | null {
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
    case 'burst':
      return beginBurst(state, action);
    case 'outage':
      return planOutage(state, action);
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

function beginBurst(state: SimulatorState, action: Extract<Action, { do: 'burst' }>): null {
  const { do: _, ms, ...rule } = action;
  const until = new Date(state.clock.now() + ms).toISOString();
  state.config.network.rules.push(faultRule.parse({ ...rule, until }));
  return null;
}

function planOutage(state: SimulatorState, action: Extract<Action, { do: 'outage' }>): null {
  const fromMs = state.clock.now() + action.startsInMs;
  const outage = { from: new Date(fromMs).toISOString(), to: new Date(fromMs + action.ms).toISOString() };
  state.config = patchConfig(state.config, { network: { outage } });
  return null;
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
  const user = 'by' in action && action.by !== undefined ? { updatedBy: action.by } : {};
  return state.world.change(record, { ...changeOf(action, record), ...user }, state.clock.now());
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
      const { do: _, id: __, by: ___, ...change } = action;
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
