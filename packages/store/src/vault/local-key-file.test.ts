import { createPublicKey, verify } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { keyFile } from '../../test/sealed-day.ts';
import { cryptReasonOf } from './crypt-failure.ts';
import { lockOf } from './key-file-lock.ts';
import { LocalKeyFile } from './local-key-file.ts';
import { openKeyProvider } from './open-key-provider.ts';
import { openSecret, sealSecret } from './seal-secret.ts';

const reasonOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => cryptReasonOf(error) ?? error,
  );

test('[H-05] the key file is made once, for this user only, and is the same for all who open it', async () => {
  const { path, remove } = await keyFile();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const opened = await Promise.all([1, 2, 3].map(() => openKeyProvider({ address: path })));
  const wrapped = await opened[0]?.wrap('phi', Buffer.from('secret'), 'here');
  expect(Buffer.from((await opened[2]?.unwrap('phi', wrapped ?? '', 'here')) ?? []).toString()).toBe(
    'secret',
  );
  await remove();
});

test('[crypto] a key file that others may read, or that is damaged, is refused; its content is not quoted', async () => {
  const { path, remove } = await keyFile();
  await chmod(path, 0o640);
  await expect(LocalKeyFile.open(path)).rejects.toMatchObject({ code: 'keys_unavailable' });
  await chmod(path, 0o600);
  const secret = JSON.parse(await readFile(path, 'utf8')).keys[0].secret as string;
  await writeFile(path, (await readFile(path, 'utf8')).slice(0, -5));
  const error = await LocalKeyFile.open(path).catch(
    (thrown: unknown) => thrown as Error & { details: object },
  );
  expect(error).toMatchObject({ code: 'keys_unavailable' });
  expect(JSON.stringify(error) + String(error)).not.toContain(secret);
  await remove();
});

test('[crypto] a secret opens for its purpose and place only', async () => {
  const { provider, remove } = await keyFile();
  const sealed = await sealSecret(provider, 'credentials', 'JBSWY3DPEHPK3PXP', 'totp|u1');
  expect(sealed).not.toContain('JBSWY3DPEHPK3PXP');
  expect(await openSecret(provider, 'credentials', sealed, 'totp|u1')).toBe('JBSWY3DPEHPK3PXP');
  expect(await reasonOf(openSecret(provider, 'credentials', sealed, 'totp|u2'))).toBe('tampered');
  expect(await reasonOf(openSecret(provider, 'phi', sealed, 'totp|u1'))).toBe('unknown_key');
  expect(await reasonOf(openSecret(provider, 'credentials', 'plain', 'totp|u1'))).toBe('malformed');
  await remove();
});

test('[crypto] rotation: new secrets take the new key, former ones open until their key is switched off', async () => {
  const { provider, path, remove } = await keyFile();
  const other = await LocalKeyFile.open(path);
  const before = await sealSecret(provider, 'credentials', 'one', 'a');
  const kid = await provider.rotate('credentials');
  const after = await sealSecret(provider, 'credentials', 'two', 'a');
  expect([provider.wrappedBy(before) === kid, provider.wrappedBy(after)]).toEqual([false, kid]);
  // Another process learns of the new key when it meets it.
  expect(await openSecret(other, 'credentials', after, 'a')).toBe('two');
  expect(await openSecret(other, 'credentials', before, 'a')).toBe('one');
  await expect(provider.setState(kid, 'disabled')).rejects.toThrow(RangeError);
  await provider.setState(provider.wrappedBy(before), 'disabled');
  expect(await reasonOf(openSecret(provider, 'credentials', before, 'a'))).toBe('disabled_key');
  const states = (await provider.status()).keys.filter(({ purpose }) => purpose === 'credentials');
  expect(states.map(({ state }) => state)).toEqual(['disabled', 'active']);
  expect(JSON.stringify(await provider.status())).not.toContain('secret');
  await remove();
});

test('[crypto] [H-05] what one process rotates or switches off counts in every other at once, and two rotations lose no key', async () => {
  const { provider, path, remove } = await keyFile();
  const other = await LocalKeyFile.open(path);
  const before = await sealSecret(other, 'phi', 'one', 'a');
  const kid = await provider.rotate('phi');
  expect(other.wrappedBy(await sealSecret(other, 'phi', 'two', 'a'))).toBe(kid);
  await provider.setState(provider.wrappedBy(before), 'disabled');
  expect(await reasonOf(openSecret(other, 'phi', before, 'a'))).toBe('disabled_key');
  // A key that has sealed something must never be written over.
  const made = await Promise.all([provider, other, provider, other].map((each) => each.rotate('phi')));
  const kept = (await (await LocalKeyFile.open(path)).status()).keys.map((key) => key.kid);
  expect(kept).toEqual(expect.arrayContaining([kid, ...made]));
  await remove();
});

test('[crypto] a lock left by a process that died holds nobody up for good, and loses no key of those who wait', async () => {
  const { provider, path, remove } = await keyFile();
  await mkdir(lockOf(path));
  await writeFile(join(lockOf(path), 'dead'), '');
  await utimes(join(lockOf(path), 'dead'), new Date(0), new Date(0));
  const others = await Promise.all([1, 2, 3, 4].map(() => LocalKeyFile.open(path)));
  const made = await Promise.all([provider, ...others].map((each) => each.rotate('phi')));
  const kept = (await provider.status()).keys.map(({ kid }) => kid);
  expect(kept).toEqual(expect.arrayContaining(made));
  expect(await readdir(dirname(path))).toEqual([basename(path)]);
  await remove();
});

test('signatures verify under the raw public key; macs are the same for all who share the file', async () => {
  const { provider, path, remove } = await keyFile();
  const data = Buffer.from('checkpoint');
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), await provider.publicKey()]);
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  expect(verify(null, data, key, await provider.sign(data))).toBe(true);
  expect(verify(null, Buffer.from('other'), key, await provider.sign(data))).toBe(false);
  const other = await LocalKeyFile.open(path);
  expect(await other.mac('session-mac', data)).toEqual(await provider.mac('session-mac', data));
  expect(await other.mac('session-mac', data)).toHaveLength(32);
  await remove();
});
