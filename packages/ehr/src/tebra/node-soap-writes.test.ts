import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as soap from 'soap';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EhrPort } from '../ehr-port.ts';
import { openGate, steppedClock, TEST_CREDENTIALS } from './adapter-fixtures.ts';
import { describeShared, sharedText } from './shared-material.ts';
import { createTebraAdapter } from './tebra-adapter.ts';
import { CHECK_IN, WALK_IN } from './writing-fixtures.ts';

/** node-soap reads our writes by the vendor's own contract, type by type, and answers them from what it understood. */

const GOOD = {
  ErrorResponse: { IsError: false },
  SecurityResponse: { Authenticated: true, Authorized: true, CustomerId: 31, CustomerKeyValid: true },
};

const STORED = {
  AppointmentId: '5001',
  AppointmentMode: 'InOffice',
  AppointmentName: 'Rowan & Vale',
  AppointmentReasonId: '402',
  AppointmentStatus: 'Scheduled',
  EndTime: '2026-03-09T15:40:00Z',
  InsurancePolicyAuthorizationId: '60007',
  IsRecurring: false,
  MaxAttendees: 1,
  Notes: 'as <said>',
  PatientCaseId: '41',
  PatientSummary: { PatientId: '601' },
  PracticeId: '7',
  ProviderId: '81',
  ResourceIds: { long: ['81', '251'] },
  ServiceLocationId: '91',
  StartTime: '2026-03-09T15:20:00Z',
};

type Understood = { request: { Appointment: Record<string, unknown> } };

/** The service's side: one appointment, replaced by every write. */
class Service {
  stored: Record<string, unknown> = STORED;
  readonly understood: Record<string, unknown>[] = [];

  readonly operations = {
    GetAppointment: () => ({ GetAppointmentResult: { ...GOOD, Appointment: this.stored } }),
    GetAppointments: () => ({ GetAppointmentsResult: { ...GOOD, Appointments: {} } }),
    UpdateAppointment: (args: Understood) => ({ UpdateAppointmentResult: this.#written(args) }),
    CreateAppointment: (args: Understood) => ({
      CreateAppointmentResult: this.#written(args, { AppointmentId: '7001' }),
    }),
  };

  #written({ request: { Appointment: asked } }: Understood, more: object = {}) {
    this.understood.push(asked);
    const { PatientId, ...own } = asked;
    const person = PatientId === undefined ? {} : { PatientSummary: { PatientId } };
    this.stored = { ...own, ...person, ...more };
    return { ...GOOD, Appointment: this.stored };
  }
}

describeShared('node-soap with the vendor’s WSDL reads our writes', () => {
  let server: Server;
  let port: EhrPort;
  let service = new Service();

  beforeAll(async () => {
    server = createServer((_request, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const named = (name: keyof Service['operations']) => (args: Understood) => service.operations[name](args);
    const operations = {
      GetAppointment: named('GetAppointment'),
      GetAppointments: named('GetAppointments'),
      UpdateAppointment: named('UpdateAppointment'),
      CreateAppointment: named('CreateAppointment'),
    };
    await new Promise<void>((resolve) => {
      soap.listen(server, {
        path: '/soap',
        services: { KareoServices: { BasicHttpBinding_KareoServices: operations } },
        xml: sharedText('KareoServices.single.wsdl'),
        callback: () => resolve(),
        // Texts as they were sent, so that nothing is compared with a date or a rounded number.
        customDeserializer: { dateTime: (text: string) => text, long: (text: string) => text },
      } as soap.IServerOptions & { path: string; services: soap.IServices; xml: string });
    });
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/soap`;
    port = createTebraAdapter({
      endpoint,
      credentials: TEST_CREDENTIALS,
      gate: openGate,
      clock: steppedClock(),
    });
  });
  beforeEach(() => {
    service = new Service();
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test('an update is understood whole: every member that was read, and the new status', async () => {
    expect(await port.writeStatus(CHECK_IN)).toMatchObject({ kind: 'written' });
    const { PatientSummary, PracticeId: _, ...own } = STORED;
    expect(service.understood).toHaveLength(1);
    expect(service.understood[0]).toEqual({
      ...own,
      ...PatientSummary,
      AppointmentStatus: 'CheckedIn',
    });
  });

  test('a creation is understood whole', async () => {
    expect(await port.create(WALK_IN)).toMatchObject({ kind: 'written', appointmentId: '7001' });
    expect(service.understood).toEqual([
      {
        AppointmentName: 'Rowan Vale',
        AppointmentReasonId: '402',
        AppointmentStatus: 'CheckedIn',
        AppointmentType: 'P',
        EndTime: '2026-03-09T15:40:00Z',
        IsRecurring: false,
        MaxAttendees: 1,
        PatientCaseId: '41',
        PatientSummary: { PatientId: '601' },
        PracticeId: '7',
        ProviderId: '81',
        ResourceIds: { long: ['81'] },
        ServiceLocationId: '91',
        StartTime: '2026-03-09T15:20:00Z',
      },
    ]);
  });
});
