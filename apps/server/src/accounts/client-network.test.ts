import type { IncomingMessage } from 'node:http';
import { networkOf } from '@workflow-bolt/store';
import { expect, test } from 'vitest';
import { clientNetwork } from './client-network.ts';

const from = (remoteAddress: string, forwarded?: string) =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

test.each([
  ['203.0.113.77', '203.0.113.0/24'],
  ['::ffff:203.0.113.9', '203.0.113.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('[abuse] %s belongs to %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('[abuse] [login] without proxies of ours what a caller writes into X-Forwarded-For counts for nothing', () => {
  expect(clientNetwork(from('198.51.100.7', '203.0.113.1'), 0)).toBe('198.51.100.0/24');
});

test('[abuse] [login] behind one proxy the last entry counts, whatever the caller put before it', () => {
  expect(clientNetwork(from('10.0.0.2', '1.2.3.4, 203.0.113.1'), 1)).toBe('203.0.113.0/24');
  expect(clientNetwork(from('10.0.0.2', '1.2.3.4, 203.0.113.1, 10.0.0.9'), 2)).toBe('203.0.113.0/24');
});

test('[abuse] [login] an address that is none, or is missing, falls back on the peer', () => {
  expect(clientNetwork(from('10.0.0.2', 'unknown'), 1)).toBe('10.0.0.0/24');
  expect(clientNetwork(from('10.0.0.2'), 1)).toBe('10.0.0.0/24');
});
