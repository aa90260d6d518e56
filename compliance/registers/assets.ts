/** Everything that holds, moves or shows patient data, and every connection between them. The code is held to this list. */

export type AssetKind = 'process' | 'store' | 'device' | 'external';
export type Asset = {
  id: string;
  name: string;
  kind: AssetKind;
  /** The folder of a process of this repository. */
  folder?: string;
  /** What it holds of patients, in words; null for nothing. */
  patientData: string | null;
};
export type Flow = { id: string; from: string; to: string; carries: string; protection: string };

export const assets: readonly Asset[] = [
  {
    id: 'browser',
    name: 'Browser of a staff member',
    kind: 'device',
    folder: 'apps/web',
    patientData:
      'The board while it is open; unsent steps, sealed, until they are sent. Where the clinic has decided so: the last known board with short names, sealed, until the person leaves.',
  },
  { id: 'wall', name: 'Wall display', kind: 'device', patientData: 'Initials or ticket, and room.' },
  {
    id: 'api',
    name: 'API server',
    kind: 'process',
    folder: 'apps/server',
    patientData: 'Boards of the day in memory.',
  },
  {
    id: 'worker',
    name: 'Worker',
    kind: 'process',
    folder: 'apps/worker',
    patientData: 'Answers of the EHR in memory.',
  },
  {
    id: 'simulator',
    name: 'EHR simulator',
    kind: 'process',
    folder: 'apps/ehr-simulator',
    patientData: null,
  },
  {
    id: 'cli',
    name: 'Command line of an operator',
    kind: 'process',
    folder: 'apps/cli',
    patientData:
      'Answers of the EHR in memory while a check runs; what it records has its values replaced. A downtime roster that it opened, as a page for the printer.',
  },
  {
    id: 'redis',
    name: 'Redis',
    kind: 'store',
    patientData: 'Boards with identifying fields sealed; opaque ids; sessions; the audit record.',
  },
  { id: 'key-store', name: 'Key store', kind: 'store', patientData: null },
  {
    id: 'archive',
    name: 'Archive of closed days and of the audit record',
    kind: 'store',
    patientData: 'Closed days, sealed; audit entries with opaque ids.',
  },
  {
    id: 'rosters',
    name: 'Store of downtime rosters',
    kind: 'store',
    patientData: 'The newest rosters of each clinic, sealed for a key that no server has.',
  },
  { id: 'kms', name: 'Key management service', kind: 'external', patientData: null },
  {
    id: 'ehr',
    name: 'EHR (Tebra, or a FHIR server)',
    kind: 'external',
    patientData: 'The record of reference.',
  },
  {
    id: 'identity-provider',
    name: 'Identity provider of the organisation',
    kind: 'external',
    patientData: null,
  },
  { id: 'witness', name: 'Witness of the record, run by somebody else', kind: 'external', patientData: null },
  { id: 'monitoring', name: 'Logs and metrics', kind: 'external', patientData: null },
  { id: 'build', name: 'Build and release', kind: 'process', patientData: null },
];

const tls = 'TLS with a verified certificate';
export const flows: readonly Flow[] = [
  {
    id: 'F-01',
    from: 'browser',
    to: 'api',
    carries: 'commands, boards, sign-in',
    protection: 'HTTPS in front of the API; same-origin checks; session cookie',
  },
  {
    id: 'F-02',
    from: 'wall',
    to: 'api',
    carries: 'the wall projection',
    protection: 'HTTPS; a principal of its own',
  },
  {
    id: 'F-03',
    from: 'api',
    to: 'redis',
    carries: 'sealed records, log, sessions, audit entries',
    protection: 'rediss:// and an own user; fields sealed before they leave the process',
  },
  {
    id: 'F-04',
    from: 'worker',
    to: 'redis',
    carries: 'sealed records, jobs with opaque ids',
    protection: 'rediss:// and an own user',
  },
  { id: 'F-05', from: 'worker', to: 'ehr', carries: 'schedules and demographics', protection: tls },
  { id: 'F-06', from: 'api', to: 'kms', carries: 'wrapped keys', protection: tls },
  {
    id: 'F-07',
    from: 'api',
    to: 'key-store',
    carries: 'wrapped keys',
    protection: `a folder of the machine, or ${tls}`,
  },
  {
    id: 'F-08',
    from: 'worker',
    to: 'archive',
    carries: 'sealed days, audit entries',
    protection: `a folder of the machine, or ${tls}`,
  },
  {
    id: 'F-09',
    from: 'browser',
    to: 'identity-provider',
    carries: 'the sign-in of a person',
    protection: 'HTTPS; no patient data',
  },
  {
    id: 'F-10',
    from: 'api',
    to: 'identity-provider',
    carries: 'codes and tokens of a sign-in',
    protection: tls,
  },
  {
    id: 'F-11',
    from: 'api',
    to: 'monitoring',
    carries: 'allow-listed fields, ids, counts',
    protection: 'no patient data leaves; see I8',
  },
  {
    id: 'F-12',
    from: 'build',
    to: 'api',
    carries: 'code and its dependencies',
    protection: 'lock file with digests; review; tests',
  },
  { id: 'F-13', from: 'worker', to: 'kms', carries: 'wrapped keys', protection: tls },
  { id: 'F-14', from: 'cli', to: 'ehr', carries: 'what a check reads', protection: tls },
  {
    id: 'F-15',
    from: 'worker',
    to: 'rosters',
    carries: 'downtime rosters, sealed for the key of the clinic',
    protection: `a folder of the machine, or ${tls}`,
  },
  {
    id: 'F-16',
    from: 'cli',
    to: 'rosters',
    carries: 'a sealed roster, opened with the offline key',
    protection: 'sealed (X25519, AES-256-GCM); no network needed',
  },
  {
    id: 'F-17',
    from: 'cli',
    to: 'api',
    carries: 'that a roster was opened, and how the system stands',
    protection: 'HTTPS in front of the API; an API token; no patient data',
  },
  {
    id: 'F-18',
    from: 'worker',
    to: 'witness',
    carries: 'signed checkpoints of the record: sizes and hashes',
    protection: 'HTTPS; no entry and no patient data; both sides sign',
  },
];

/** Which asset an option of the configuration points at; `own` is the process itself. */
export const optionTargets: Readonly<Record<string, string>> = {
  REDIS_URL: 'redis',
  BOLT_KEYS: 'kms',
  BOLT_KEY_STORE: 'key-store',
  BOLT_ARCHIVE: 'archive',
  BOLT_DOWNTIME: 'rosters',
  BOLT_HONEY_KEYS: 'redis',
  BOLT_AUDIT_WITNESSES: 'witness',
  BOLT_EHR_URL: 'ehr',
  BOLT_FHIR_TOKEN_URL: 'ehr',
  HOST: 'own',
  BOLT_PUBLIC_ORIGIN: 'own',
};

/** Libraries that open connections, and where to. */
export const connectingLibraries: Readonly<Record<string, string>> = {
  ioredis: 'redis',
  bullmq: 'redis',
  '@google-cloud/kms': 'kms',
  '@google-cloud/storage': 'archive',
  '@aws-sdk/client-s3': 'archive',
  'openid-client': 'identity-provider',
};

/** Hosts that stand in the sources, and what they are. Namespaces are names, nothing connects to them. */
export const knownHosts: Readonly<Record<string, string>> = {
  'webservice.kareo.com': 'ehr',
  'accounts.google.com': 'identity-provider',
  'login.microsoftonline.com': 'identity-provider',
  'www.kareo.com': 'namespace',
  'schemas.datacontract.org': 'namespace',
  'schemas.microsoft.com': 'namespace',
  'schemas.openid.net': 'namespace',
  'schemas.xmlsoap.org': 'namespace',
  'www.w3.org': 'namespace',
  'hl7.org': 'namespace',
  'terminology.hl7.org': 'namespace',
  'dicom.nema.org': 'namespace',
  'profiles.ihe.net': 'namespace',
  'www.apache.org': 'namespace',
  localhost: 'own',
  '127.0.0.1': 'own',
};
