import { createHash } from 'node:crypto';
import { glob, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';

const root = import.meta.dirname;
const repository = join(root, '..', '..');
const stampFile = join(root, 'dist', '.sources');

const sources = [
  'apps/web/{index.html,*.ts,package.json}',
  'apps/web/{src,public}/**/*.*',
  'packages/{contracts,domain,client,react}/src/**/*.*',
  'package-lock.json',
];

async function sourceHash(): Promise<string> {
  const paths: string[] = [];
  for await (const path of glob(sources, { cwd: repository })) paths.push(path);
  const hash = createHash('sha256');
  for (const path of paths.filter((each) => !each.includes('.test.')).sort())
    hash.update(`${path}\0`).update(await readFile(join(repository, path)));
  return hash.digest('hex');
}

const readStamp = () => readFile(stampFile, 'utf8').catch(() => '');

/**
 * Bundles as for production whatever the caller's own NODE_ENV: a test runner's would put the development
 * build of every library into the output, twice as large, and the bundler's would stay set afterwards.
 */
async function bundle(logLevel: 'warn' | 'info'): Promise<void> {
  const former = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    await build({ configFile: join(root, 'vite.config.ts'), logLevel });
  } finally {
    if (former === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = former;
  }
}

export type WebBuild = { directory: string; wasBuilt: boolean };

/**
 * Builds the browser application into `apps/web/dist`, unless that was built from exactly these sources.
 * Throws what Vite throws when the sources do not build; the former build is then gone.
 */
export async function buildWeb(options: { isQuiet?: boolean } = {}): Promise<WebBuild> {
  const directory = join(root, 'dist');
  const hash = await sourceHash();
  if ((await readStamp()) === hash) return { directory, wasBuilt: false };
  await bundle(options.isQuiet ? 'warn' : 'info');
  await writeFile(stampFile, hash);
  return { directory, wasBuilt: true };
}

// Not import.meta.main: the oldest Node 24 that npm packages for one platform does not know it.
if (process.argv[1] === import.meta.filename) {
  const { directory, wasBuilt } = await buildWeb({ isQuiet: process.argv.includes('--quiet') });
  console.log(wasBuilt ? `Built ${directory}` : `${directory} is up to date`);
}
