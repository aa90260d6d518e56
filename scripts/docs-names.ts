/** The names that documents must explain, and those that they may use: taken from the code, never listed here. */
import {
  auditWhyWords,
  boardEventNames,
  personDetailsQueue,
  problems,
  reconcileQueue,
  retentionQueue,
  routeIds,
  routeOf,
  scheduleSyncQueue,
} from '@workflow-bolt/contracts';
import { buildLibrary } from '../packages/store/functions/build/build-library.ts';
import { boardKeyRows } from '../packages/store/src/keys.ts';
import { serverMetrics, workerMetrics } from './generate-operations.ts';

/** Kind of name → the names of that kind, as they stand in a document. */
export async function namesToExplain(): Promise<Record<string, readonly string[]>> {
  const routes = routeIds.map((id) => `${routeOf(id).method.toUpperCase()} ${routeOf(id).path}`);
  return {
    route: routes,
    event: boardEventNames,
    key: boardKeyRows.map(({ name }) => name),
    queue: [scheduleSyncQueue, personDetailsQueue, reconcileQueue, retentionQueue],
    'problem code': Object.keys(problems),
    metric: (await ownMetrics()).map(({ name }) => name),
    'Redis function': functionNames(),
  };
}

const ownMetrics = async () =>
  [...(await serverMetrics()), ...(await workerMetrics())].filter(({ isOwn }) => isOwn);

function functionNames(): string[] {
  const { abi, files } = buildLibrary();
  return files.map(({ header }) => `b${abi}_${header.name}`);
}

/** Words that documents use and no table has: of Redis, of npm, names of cookies. */
const foreignWords = ['aof_last_write_status', 'node_modules', 'bolt_dev_s', 'bolt_dev_ws'];

/** Words joined by underscores that are something: problem codes, functions, their statuses, metrics. */
export async function knownSnakeWords(): Promise<Set<string>> {
  const headers = buildLibrary().files.map(({ header }) => header);
  const outcomes = headers.flatMap(({ returns, refuses }) => [...returns, ...refuses]);
  return new Set([
    ...Object.keys(problems),
    ...functionNames(),
    ...headers.map(({ name }) => name),
    ...outcomes.map(({ status }) => status),
    ...(await serverMetrics()).map(({ name }) => name),
    ...(await workerMetrics()).map(({ name }) => name),
    buildLibrary().name,
    ...auditWhyWords,
    ...foreignWords,
  ]);
}
