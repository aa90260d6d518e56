import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePort, freePorts, withFreePort } from './free-port.ts';

it('gives a port that can be listened on', async () => {
  const server = createServer();
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  expect(server.address()).toMatchObject({ port });
  await new Promise((resolve) => server.close(resolve));
});

it('gives several different ports', async () => {
  expect(new Set(await freePorts(20)).size).toBe(20);
});

it('tries other ports when one was taken, gives up after five, and passes other errors on', async () => {
  const taken = new Error('bind: Address already in use');
  const tried: number[] = [];
  const started = withFreePort(async (port) => {
    tried.push(port);
    if (tried.length < 3) throw taken;
    return port;
  });
  expect(await started).toBe(tried[2]);
  let attempts = 0;
  const failAlways = withFreePort(async () => {
    attempts += 1;
    throw taken;
  });
  await expect(failAlways).rejects.toBe(taken);
  expect(attempts).toBe(5);
  const other = new Error('no space left');
  await expect(withFreePort(() => Promise.reject(other))).rejects.toBe(other);
});
