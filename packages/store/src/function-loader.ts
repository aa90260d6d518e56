/** Puts the versioned function library on every primary, and refuses to run beside other code of the same ABI. */
import { createHash } from 'node:crypto';
import { functionLibrary } from './generated/functions.generated.ts';
import type { RedisPort } from './redis-port.ts';

export type Library = { name: string; abi: number; sha256: string; source: string };

/** Boot must stop: the message says what to do. */
export class FunctionLibraryError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'FunctionLibraryError';
  }
}

/** FUNCTION LIST answers maps, which arrive as flat lists of names and values. */
function fieldOf(map: unknown, name: string): unknown {
  if (!Array.isArray(map)) return undefined;
  const at = map.indexOf(name);
  return at < 0 ? undefined : map[at + 1];
}

async function loadedHashes(port: RedisPort, library: Library): Promise<(string | null)[]> {
  const answers = await port.sendToPrimaries('FUNCTION', 'LIST', 'LIBRARYNAME', library.name, 'WITHCODE');
  return answers.map((answer) => {
    const code = fieldOf(Array.isArray(answer) ? answer[0] : null, 'library_code');
    return typeof code === 'string' ? createHash('sha256').update(code).digest('hex') : null;
  });
}

/** Primaries that have it answer "already exists": that is as good, if the code is the same. */
async function tryLoad(port: RedisPort, library: Library): Promise<unknown> {
  try {
    await port.sendToPrimaries('FUNCTION', 'LOAD', library.source);
    return null;
  } catch (error) {
    return error;
  }
}

/**
 * Loads the library where it is missing, never replacing. Safe to repeat: at boot, after each reconnect, and
 * when a call finds it missing. Throws FunctionLibraryError when the same ABI holds other code, or when the
 * library is missing and this user may not load it.
 */
export async function ensureFunctions(port: RedisPort, library: Library = functionLibrary): Promise<void> {
  const failure = await tryLoad(port, library);
  const hashes = await loadedHashes(port, library);
  if (hashes.some((hash) => hash !== null && hash !== library.sha256)) {
    throw new FunctionLibraryError(
      `Redis holds other code under ${library.name}. The functions changed: bump the ABI in functions/abi.json.`,
    );
  }
  if (hashes.every((hash) => hash !== null)) return;
  throw new FunctionLibraryError(
    `Redis lacks the library ${library.name} and it could not be loaded: ${String(failure)}. ` +
      'Load it with a user that may run FUNCTION LOAD.',
    failure,
  );
}

/** Removes an older library of ours once no process uses it any more. Answers whether it was there. */
export async function dropFunctions(port: RedisPort, abi: number): Promise<boolean> {
  if (abi === functionLibrary.abi) throw new RangeError('this process uses that library');
  try {
    await port.sendToPrimaries('FUNCTION', 'DELETE', `bolt_v${abi}`);
    return true;
  } catch (error) {
    if (error instanceof Error && /Library not found/i.test(error.message)) return false;
    throw error;
  }
}
