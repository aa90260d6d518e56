import { expect, test } from 'vitest';
import { fromUrl } from './redis-target.ts';

const plain = {
  mode: 'standalone',
  path: null,
  sentinelName: null,
  username: null,
  password: null,
  sentinelUsername: null,
  sentinelPassword: null,
  db: 0,
  tls: null,
};

test.each([
  ['redis://localhost', { ...plain, nodes: [{ host: 'localhost', port: 6379 }] }],
  ['redis://h:7000/3', { ...plain, nodes: [{ host: 'h', port: 7000 }], db: 3 }],
  ['redis://u:p%40ss@h', { ...plain, nodes: [{ host: 'h', port: 6379 }], username: 'u', password: 'p@ss' }],
  ['redis://:secret@h', { ...plain, nodes: [{ host: 'h', port: 6379 }], password: 'secret' }],
  ['redis://[::1]:7000', { ...plain, nodes: [{ host: '::1', port: 7000 }] }],
  ['unix:///run/redis.sock', { ...plain, nodes: [], path: '/run/redis.sock' }],
  ['rediss://h', { ...plain, nodes: [{ host: 'h', port: 6379 }], tls: { minVersion: 'TLSv1.2' } }],
  [
    'redis+cluster://a:1,b:2,c',
    {
      ...plain,
      mode: 'cluster',
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 2 },
        { host: 'c', port: 6379 },
      ],
    },
  ],
  [
    'rediss+sentinel://u:p@a,b:9/main?sentinelUsername=s&sentinelPassword=t&servername=r',
    {
      mode: 'sentinel',
      nodes: [
        { host: 'a', port: 26379 },
        { host: 'b', port: 9 },
      ],
      path: null,
      sentinelName: 'main',
      username: 'u',
      password: 'p',
      sentinelUsername: 's',
      sentinelPassword: 't',
      db: 0,
      tls: { minVersion: 'TLSv1.2', servername: 'r' },
    },
  ],
])('reads %s', (url, target) => {
  expect(fromUrl(url)).toEqual(target);
});

test.each(['http://h', 'redis://', 'redis+sentinel://a', 'redis://h/name', 'redis://h:port', 'h:6379'])(
  'refuses %s',
  (url) => {
    expect(() => fromUrl(url)).toThrow(TypeError);
  },
);

test('a refusal never repeats the password', () => {
  expect(() => fromUrl('redis://u:hunter2@h/name')).toThrow(expect.not.stringContaining('hunter2'));
});
