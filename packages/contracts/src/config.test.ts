import { expect, test } from 'vitest';
import { ConfigError, configOptions, readConfig, serverOptions, workerOptions } from './config.ts';

const enough = { BOLT_CLINICS_FILE: 'clinics.json' };

test('defaults are read like given values', () => {
  expect(readConfig(serverOptions, enough)).toMatchObject({
    mode: 'development',
    host: '127.0.0.1',
    port: 8080,
    developmentLogin: false,
    clinicsFile: 'clinics.json',
    publicOrigin: null,
    streamsMax: 5_000,
  });
});

test('everything that is wrong is said at once, with the variable and the rule', () => {
  const read = () => readConfig(serverOptions, { PORT: '70000', LOG_LEVEL: 'loud' });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(/PORT: .*65535.*\(is "70000"\)/);
  expect(read).toThrow(/LOG_LEVEL: /);
  expect(read).toThrow(/BOLT_CLINICS_FILE: name a JSON file/);
});

test('a secret never appears in an error', () => {
  const secret = { ...serverOptions.redisUrl, schema: serverOptions.redisUrl.schema.refine(() => false) };
  const read = () => readConfig({ secret }, { REDIS_URL: 'redis://:hunter2@host' });
  expect(read).toThrow(/REDIS_URL/);
  expect(read).not.toThrow(/hunter2/);
});

test('a number is whole, within its limits, and nothing else', () => {
  const port = (value: string) => () => readConfig({ port: serverOptions.port }, { PORT: value });
  expect(port('0')()).toEqual({ port: 0 });
  expect(port('65535')()).toEqual({ port: 65_535 });
  for (const wrong of ['65536', '-1', '1.5', '1e3', '', 'x']) expect(port(wrong)).toThrow(ConfigError);
});

test('witnesses are a key and an address each; bait in Redis has no name of ours', () => {
  const key = 'witness.example.org/w1+0a1b2c3d+BNOnRn+/AAAA=';
  const witnesses = (value: string) => () =>
    readConfig({ list: workerOptions.auditWitnesses }, { BOLT_AUDIT_WITNESSES: value }).list;
  expect(witnesses('')()).toEqual([]);
  expect(witnesses(`${key} https://w.example.org/, ${key} http://127.0.0.1:1`)()).toEqual([
    { key, url: 'https://w.example.org/' },
    { key, url: 'http://127.0.0.1:1' },
  ]);
  for (const wrong of [key, 'https://w.example.org', `${key} ftp://x`, `x ${key} https://x`])
    expect(witnesses(wrong)).toThrow(ConfigError);
  const bait = (value: string) => () =>
    readConfig({ list: workerOptions.honeyKeys }, { BOLT_HONEY_KEYS: value }).list;
  expect(bait('phi:export:token, s:root')()).toEqual(['phi:export:token', 's:root']);
  for (const wrong of ['{dt}:blocked', 'sys:nodes', 'bull:sync:meta', 'ch:{dt}', 'two words', 'x'])
    expect(bait(wrong)).toThrow(ConfigError);
});

test('every option has a name of its own within its process, and a sentence', () => {
  for (const options of Object.values(configOptions)) {
    const names = Object.values(options).map(({ env }) => env);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.values(options).every(({ sentence }) => sentence.endsWith('.'))).toBe(true);
  }
});
