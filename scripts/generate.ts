/**
 * Writes every generated file from its source, or with `--check` says which are stale.
 * Edit the source, run `npm run generate`, commit both.
 */
import { staleFiles, writeGenerated } from './generated-files.ts';

if (process.argv.includes('--check')) {
  const stale = await staleFiles();
  for (const path of stale) console.log(`stale: ${path} (run npm run generate)`);
  process.exitCode = stale.length ? 1 : 0;
} else {
  const written = await writeGenerated();
  console.log(written.length ? `wrote ${written.join(', ')}` : 'all generated files are up to date');
}
