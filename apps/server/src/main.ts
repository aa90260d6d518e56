import { readFileSync } from 'node:fs';
import {
  agreementRegisterSchema,
  type ClinicSettings,
  ConfigError,
  clinicsFileSchema,
  developmentUsersSchema,
  type IdentityProvider,
  identityProvidersFileSchema,
  readConfig,
  type ServerConfig,
  serverOptions,
  type User,
} from '@workflow-bolt/contracts';
import type { z } from 'zod';
import { HashProcess } from './accounts/hash-process.ts';
import { missingDuties } from './production-duties.ts';
import { createServer, ServerRefused } from './server.ts';
import { developmentUsers } from './session/development-users.ts';

/** After draining, what still hangs is cut. */
const stopGraceMs = 2_000;

/** Reads a settings file. Throws `ConfigError` that names the file and each wrong place in it. */
function readSettings<S extends z.ZodType>(path: string, schema: S): z.output<S> {
  const parsed = schema.safeParse(parseFile(path));
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigError(`${path} is not usable:\n${wrong.join('\n')}`);
}

function parseFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new ConfigError(`${path} cannot be read as JSON: ${(error as Error).message}`);
  }
}

function usersOf(config: ServerConfig, clinics: readonly ClinicSettings[]): User[] | null {
  if (!config.developmentLogin) return null;
  if (config.developmentUsersFile !== null) {
    return readSettings(config.developmentUsersFile, developmentUsersSchema).users;
  }
  return developmentUsers(clinics.map(({ id }) => id));
}

/** NODE_ENV=production means production too: whoever sets only that must not get a development login. */
function readEnvironment(environment: NodeJS.ProcessEnv): ServerConfig {
  const config = readConfig(serverOptions, environment);
  return environment.NODE_ENV === 'production' ? { ...config, mode: 'production' } : config;
}

/** Throws `ConfigError` that lists what people still have to do before production. */
function refuseWithoutDuties(config: ServerConfig): void {
  const file = config.agreementsFile;
  const register = file === null ? null : readSettings(file, agreementRegisterSchema);
  const missing = missingDuties(config, register, new Date().toISOString().slice(0, 10));
  if (missing.length > 0)
    throw new ConfigError(`This server is not ready for production:\n  ${missing.join('\n  ')}`);
}

function providersOf({ identityProvidersFile }: ServerConfig): readonly IdentityProvider[] {
  if (identityProvidersFile === null) return [];
  return readSettings(identityProvidersFile, identityProvidersFileSchema).providers;
}

async function main(): Promise<void> {
  const config = readEnvironment(process.env);
  refuseWithoutDuties(config);
  const { clinics } = readSettings(config.clinicsFile, clinicsFileSchema);
  const server = createServer({
    config,
    clinics,
    developmentUsers: usersOf(config, clinics),
    identityProviders: providersOf(config),
    hashEngine: new HashProcess(),
  });
  let isEnding = false;
  const end = async (): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.exit(1), config.drainMs + stopGraceMs).unref();
    await server.drain();
    await server.stop();
    process.exit(0);
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  try {
    await server.start();
  } catch (error) {
    await server.stop();
    throw error;
  }
}

main().catch((error: unknown) => {
  const isExplained =
    error instanceof ConfigError ||
    error instanceof ServerRefused ||
    ['UnsafeRedisError', 'FunctionLibraryError', 'Fault', 'TypeError'].includes((error as Error).name);
  console.error(isExplained ? `server: ${(error as Error).message}` : error);
  process.exit(1);
});
