/** `npm run check`: everything that can be said without running the product. Every gate runs; all must pass. */
import { checkDocs } from './docs-check.ts';
import { findFloorBreaches } from './floors.ts';
import { staleFiles } from './generated-files.ts';
import { root, runCommand } from './run-command.ts';

type Gate = { name: string; run: () => Promise<boolean> };

const passes = async (command: string, ...args: string[]) => (await runCommand(command, args)) === 0;

async function floorsHold(): Promise<boolean> {
  const breaches = findFloorBreaches(root);
  for (const b of breaches) console.log(`${b.file} imports ${b.imports}: ${b.why}`);
  return breaches.length === 0;
}

async function nothingIsStale(): Promise<boolean> {
  const stale = await staleFiles();
  for (const path of stale) console.log(`stale: ${path} (run npm run generate)`);
  return stale.length === 0;
}

async function documentsHold(): Promise<boolean> {
  const problems = await checkDocs(root);
  for (const { file, problem } of problems) console.log(`${file}: ${problem}`);
  return problems.length === 0;
}

const gates: Gate[] = [
  { name: 'types', run: () => passes('tsc', '--noEmit', '-p', 'tsconfig.json') },
  {
    name: 'lint and format',
    run: () => passes('biome', 'ci', '--error-on-warnings', '--diagnostic-level=warn', '.'),
  },
  { name: 'floors', run: floorsHold },
  { name: 'generated files', run: nothingIsStale },
  { name: 'documents', run: documentsHold },
  {
    name: 'API documents',
    run: () =>
      passes(
        'redocly',
        'lint',
        '--config',
        'docs/api/redocly.yaml',
        'docs/api/openapi.json',
        'docs/api/asyncapi.json',
      ),
  },
];

const failed: string[] = [];
for (const gate of gates) {
  console.log(`— ${gate.name}`);
  if (!(await gate.run())) failed.push(gate.name);
}
console.log(failed.length ? `check failed: ${failed.join(', ')}` : 'check: all gates clean');
process.exitCode = failed.length ? 1 : 0;
