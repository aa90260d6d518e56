import { createServer } from 'node:net';

/**
 * A loopback port that is free now. redis-server cannot bind port 0 itself, so between this answer and its bind
 * another process may take the port: use `withFreePort`.
 */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

/** Several different free loopback ports. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

const ATTEMPTS = 5;

/**
 * Start something on a free port, again with another port when the port was taken in between.
 * Any other error is passed on; `start` must have cleaned up before it rejects.
 */
export async function withFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      const isTaken = String(error).includes('Address already in use');
      if (!isTaken || attempt === ATTEMPTS) throw error;
    }
  }
}
