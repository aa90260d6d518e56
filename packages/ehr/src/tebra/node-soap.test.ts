import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as soap from 'soap';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EhrPort } from '../ehr-port.ts';
import { openGate, TEST_CREDENTIALS } from './adapter-fixtures.ts';
import {
  OPERATION_NAMES,
  READ_OPERATIONS,
  REQUEST_MEMBERS,
  type ReadOperation,
  type RequestMember,
} from './operations.ts';
import { structureWithout } from './request-structure.ts';
import { describeShared, sharedPath, sharedText } from './shared-material.ts';
import { type RequestValues, soapRequest } from './soap-request.ts';
import { createTebraAdapter } from './tebra-adapter.ts';
import { parseXml, type XmlElement } from './xml-tree.ts';

/**
 * A second opinion: node-soap with the vendor's own WSDL reads what this adapter writes, writes what it reads,
 * and orders the same requests the same way. It is lenient where the real service is strict, so it only adds
 * to the comparison with the samples.
 */

// Without a null: its server writes xsi:nil without declaring the prefix, which is no XML.
const GOOD = {
  ErrorResponse: { IsError: false },
  SecurityResponse: { Authenticated: true, Authorized: true, CustomerId: 31, CustomerKeyValid: true },
};

const ANSWERS: Readonly<Record<ReadOperation, object>> = {
  GetAppointments: {
    ...GOOD,
    Appointments: {
      AppointmentData: [
        {
          ID: '5001',
          PatientFullName: 'Zoë & Sons',
          PatientID: '601',
          StartDate: '3/9/2026 3:00:00 PM',
          Type: 'P',
        },
      ],
    },
  },
  GetAppointment: {
    ...GOOD,
    Appointment: { AppointmentId: '5001', AppointmentStatus: 'Roomed', StartTime: '2026-03-09T15:00:00Z' },
  },
  GetPatient: { ...GOOD, Patient: { DOB: '2/29/1984', ID: '601' } },
  GetPatients: { ...GOOD, Patients: { PatientData: [{ ID: '601' }, { ID: '602' }] } },
  GetProviders: {
    ...GOOD,
    Providers: { ProviderData: [{ Active: 'True', ID: '81', Type: 'Normal Provider' }] },
  },
  GetPractices: { ...GOOD, Practices: { PracticeData: [{ ID: '7', PracticeName: 'Fern Street Clinic ' }] } },
  GetServiceLocations: {
    ...GOOD,
    ServiceLocations: { ServiceLocationData: [{ ID: '91', Name: 'Fern Street' }] },
  },
  GetThrottles: {
    ...GOOD,
    ThrottleDetails: { ThrottleDetail: [{ Endpoint: 'GetPatient', ThrottleTimeMs: 250 }] },
  },
  GetCustomerIdFromKey: { CustomerId: 31, IsAuthorized: true },
};

const QUESTIONS: Readonly<
  Record<ReadOperation, { ask: (port: EhrPort) => Promise<unknown>; request: object; value: unknown }>
> = {
  GetAppointments: {
    ask: (port) =>
      port.schedule({
        practiceName: 'Fern & Street <Clinic>',
        window: { startAt: Date.UTC(2026, 2, 9, 4), endAt: Date.UTC(2026, 2, 10, 6) },
        patientId: '601',
        resourceName: 'Dana "D" Moor',
        type: 'P',
      }),
    request: {
      Filter: {
        EndDate: '3/10/2026 6:00:00 AM',
        PatientID: '601',
        PracticeName: 'Fern & Street <Clinic>',
        ResourceName: 'Dana "D" Moor',
        StartDate: '3/9/2026 4:00:00 AM',
        TimeZoneOffsetFromGMT: '0',
        Type: 'P',
      },
    },
    value: {
      phantomRows: 0,
      rows: [{ appointmentId: '5001', patientName: 'Zoë & Sons', patientId: '601', type: 'P' }],
    },
  },
  GetAppointment: {
    ask: (port) => port.appointment('5001'),
    request: { Appointment: { AppointmentId: expect.anything() } },
    value: {
      appointmentId: '5001',
      status: { canonical: 'Roomed' },
      start: { kind: 'instant', at: Date.UTC(2026, 2, 9, 15) },
    },
  },
  GetPatient: {
    ask: (port) => port.patient('601'),
    request: { Filter: { PatientID: 601 } },
    value: { patientId: '601', dateOfBirth: '1984-02-29' },
  },
  GetPatients: {
    ask: (port) => port.patients({ lastName: "O'Vale", modified: { from: '2026-03-08', to: '2026-03-09' } }),
    request: {
      Filter: { FromLastModifiedDate: '2026-03-08', LastName: "O'Vale", ToLastModifiedDate: '2026-03-10' },
    },
    value: [{ patientId: '601' }, { patientId: '602' }],
  },
  GetProviders: {
    ask: (port) => port.providers({ practiceId: '7' }),
    request: { Filter: { PracticeID: '7' } },
    value: [{ providerId: '81', active: true, kind: 'normal' }],
  },
  GetPractices: {
    ask: (port) => port.practices(),
    request: {},
    value: [{ practiceId: '7', name: 'Fern Street Clinic ' }],
  },
  GetServiceLocations: {
    ask: (port) => port.serviceLocations({ practiceId: '7' }),
    request: { Filter: { PracticeID: '7' } },
    value: [{ locationId: '91', name: 'Fern Street' }],
  },
  GetThrottles: {
    ask: (port) => port.throttles(),
    request: {},
    value: [{ endpoint: 'GetPatient', minGapMs: 250 }],
  },
  GetCustomerIdFromKey: { ask: (port) => port.checkCredentials(), request: {}, value: { customerId: '31' } },
};

describeShared('node-soap with the vendor’s WSDL', () => {
  const received = new Map<string, unknown>();
  let server: Server;
  let port: EhrPort;
  let client: soap.Client;

  beforeAll(async () => {
    server = createServer((_request, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await new Promise<void>((resolve) => {
      const wsdl = sharedText('KareoServices.single.wsdl');
      soap.listen(server, {
        path: '/soap',
        services: services(received),
        xml: wsdl,
        callback: () => resolve(),
      });
    });
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/soap`;
    port = createTebraAdapter({ endpoint, credentials: TEST_CREDENTIALS, gate: openGate });
    client = await soap.createClientAsync(sharedPath('KareoServices.single.wsdl'), { endpoint });
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  test.each(READ_OPERATIONS)('reads our %s and is read by us', async (operation) => {
    const { ask, request, value } = QUESTIONS[operation];
    expect(await ask(port)).toMatchObject({ ok: true, value });
    const account = { CustomerKey: 'key-4711', Password: 'p&<"secret', User: 'board@example.test' };
    const header =
      operation === 'GetCustomerIdFromKey'
        ? account
        : { RequestHeader: { ClientVersion: '2.1', ...account } };
    expect(received.get(operation)).toMatchObject({ request: { ...header, ...request } });
  });

  test.each(OPERATION_NAMES)('orders %s as we do, from members in reverse', async (operation) => {
    const values = filled(REQUEST_MEMBERS[operation], false);
    const reversed = filled(REQUEST_MEMBERS[operation], true);
    await client[`${operation}Async`]?.({ request: reversed });
    const theirs = find(parseXml(client.lastRequest ?? ''), operation);
    const ours = find(parseXml(soapRequest(operation, values)), operation);
    expect(theirs && structureWithout(theirs, 'Fields')).toEqual(ours && structureWithout(ours, 'Fields'));
  });
});

function filled(members: readonly RequestMember[], isReversed: boolean): RequestValues {
  const entries = members.map(
    ({ name, children }) => [name, children ? filled(children, isReversed) : '1'] as const,
  );
  return Object.fromEntries(isReversed ? entries.reverse() : entries);
}

function find(root: XmlElement, name: string): XmlElement | undefined {
  return root.children.find((child) => child.name === 'Body')?.children.find((child) => child.name === name);
}

/** Every operation notes what it received and answers what was prepared. */
function services(received: Map<string, unknown>): soap.IServices {
  const operations = Object.fromEntries(
    OPERATION_NAMES.map((operation) => [
      operation,
      (args: unknown) => {
        received.set(operation, args);
        return {
          [`${operation}Result`]: { CreateAppointment: GOOD, UpdateAppointment: GOOD, ...ANSWERS }[operation],
        };
      },
    ]),
  );
  return { KareoServices: { BasicHttpBinding_KareoServices: operations } };
}
