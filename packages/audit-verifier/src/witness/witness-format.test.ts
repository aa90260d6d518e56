/** The bytes that witnesses and logs exchange, against the examples that the C2SP specifications print (CC BY 4.0). */
import { createPrivateKey, createPublicKey, hash, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readCheckpoint } from '../checkpoint.ts';
import { cosignature, formatKey, formatSignatures, noteKey, parseKey, verifyNote } from '../signed-note.ts';
import { formatAddCheckpoint, parseAddCheckpoint, parseSize } from './add-checkpoint-request.ts';

const origin = 'example.com/behind-the-sofa';
const body = `${origin}\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n`;
const logLine = `— ${origin} Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n`;
const witnessLine =
  '— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n';
const proof = [
  'PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=',
  'jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=',
  '5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=',
  '/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=',
];
const note = `${body}\n${logLine}`;
const request = `old 20852014\n${proof.join('\n')}\n\n${note}`;

describe('tlog-cosignature', () => {
  test('[audit] [crypto] the printed example: key id, time of eight bytes, Ed25519 behind it', () => {
    const read = readCheckpoint(Buffer.from(`${body}\n${logLine}${witnessLine}`));
    const [, cosigned] = read?.note.signatures ?? [];
    expect([cosigned?.name, cosigned?.keyHash, cosigned?.signature.length]).toEqual([
      ...['witness.example.com/w1', '8d66cf3f', 72],
    ]);
    expect(Buffer.from(cosigned?.signature ?? []).readBigUInt64BE(0)).toBe(1_679_315_147n);
  });

  test('[audit] [crypto] a cosignature is what the specification says, byte for byte', () => {
    // RFC 8032 section 7.1, test 1: a seed and its public key.
    const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    const secret = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const raw = createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(12);
    expect(raw.toString('hex')).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
    const name = 'witness.example.com/w1';
    const id = hash('sha256', Buffer.concat([Buffer.from(`${name}\n\x04`), raw]), 'buffer').subarray(0, 4);
    const time = Buffer.from('000000006418' + '50cb', 'hex');
    const signed = sign(null, Buffer.from(`cosignature/v1\ntime 1679315147\n${body}`), secret);
    const line = `— ${name} ${Buffer.concat([id, time, signed]).toString('base64')}\n`;
    const key = noteKey(name, 4, raw);
    const ours = cosignature(key, body, 1_679_315_147, (message) => sign(null, message, secret));
    expect(formatSignatures([ours])).toBe(line);
    expect(formatKey(key)).toBe(
      `${name}+${id.toString('hex')}+${Buffer.concat([Buffer.of(4), raw]).toString('base64')}`,
    );
    expect(parseKey(formatKey(key))).toEqual(key);
    const at = { isSigned: true, at: 1_679_315_147_000 };
    expect(verifyNote({ text: body, signatures: [ours] }, key)).toEqual(at);
    const earlier = Buffer.from(ours.signature);
    earlier.writeBigUInt64BE(1_679_315_146n);
    const altered = { text: body, signatures: [{ ...ours, signature: earlier }] };
    expect(verifyNote(altered, key)).toEqual({ isSigned: false, at: null });
    expect(verifyNote({ text: body.replace('163', '164'), signatures: [ours] }, key).isSigned).toBe(false);
  });
});

describe('tlog-witness', () => {
  test('[audit] the printed request is read, and written the same', () => {
    const read = parseAddCheckpoint(Buffer.from(request));
    expect([read?.oldSize, read?.checkpoint.origin, read?.checkpoint.size, read?.proof.length]).toEqual([
      ...[20_852_014, origin, 20_852_163, 4],
    ]);
    const hashes = proof.map((text) => Buffer.from(text, 'base64'));
    const written = formatAddCheckpoint({ oldSize: 20_852_014, proof: hashes, note: Buffer.from(note) });
    expect(Buffer.from(written).toString('utf8')).toBe(request);
  });

  test.each([
    ['no old size', request.replace('old ', '')],
    ['a leading zero', request.replace('old 2', 'old 02')],
    ['two blanks', request.replace('old 2', 'old  2')],
    ['a sign', request.replace('old 2', 'old -2')],
    ['a short hash', request.replace('PlRN', '')],
    ['another spelling of a hash', request.replace('kaw=', 'kax=')],
    ['64 hashes', `old 1\n${Array(64).fill(proof[0]).join('\n')}\n\n${note}`],
    ['no checkpoint', `old 1\n\n`],
    ['no empty line', `old 1\n${note.replace('\n\n', '\n')}`],
    ['nothing', ''],
    ['too much', `old 1\n\n${note}${logLine.repeat(600)}`],
  ])('[audit] [injection] %s is no request', (_what, text) => {
    expect(parseAddCheckpoint(Buffer.from(text))).toBeNull();
  });

  test('[audit] sizes are written in one way only', () => {
    expect(['0', '7', '20852014'].map(parseSize)).toEqual([0, 7, 20_852_014]);
    expect(['', '00', '07', '1e3', ' 1', '-1', '99999999999999999'].map(parseSize)).toEqual(
      Array(7).fill(null),
    );
  });
});
