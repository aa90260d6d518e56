/** The account that a worker speaks for: which kind of EHR, by which address, and with whose credentials. */
import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  type ClinicSettings,
  ConfigError,
  type EhrSystem,
  type WorkerConfig,
} from '@workflow-bolt/contracts';
import {
  type CallGaps,
  type CallGuard,
  createFhirAdapter,
  createFhirGaps,
  createTebraAdapter,
  type EhrCallRecord,
  type EhrOperation,
  type EhrPort,
  type FhirClient,
} from '@workflow-bolt/ehr';

export type AdapterParts = {
  guard: CallGuard<EhrOperation>;
  deadlineMs: number;
  observe: (record: EhrCallRecord) => void;
};

export type EhrAccount = {
  /** What the limits count by; secret where the vendor says so. */
  key: string;
  gaps: CallGaps<EhrOperation>;
  connect: (parts: AdapterParts) => EhrPort;
};

export type EhrAccountConfig = Pick<WorkerConfig, 'ehrUrl' | 'ehrCustomerKey' | 'ehrUser' | 'ehrPassword'>;
export type FhirAccountConfig = Pick<
  WorkerConfig,
  | 'ehrUrl'
  | 'fhirTokenUrl'
  | 'fhirClientId'
  | 'fhirClientSecret'
  | 'fhirKeyFile'
  | 'fhirKeyId'
  | 'fhirScope'
  | 'fhirGapMs'
>;

/** The kind of EHR of these clinics; Tebra where none has one. Throws `ConfigError` for two kinds in one worker. */
export function ehrSystemOf(clinics: readonly ClinicSettings[]): EhrSystem {
  const [system = 'tebra', ...others] = new Set(
    clinics.flatMap(({ ehr }) => (ehr === null ? [] : [ehr.system])),
  );
  if (others.length === 0) return system;
  throw new ConfigError(
    'The clinics have two kinds of EHR: start a worker for each, with a clinics file of its own.',
  );
}

/** Throws `ConfigError` when an option that this kind of EHR needs is missing. */
export function ehrAccount(
  system: EhrSystem,
  config: EhrAccountConfig & FhirAccountConfig,
  gaps: CallGaps,
): EhrAccount {
  return system === 'fhir' ? fhirAccount(config) : tebraAccount(config, gaps);
}

/** Throws `ConfigError` for credentials that are missing. */
export function tebraAccount(config: EhrAccountConfig, gaps: CallGaps): EhrAccount {
  const { ehrUrl, ehrCustomerKey: customerKey, ehrUser: user, ehrPassword: password } = config;
  if (!customerKey || !user || !password) {
    throw new ConfigError('Set BOLT_EHR_CUSTOMER_KEY, BOLT_EHR_USER and BOLT_EHR_PASSWORD.');
  }
  const endpoint = ehrUrl === null ? {} : { endpoint: ehrUrl };
  return {
    key: customerKey,
    gaps,
    connect: (parts) =>
      createTebraAdapter({ ...endpoint, credentials: { customerKey, user, password }, gaps, ...parts }),
  };
}

/** Throws `ConfigError` for an option that is missing. */
export function fhirAccount(config: FhirAccountConfig): EhrAccount {
  const { ehrUrl: base, fhirClientId, fhirGapMs } = config;
  if (base === null) throw new ConfigError('A FHIR server needs its base: set BOLT_EHR_URL.');
  const client = fhirClient(config);
  const gaps = createFhirGaps(fhirGapMs);
  return {
    key: `fhir|${base}|${fhirClientId ?? ''}`,
    gaps,
    connect: (parts) => createFhirAdapter({ base, client, gaps, ...parts }),
  };
}

/** Null without a token address: then the server must be on this machine, which the adapter sees to. */
function fhirClient(config: FhirAccountConfig): FhirClient | null {
  const { fhirTokenUrl: tokenUrl, fhirClientId: clientId, fhirScope: scope } = config;
  if (tokenUrl === null && clientId === null) return null;
  if (tokenUrl === null || clientId === null)
    throw new ConfigError('Set BOLT_FHIR_TOKEN_URL and BOLT_FHIR_CLIENT_ID together.');
  const { fhirClientSecret: secret, fhirKeyFile: file, fhirKeyId: keyId } = config;
  if (file !== null && keyId !== null)
    return { tokenUrl, clientId, scope, proof: { kind: 'key', key: () => readKey(file), keyId } };
  if (secret !== null) return { tokenUrl, clientId, scope, proof: { kind: 'secret', secret } };
  throw new ConfigError('Set BOLT_FHIR_CLIENT_SECRET, or BOLT_FHIR_KEY_FILE with BOLT_FHIR_KEY_ID.');
}

/** A PKCS#8 key: of curve P-384 for ES384, of RSA for RS384, the two that SMART knows. */
async function readKey(file: string): Promise<CryptoKey> {
  const key = createPrivateKey(await readFile(file));
  const algorithm =
    key.asymmetricKeyType === 'ec'
      ? { name: 'ECDSA', namedCurve: 'P-384' }
      : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' };
  const der = new Uint8Array(key.export({ format: 'der', type: 'pkcs8' }));
  return crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}
