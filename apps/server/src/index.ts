export type { JobQueue } from './schedule/job-queue.ts';
export {
  type BoltServer,
  createServer,
  type ServerDependencies,
  ServerRefused,
} from './server.ts';
export { developmentUsers } from './session/development-users.ts';
