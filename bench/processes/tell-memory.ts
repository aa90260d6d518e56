/** Loaded into a measured process: at SIGUSR2 it collects garbage and writes what is left. */
import { renameSync, writeFileSync } from 'node:fs';

const path = process.env.BENCH_MEMORY_FILE ?? '';

process.on('SIGUSR2', () => {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  writeFileSync(`${path}.new`, JSON.stringify({ retainedBytes: heapUsed + external, rssBytes: rss }));
  renameSync(`${path}.new`, path);
});
