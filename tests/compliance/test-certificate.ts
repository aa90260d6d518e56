/** X.509 certificates for tests, made in memory: the repository holds no private key, not even a harmless one. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

type Der = Buffer;

function tlv(tag: number, ...parts: readonly Der[]): Der {
  const body = Buffer.concat(parts);
  const size = body.length;
  const head = size < 128 ? [tag, size] : size < 256 ? [tag, 0x81, size] : [tag, 0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from(head), body]);
}
const sequence = (...parts: readonly Der[]): Der => tlv(0x30, ...parts);
const oid = (hex: string): Der => tlv(0x06, Buffer.from(hex, 'hex'));
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const commonName = (name: string): Der =>
  sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from(name)))));
/** UTCTime, good until 2049. */
const time = (at: Date): Der =>
  tlv(0x17, Buffer.from(`${at.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`));
const extension = (id: string, value: Der): Der => sequence(oid(id), tlv(0x04, value));

const dayMs = 86_400_000;

export type TestCertificate = { cert: string; key: string; name: string; privateKey: KeyObject };
type Wanted = {
  name: string;
  /** IPv4 address that it is good for; none makes it good for no host. */
  ip?: string;
  /** Days from now until it ends; negative for one that has ended. */
  endsInDays?: number;
  /** Signs itself without one. */
  issuer?: TestCertificate;
};

/** A certificate on P-256; every one may also sign others. */
export function testCertificate({ name, ip, endsInDays = 2, issuer }: Wanted): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const until = Date.now() + endsInDays * dayMs;
  const names = ip === undefined ? [] : [tlv(0x87, Buffer.from(ip.split('.').map(Number)))];
  const extensions = [
    extension('551d13', sequence(tlv(0x01, Buffer.from([0xff])))),
    ...(names.length > 0 ? [extension('551d11', sequence(...names))] : []),
  ];
  const serial = tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)]));
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    serial,
    ecdsaWithSha256,
    commonName(issuer?.name ?? name),
    sequence(time(new Date(until - 10 * dayMs)), time(new Date(until))),
    commonName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, issuer?.privateKey ?? privateKey);
  const whole = sequence(body, ecdsaWithSha256, tlv(0x03, Buffer.from([0]), signature));
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  return { cert: pem(whole), key, name, privateKey };
}

const pem = (der: Der): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
