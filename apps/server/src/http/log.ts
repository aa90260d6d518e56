import { phiRedaction } from '@workflow-bolt/contracts';
import pino, { type DestinationStream, type Logger } from 'pino';

/**
 * The lines this process writes and the only fields each may carry. Anything else is dropped: names, bodies, query
 * strings and free text never reach a log. Ids in paths are opaque.
 */
const fields = {
  'request.failed': ['requestId', 'route', 'status', 'code', 'errorName', 'stack'],
  'request.done': ['requestId', 'route', 'status', 'ms'],
  'server.listening': ['host', 'port', 'node'],
  'server.draining': ['signal', 'streams'],
  'server.stopped': ['ms'],
  'server.refused': ['errorName', 'reason'],
  'stream.closed': ['route', 'reason', 'ageMs', 'writes'],
  'key.used': ['use', 'clinic', 'kid', 'period', 'reason'],
  'key.unrecorded': [],
  'keys.unswept': [],
  'board.reset': ['clinic', 'date', 'reason'],
  'dependency.changed': ['name', 'isOk', 'detail'],
  'break-glass.opened': ['id', 'clinic', 'uid'],
  'alert.raised': ['id', 'rule', 'severity'],
  'detection.failed': [],
  'page.violation': ['directive'],
  'search.unindexed': [],
  'import.done': ['requestId', 'clinic', 'date', 'created', 'updated', 'unchanged'],
} as const;
export type LogEvent = keyof typeof fields;
export type LogFields<E extends LogEvent> = Partial<Record<(typeof fields)[E][number], unknown>>;
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Writes structured lines with allow-listed fields. */
export class Log {
  readonly #pino: Logger;

  constructor(level: string, destination?: DestinationStream) {
    this.#pino = pino(
      { level, base: undefined, redact: phiRedaction },
      destination ?? pino.destination({ sync: false }),
    );
  }

  write<E extends LogEvent>(level: LogLevel, event: E, given: LogFields<E>): void {
    const line: Record<string, unknown> = { event };
    for (const name of fields[event] as readonly string[]) {
      const value = (given as Record<string, unknown>)[name];
      if (value !== undefined) line[name] = value;
    }
    this.#pino[level](line);
  }

  flush(): void {
    this.#pino.flush();
  }
}
