import type { CallClock } from '../call-clock.ts';
import type { EhrWritePort } from '../ehr-write-port.ts';
import { createAppointment } from './create-appointment.ts';
import type { CallTebra } from './tebra-reads.ts';
import { previewStatus, writeStatus } from './write-status.ts';

/** The port's writing methods over a way to call the service; the clock is the one that calls are paced by. */
export function tebraWrites(call: CallTebra, clock: CallClock): EhrWritePort {
  const tools = { call, clock };
  return {
    writeStatus: (write, signal) => writeStatus(tools, write, signal),
    previewStatus: (write, signal) => previewStatus(tools, write, signal),
    create: (creation, signal) => createAppointment(tools, creation, signal),
  };
}
