/** The AsyncAPI 3 document: frames of the board stream, entries of its log, jobs of the queues. */
import type { z } from 'zod';
import { eventExamples } from './asyncapi-event-examples.ts';
import { frameExamples } from './asyncapi-frame-examples.ts';
import { reconcileJobSchema, reconcileQueue } from './drift.ts';
import { eventSchemas, logFrameSchema } from './events.ts';
import { type FrameName, frameSchemas } from './frames.ts';
import {
  personDetailsJobSchema,
  personDetailsQueue,
  retentionQueue,
  retentionSweepJobSchema,
  scheduleSyncJobSchema,
  scheduleSyncQueue,
} from './jobs.ts';
import { nineOClock, sampleActor } from './openapi-samples.ts';
import { protocolVersion } from './protocol.ts';
import { type Json, type JsonObject, SchemaCollector } from './schema-document.ts';

const frameSummaries: Record<FrameName, string> = {
  hello: 'First frame of every stream: who serves it, how often it beats, when it will ask to reconnect.',
  snap: 'The whole view in one or more parts; valid once all parts have come. The last part carries the cursor.',
  ev: 'Changes from `p` (exclusive) to `s`: the absolute state of each entity after them. Carries the cursor.',
  hb: 'Everything up to `s` has been sent; digest and count of the view prove it. Says what is degraded.',
  pres: 'Who else looks at the board. Lossy and outside the history.',
  auth: 'The session ends soon.',
  bye: 'The stream ends; open the next one after `after` milliseconds.',
};

type Message = {
  name: string;
  summary: string;
  schema: z.ZodType;
  examples: { name: string; payload: unknown }[];
};

const frames: Message[] = (Object.keys(frameSchemas) as FrameName[]).map((name) => ({
  name,
  summary: frameSummaries[name],
  schema: frameSchemas[name],
  examples: [{ name, payload: frameExamples[name] }],
}));

const context = {
  rules: 1,
  commandId: 'web-3f2a9c71d4:7',
  at: nineOClock,
  actor: sampleActor,
  source: 'ui',
  command: 'moveVisit',
};

const logEntry: Message = {
  name: 'logEntry',
  summary:
    'One committed command with the events it led to, as stored in the log and published to followers.',
  schema: logFrameSchema,
  examples: Object.entries(eventExamples).map(([name, event]) => ({
    name,
    payload: { ...context, events: [event] },
  })),
};

const jobs: { queue: string; message: Message; summary: string }[] = [
  {
    queue: scheduleSyncQueue,
    summary: 'Read a clinic day from the EHR.',
    message: {
      name: 'scheduleSyncJob',
      summary: 'Which day of which clinic to read.',
      schema: scheduleSyncJobSchema,
      examples: [
        {
          name: 'manual',
          payload: { clinic: 'main-street', date: '2026-03-02', trigger: 'manual', requestedBy: 'dana' },
        },
      ],
    },
  },
  {
    queue: personDetailsQueue,
    summary: "Read the patients behind a board's cards.",
    message: {
      name: 'personDetailsJob',
      summary: 'Which board lacks details.',
      schema: personDetailsJobSchema,
      examples: [{ name: 'board', payload: { clinic: 'main-street', date: '2026-03-02' } }],
    },
  },
  {
    queue: retentionQueue,
    summary: 'Archive, and delete what has outlived its time.',
    message: {
      name: 'retentionSweepJob',
      summary: 'Which clinic to sweep.',
      schema: retentionSweepJobSchema,
      examples: [
        { name: 'nightly', payload: { clinic: 'main-street', trigger: 'timer', requestedBy: 'system' } },
      ],
    },
  },
  {
    queue: reconcileQueue,
    summary: 'Compare a clinic day with the EHR.',
    message: {
      name: 'reconcileJob',
      summary: 'Which day to compare.',
      schema: reconcileJobSchema,
      examples: [
        {
          name: 'asked',
          payload: {
            clinic: 'main-street',
            date: '2026-03-10',
            trigger: 'manual',
            requestedBy: 'dana-reed',
          },
        },
      ],
    },
  },
];

const boardParameters = {
  clinic: { description: 'Id of the clinic.', examples: ['main-street'] },
  date: { description: 'Clinic-local day, YYYY-MM-DD.', examples: ['2026-03-02'] },
};

/** All messages with their examples, for the test that validates them. */
export const asyncApiMessages: readonly Message[] = [
  ...frames,
  logEntry,
  ...jobs.map(({ message }) => message),
];
/** Names of all events, which the examples of the log must cover. */
export const boardEventNames = Object.keys(eventSchemas);

/** Builds the document. Pure: the same contracts give the same text. */
export function buildAsyncApi(): JsonObject {
  const schemas = new SchemaCollector();
  const messages = Object.fromEntries(
    asyncApiMessages.map((message) => [message.name, messageOf(message, schemas)]),
  );
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'workflow-bolt board stream',
      version: `${protocolVersion}.0.0`,
      description:
        'What a screen hears of a board (server-sent events), what the servers tell each other through Redis, and the jobs they hand to workers.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    channels: channels(),
    operations: operations(),
    components: {
      schemas: schemas.components(),
      messages,
      securitySchemes: {
        session: {
          type: 'httpApiKey',
          in: 'cookie',
          name: 'bolt_session',
          description: 'Set by signing in.',
        },
        redis: { type: 'userPassword', description: 'The user of REDIS_URL.' },
      },
    },
  };
}

function messageOf({ name, summary, schema, examples }: Message, schemas: SchemaCollector): JsonObject {
  return {
    name,
    title: name,
    summary,
    contentType: 'application/json',
    payload: schemas.add(schema),
    examples: examples.map(({ name: of, payload }) => ({ name: of, payload: payload as Json })),
  };
}

const refs = (names: readonly string[]): JsonObject =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]));

const frameNames = frames.map(({ name }) => name);

function channels(): JsonObject {
  return {
    boardStream: {
      address: '/api/v1/boards/{clinic}/{date}/stream',
      title: 'Board stream, version 1',
      description:
        'Server-sent events: `event` is the name of the message, `data` its payload on one line, `id` the cursor.',
      parameters: boardParameters,
      messages: refs(frameNames),
    },
    boardLog: {
      address: '{b:{clinic}:{date}}:log',
      title: 'Commit log of a board (Redis stream and channel)',
      parameters: boardParameters,
      messages: refs([logEntry.name]),
    },
    ...Object.fromEntries(
      jobs.map(({ queue, summary, message }) => [
        queue,
        { address: queue, title: summary, messages: refs([message.name]) },
      ]),
    ),
  };
}

function operation(
  action: 'send' | 'receive',
  channel: string,
  summary: string,
  names: readonly string[],
): JsonObject {
  return {
    action,
    channel: { $ref: `#/channels/${channel}` },
    summary,
    security: [{ $ref: `#/components/securitySchemes/${channel === 'boardStream' ? 'session' : 'redis'}` }],
    messages: names.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
  };
}

/** From the server's point of view. */
function operations(): JsonObject {
  return {
    sendFrames: operation('send', 'boardStream', 'Tell a screen what happens on its board.', frameNames),
    sendLogEntries: operation('send', 'boardLog', 'Publish a committed command.', [logEntry.name]),
    receiveLogEntries: operation('receive', 'boardLog', 'Follow what other processes commit.', [
      logEntry.name,
    ]),
    ...Object.fromEntries(
      jobs.map(({ queue, summary, message }) => [
        queue.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
        operation('send', queue, summary, [message.name]),
      ]),
    ),
  };
}
