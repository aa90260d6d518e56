// Generated from packages/store/functions by `npm run generate`. Do not edit.

import type { FunctionCall } from '../function-call.ts';

export type AppendAuditKeys = {
  /** stream; audit trail */
  aud: string;
};
export type AppendAuditArgs = {
  /** board position that was read */
  seq: number;
  /** JSON of each entry, without patient data */
  entries: readonly string[];
};
export type AppendAuditReply =
  | { status: 'appended'; lastId: string; count: number };
/** Appends audit entries of reads, batched: a read is answered only after its entry is kept. Cost: O(entries), at most 500. */
export function appendAuditCall(keys: AppendAuditKeys, args: AppendAuditArgs): FunctionCall<AppendAuditReply> {
  return {
    name: 'b2_append_audit',
    isReadOnly: false,
    keys: [keys.aud],
    args: [args.seq, args.entries.length, ...args.entries],
    fields: { count: 'int' },
  };
}

export type AppendEventsKeys = {
  /** stream; events of a clinic or of the installation */
  events: string;
  /** hash; process to the number of its last event */
  writers: string;
};
export type AppendEventsArgs = {
  /** the process */
  inst: string;
  /** number of the first entry */
  first: number;
  /** JSON of each entry without patient data, and its MAC */
  entries: readonly (readonly [string, string | number])[];
};
export type AppendEventsReply =
  | { status: 'appended'; last: number; count: number }
  | { status: 'gap'; expected: number };
/** Appends events of one process, numbered by it: sent again after a lost answer they are there once. Cost: O(entries), at most 500. */
export function appendEventsCall(keys: AppendEventsKeys, args: AppendEventsArgs): FunctionCall<AppendEventsReply> {
  return {
    name: 'b2_append_events',
    isReadOnly: false,
    keys: [keys.events, keys.writers],
    args: [args.inst, args.first, args.entries.length, ...args.entries.flat()],
    fields: { last: 'int', count: 'int', expected: 'int' },
  };
}

export type BumpEpochKeys = {
  /** hash; position of the board */
  meta: string;
  /** hash; entity id to `<v>|<json>` */
  ent: string;
  /** stream; committed entries */
  log: string;
};
export type BumpEpochArgs = {
  /** the epoch the caller saw on the server; empty for none */
  observed: string;
  /** 32 random hexadecimal digits */
  newEpoch: string;
  /** why, one word */
  reason: string;
  /** PUBLISH, SPUBLISH, or NONE */
  doorbell: string;
  /** channel of the board */
  channel: string;
};
export type BumpEpochReply =
  | { status: 'bumped'; epoch: string; seq: number }
  | { status: 'kept'; epoch: string; seq: number }
  | { status: 'upgrade'; schema: number };
/** Starts a new epoch after a fork was seen, once: only the first caller that observed the old one wins. Also creates the position of a new board, and restores a lost one from the log or the entities. Cost: O(1); O(entities) when the position was lost. */
export function bumpEpochCall(keys: BumpEpochKeys, args: BumpEpochArgs): FunctionCall<BumpEpochReply> {
  return {
    name: 'b2_bump_epoch',
    isReadOnly: false,
    keys: [keys.meta, keys.ent, keys.log],
    args: [args.observed, args.newEpoch, args.reason, args.doorbell, args.channel],
    fields: { seq: 'int', schema: 'int' },
  };
}

export type CommitKeys = {
  /** hash; position of the board */
  meta: string;
  /** hash; entity id to `<v>|<json>` */
  ent: string;
  /** stream; committed entries */
  log: string;
  /** hash; outcomes of this client */
  idem: string;
  /** stream; audit trail */
  aud: string;
  /** stream; intents for the relay */
  out: string;
};
export type CommitArgs = {
  /** PUBLISH, SPUBLISH, or NONE */
  doorbell: string;
  /** channel of the board */
  channel: string;
  /** epoch ms on this server's clock after which nothing is done; 0 for none */
  deadlineMs: number;
  /** command number of the client */
  n: number;
  /** hash of the command and its actor, hexadecimal */
  paramHash: string;
  /** history the caller decided on; empty when it knows none */
  epoch: string;
  /** 32 random hexadecimal digits, used when the board is new */
  newEpoch: string;
  /** the caller's position; a server that stands lower has lost its tail */
  seqSeen: number;
  /** `applied`, or the code of the refusal */
  code: string;
  /** JSON stored as the outcome */
  outcome: string;
  /** LogFrame JSON; empty for a refusal */
  frame: string;
  /** JSON of the audit entry, without patient data */
  audit: string;
  /** every entity read or written */
  ids: readonly string[];
  /** the version each of them was read at, 0 = absent */
  versions: readonly string[];
  /** entity id and its new JSON; empty JSON deletes */
  writes: readonly (readonly [string, string | number])[];
  /** JSON of each outbox intent */
  intents: readonly string[];
};
export type CommitReply =
  | { status: 'committed'; epoch: string; seq: number; chain: string; id: string; t: number }
  | { status: 'refused'; epoch: string; seq: number; t: number }
  | { status: 'duplicate'; seq: number; outcome: string }
  | { status: 'late'; t: number }
  | { status: 'gap'; expected: number }
  | { status: 'expired'; lmid: number }
  | { status: 'mismatch'; lmid: number }
  | { status: 'upgrade'; schema: number }
  | { status: 'meta_lost'; t: number }
  | { status: 'epoch_changed'; epoch: string; seq: number }
  | { status: 'forked'; epoch: string; seq: number }
  | { status: 'stale'; ids: string[]; seq: number };
/** Makes one decided command true, once and atomically: entities, log, audit, outbox, outcome, doorbell. Knows nothing about clinics. A refusal commits too: no change, no seq, no log entry, but its outcome and its audit entry, so that a retry gets the same answer. Cost: O(entities touched + bytes of the frame); about 12 inner commands. */
export function commitCall(keys: CommitKeys, args: CommitArgs): FunctionCall<CommitReply> {
  return {
    name: 'b2_commit',
    isReadOnly: false,
    keys: [keys.meta, keys.ent, keys.log, keys.idem, keys.aud, keys.out],
    args: [args.doorbell, args.channel, args.deadlineMs, args.n, args.paramHash, args.epoch, args.newEpoch, args.seqSeen, args.code, args.outcome, args.frame, args.audit, args.ids.length, ...args.ids, args.versions.length, ...args.versions, args.writes.length, ...args.writes.flat(), args.intents.length, ...args.intents],
    fields: { seq: 'int', t: 'int', expected: 'int', lmid: 'int', schema: 'int', ids: 'list' },
  };
}

export type FinishSealKeys = {
  /** hash; state of the log's sealing */
  seal: string;
};
export type FinishSealArgs = {
  /** the holder's */
  fence: number;
  /** entries sealed before */
  size: number;
  /** entries sealed now */
  newSize: number;
  /** root hash of the new size, base64 */
  root: string;
  /** epoch ms of the checkpoint */
  at: number;
  /** source, and its last sealed id with how many entries of it are sealed */
  positions: readonly (readonly [string, string | number])[];
};
export type FinishSealReply =
  | { status: 'finished'; size: number }
  | { status: 'fenced'; fence: number }
  | { status: 'moved'; size: number };
/** Counts a batch as sealed once its checkpoint is signed and archived: from then on its entries may be trimmed. Cost: O(sources). */
export function finishSealCall(keys: FinishSealKeys, args: FinishSealArgs): FunctionCall<FinishSealReply> {
  return {
    name: 'b2_finish_seal',
    isReadOnly: false,
    keys: [keys.seal],
    args: [args.fence, args.size, args.newSize, args.root, args.at, args.positions.length, ...args.positions.flat()],
    fields: { size: 'int', fence: 'int' },
  };
}

export type HoldSealKeys = {
  /** hash; state of the log's sealing */
  seal: string;
};
export type HoldSealArgs = {
  /** the process */
  holder: string;
  /** for how long */
  ttlMs: number;
};
export type HoldSealReply =
  | { status: 'held'; fence: number; size: number; root: string; at: number; plan: string }
  | { status: 'busy'; until: number };
/** Takes or renews the right to seal one log. Each new holder gets a higher fence; work under a lower one is void. Cost: O(1). */
export function holdSealCall(keys: HoldSealKeys, args: HoldSealArgs): FunctionCall<HoldSealReply> {
  return {
    name: 'b2_hold_seal',
    isReadOnly: false,
    keys: [keys.seal],
    args: [args.holder, args.ttlMs],
    fields: { fence: 'int', size: 'int', at: 'int', until: 'int' },
  };
}

export type LeavePresenceKeys = {
  /** zset; tab to the time it expires */
  pres: string;
  /** hash; tab to its JSON */
  tabs: string;
};
export type LeavePresenceArgs = {
  /** id of the tab */
  tab: string;
};
export type LeavePresenceReply =
  | { status: 'left'; wasPresent: number };
/** Says that a tab has left the board. Cost: O(log tabs). */
export function leavePresenceCall(keys: LeavePresenceKeys, args: LeavePresenceArgs): FunctionCall<LeavePresenceReply> {
  return {
    name: 'b2_leave_presence',
    isReadOnly: false,
    keys: [keys.pres, keys.tabs],
    args: [args.tab],
    fields: { wasPresent: 'int' },
  };
}

export type ListPresenceKeys = {
  /** zset; tab to the time it expires */
  pres: string;
  /** hash; tab to its JSON */
  tabs: string;
};
export type ListPresenceReply =
  | { status: 'ok'; now: number; tabs: string[] };
/** Lists the tabs that look at the board now. Cost: O(tabs). */
export function listPresenceCall(keys: ListPresenceKeys): FunctionCall<ListPresenceReply> {
  return {
    name: 'b2_list_presence',
    isReadOnly: true,
    keys: [keys.pres, keys.tabs],
    args: [],
    fields: { now: 'int', tabs: 'list' },
  };
}

export type PlanSealKeys = {
  /** hash; state of the log's sealing */
  seal: string;
};
export type PlanSealArgs = {
  /** the holder's */
  fence: number;
  /** entries sealed so far */
  size: number;
  /** JSON of the batch */
  plan: string;
};
export type PlanSealReply =
  | { status: 'planned'; fence: number }
  | { status: 'fenced'; fence: number }
  | { status: 'moved'; size: number }
  | { status: 'pending'; plan: string };
/** Fixes which entries the next batch of a log holds and in which order, before any of it is written elsewhere: whoever goes on after a crash, or races with the holder, makes the same bytes. Cost: O(1). */
export function planSealCall(keys: PlanSealKeys, args: PlanSealArgs): FunctionCall<PlanSealReply> {
  return {
    name: 'b2_plan_seal',
    isReadOnly: false,
    keys: [keys.seal],
    args: [args.fence, args.size, args.plan],
    fields: { fence: 'int', size: 'int' },
  };
}

export type ReadBoardKeys = {
  /** hash; position of the board */
  meta: string;
  /** hash; entity id to `<v>|<json>` */
  ent: string;
  /** stream; committed entries */
  log: string;
};
export type ReadBoardReply =
  | { status: 'ok'; epoch: string; seq: number; chain: string; id: string; t: number; now: number; schema: number; entities: string[] }
  | { status: 'absent'; now: number }
  | { status: 'meta_lost'; now: number };
/** Reads position and all entities of a board as of one instant. Cost: O(entities). */
export function readBoardCall(keys: ReadBoardKeys): FunctionCall<ReadBoardReply> {
  return {
    name: 'b2_read_board',
    isReadOnly: true,
    keys: [keys.meta, keys.ent, keys.log],
    args: [],
    fields: { seq: 'int', t: 'int', now: 'int', schema: 'int', entities: 'list' },
  };
}

export type ReadLogKeys = {
  /** hash; position of the board */
  meta: string;
  /** stream; committed entries */
  log: string;
};
export type ReadLogArgs = {
  /** stream id, or `-` for the beginning */
  fromId: string;
  /** at most this many entries */
  countMax: number;
};
export type ReadLogReply =
  | { status: 'ok'; epoch: string; seq: number; chain: string; id: string; t: number; now: number; firstSeq: number; entries: unknown }
  | { status: 'absent'; now: number };
/** Reads log entries from one id on, that entry included, with the position as of the same instant. The first entry proves the reader's history: another chain there is a fork, its absence a fork or a trim. Cost: O(entries returned). */
export function readLogCall(keys: ReadLogKeys, args: ReadLogArgs): FunctionCall<ReadLogReply> {
  return {
    name: 'b2_read_log',
    isReadOnly: true,
    keys: [keys.meta, keys.log],
    args: [args.fromId, args.countMax],
    fields: { seq: 'int', t: 'int', now: 'int', firstSeq: 'int', entries: 'raw' },
  };
}

export type ReadPositionKeys = {
  /** hash; position of the board */
  meta: string;
};
export type ReadPositionReply =
  | { status: 'ok'; epoch: string; seq: number; chain: string; now: number }
  | { status: 'absent'; now: number };
/** Reads where a board stands: the once-a-second check that a follower has missed nothing. Cost: O(1). */
export function readPositionCall(keys: ReadPositionKeys): FunctionCall<ReadPositionReply> {
  return {
    name: 'b2_read_position',
    isReadOnly: true,
    keys: [keys.meta],
    args: [],
    fields: { seq: 'int', now: 'int' },
  };
}

export type TouchPresenceKeys = {
  /** zset; tab to the time it expires */
  pres: string;
  /** hash; tab to its JSON */
  tabs: string;
};
export type TouchPresenceArgs = {
  /** id of the tab */
  tab: string;
  /** how long without another touch */
  ttlMs: number;
  /** JSON: user, role, editing; no patient data */
  payload: string;
  /** no more tabs than this on one board */
  tabsMax: number;
};
export type TouchPresenceReply =
  | { status: 'touched'; expiresMs: number; dropped: number }
  | { status: 'full'; tabs: number };
/** Says that a tab looks at the board, for a while, on the server's clock. Cost: O(log tabs). */
export function touchPresenceCall(keys: TouchPresenceKeys, args: TouchPresenceArgs): FunctionCall<TouchPresenceReply> {
  return {
    name: 'b2_touch_presence',
    isReadOnly: false,
    keys: [keys.pres, keys.tabs],
    args: [args.tab, args.ttlMs, args.payload, args.tabsMax],
    fields: { expiresMs: 'int', dropped: 'int', tabs: 'int' },
  };
}

export type TrimLogKeys = {
  /** hash; position of the board */
  meta: string;
  /** stream; committed entries */
  log: string;
};
export type TrimLogArgs = {
  /** oldest stream id to keep */
  minId: string;
};
export type TrimLogReply =
  | { status: 'trimmed'; count: number }
  | { status: 'absent'; t: number }
  | { status: 'past_end'; id: string };
/** Drops log entries before one id, after they were archived. The last entry always stays: it proves the chain. Cost: O(entries dropped). */
export function trimLogCall(keys: TrimLogKeys, args: TrimLogArgs): FunctionCall<TrimLogReply> {
  return {
    name: 'b2_trim_log',
    isReadOnly: false,
    keys: [keys.meta, keys.log],
    args: [args.minId],
    fields: { count: 'int', t: 'int' },
  };
}
