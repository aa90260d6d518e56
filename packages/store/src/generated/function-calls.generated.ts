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
    name: 'b1_append_audit',
    isReadOnly: false,
    keys: [keys.aud],
    args: [args.seq, args.entries.length, ...args.entries],
    fields: { count: 'int' },
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
    name: 'b1_bump_epoch',
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
  /** history hash at that position; empty when it knows none */
  chainSeen: string;
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
    name: 'b1_commit',
    isReadOnly: false,
    keys: [keys.meta, keys.ent, keys.log, keys.idem, keys.aud, keys.out],
    args: [args.doorbell, args.channel, args.deadlineMs, args.n, args.paramHash, args.epoch, args.newEpoch, args.seqSeen, args.chainSeen, args.code, args.outcome, args.frame, args.audit, args.ids.length, ...args.ids, args.versions.length, ...args.versions, args.writes.length, ...args.writes.flat(), args.intents.length, ...args.intents],
    fields: { seq: 'int', t: 'int', expected: 'int', lmid: 'int', schema: 'int', ids: 'list' },
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
    name: 'b1_leave_presence',
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
    name: 'b1_list_presence',
    isReadOnly: true,
    keys: [keys.pres, keys.tabs],
    args: [],
    fields: { now: 'int', tabs: 'list' },
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
    name: 'b1_read_board',
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
    name: 'b1_read_log',
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
    name: 'b1_read_position',
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
    name: 'b1_touch_presence',
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
    name: 'b1_trim_log',
    isReadOnly: false,
    keys: [keys.meta, keys.log],
    args: [args.minId],
    fields: { count: 'int', t: 'int' },
  };
}
