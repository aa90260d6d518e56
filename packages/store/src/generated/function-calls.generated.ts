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
    name: 'b4_append_audit',
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
    name: 'b4_append_events',
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
    name: 'b4_bump_epoch',
    isReadOnly: false,
    keys: [keys.meta, keys.ent, keys.log],
    args: [args.observed, args.newEpoch, args.reason, args.doorbell, args.channel],
    fields: { seq: 'int', schema: 'int' },
  };
}

export type ChangeRecordsKeys = {
  /** hash; record id to `<v>|<json>`; `#` counts the changes */
  records: string;
  /** stream; one entry per change */
  journal: string;
};
export type ChangeRecordsArgs = {
  /** JSON of who changed what and why, without patient data */
  entry: string;
  /** every record read or written */
  ids: readonly string[];
  /** the version each of them was read at, 0 = absent */
  versions: readonly string[];
  /** record id and its new JSON; empty JSON deletes */
  writes: readonly (readonly [string, string | number])[];
};
export type ChangeRecordsReply =
  | { status: 'changed'; seq: number }
  | { status: 'stale'; ids: string[] };
/** Changes records of one family together, provided that none of those the decision read has changed since; the change is noted in the family's journal in the same step. Knows nothing about what the records mean. Cost: O(records touched). */
export function changeRecordsCall(keys: ChangeRecordsKeys, args: ChangeRecordsArgs): FunctionCall<ChangeRecordsReply> {
  return {
    name: 'b4_change_records',
    isReadOnly: false,
    keys: [keys.records, keys.journal],
    args: [args.entry, args.ids.length, ...args.ids, args.versions.length, ...args.versions, args.writes.length, ...args.writes.flat()],
    fields: { seq: 'int', ids: 'list' },
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
  /** list; strings that the caller acts on besides the board, such as its session; none in a cluster */
  guards: readonly string[];
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
  /** each guard as the caller read it, empty where it was absent */
  seen: readonly string[];
};
export type CommitReply =
  | { status: 'committed'; epoch: string; seq: number; chain: string; id: string; t: number }
  | { status: 'refused'; epoch: string; seq: number; t: number }
  | { status: 'duplicate'; seq: number; outcome: string }
  | { status: 'unguarded'; at: number }
  | { status: 'late'; t: number }
  | { status: 'gap'; expected: number }
  | { status: 'expired'; lmid: number }
  | { status: 'mismatch'; lmid: number }
  | { status: 'upgrade'; schema: number }
  | { status: 'archived'; epoch: string; seq: number }
  | { status: 'meta_lost'; t: number }
  | { status: 'epoch_changed'; epoch: string; seq: number }
  | { status: 'forked'; epoch: string; seq: number }
  | { status: 'stale'; ids: string[]; seq: number };
/** Makes one decided command true, once and atomically: entities, log, audit, outbox, outcome, doorbell. Knows nothing about clinics. A refusal commits too: no change, no seq, no log entry, but its outcome and its audit entry, so that a retry gets the same answer. Cost: O(entities touched + bytes of the frame); about 12 inner commands. */
export function commitCall(keys: CommitKeys, args: CommitArgs): FunctionCall<CommitReply> {
  return {
    name: 'b4_commit',
    isReadOnly: false,
    keys: [keys.meta, keys.ent, keys.log, keys.idem, keys.aud, keys.out, ...keys.guards],
    args: [args.doorbell, args.channel, args.deadlineMs, args.n, args.paramHash, args.epoch, args.newEpoch, args.seqSeen, args.chainSeen, args.code, args.outcome, args.frame, args.audit, args.ids.length, ...args.ids, args.versions.length, ...args.versions, args.writes.length, ...args.writes.flat(), args.intents.length, ...args.intents, args.seen.length, ...args.seen],
    fields: { seq: 'int', t: 'int', at: 'int', expected: 'int', lmid: 'int', schema: 'int', ids: 'list' },
  };
}

export type CountTryKeys = {
  /** hash; its fields, and n (tries so far) */
  record: string;
};
export type CountTryArgs = {
  /** as many are judged */
  triesMax: number;
};
export type CountTryReply =
  | { status: 'counted'; tries: number }
  | { status: 'gone'; tries: number }
  | { status: 'spent'; tries: number };
/** Counts one more try against a record that is there, before the try is judged; the last one too many ends it. Cost: O(1). */
export function countTryCall(keys: CountTryKeys, args: CountTryArgs): FunctionCall<CountTryReply> {
  return {
    name: 'b4_count_try',
    isReadOnly: false,
    keys: [keys.record],
    args: [args.triesMax],
    fields: { tries: 'int' },
  };
}

export type CountWindowKeys = {
  /** zset; member to the time it was last seen */
  window: string;
};
export type CountWindowArgs = {
  /** what was done, an opaque id */
  member: string;
  /** length of the window */
  windowMs: number;
  /** so many members are kept; the oldest go first */
  countMax: number;
};
export type CountWindowReply =
  | { status: 'counted'; count: number };
/** Counts how many different things one subject did within a sliding window, this one included. Cost: O(log of the members, plus those that expire). */
export function countWindowCall(keys: CountWindowKeys, args: CountWindowArgs): FunctionCall<CountWindowReply> {
  return {
    name: 'b4_count_window',
    isReadOnly: false,
    keys: [keys.window],
    args: [args.member, args.windowMs, args.countMax],
    fields: { count: 'int' },
  };
}

export type DropBoardKeys = {
  /** hash; position of the board */
  meta: string;
  /** hash; entity id to `<v>|<json>` */
  ent: string;
  /** stream; committed entries */
  log: string;
  /** stream; intents for the relay */
  out: string;
};
export type DropBoardArgs = {
  /** the history that was archived */
  epoch: string;
  /** its last position */
  seq: number;
  /** its last chain */
  chain: string;
  /** 32 random hexadecimal digits, so that every follower reads the board again */
  newEpoch: string;
  /** name of the archive */
  object: string;
  /** PUBLISH, SPUBLISH, or NONE */
  doorbell: string;
  /** channel of the board */
  channel: string;
};
export type DropBoardReply =
  | { status: 'dropped'; epoch: string; seq: number }
  | { status: 'already'; object: string }
  | { status: 'absent'; t: number }
  | { status: 'changed'; epoch: string; seq: number }
  | { status: 'owed'; count: number };
/** Takes a board out of memory after it was archived, provided that the archive is of exactly this history. What stays is the position and where the archive is: the board can be read from there and never written again. Cost: O(1); the memory is given back in the background. */
export function dropBoardCall(keys: DropBoardKeys, args: DropBoardArgs): FunctionCall<DropBoardReply> {
  return {
    name: 'b4_drop_board',
    isReadOnly: false,
    keys: [keys.meta, keys.ent, keys.log, keys.out],
    args: [args.epoch, args.seq, args.chain, args.newEpoch, args.object, args.doorbell, args.channel],
    fields: { seq: 'int', t: 'int', count: 'int' },
  };
}

export type EndRecordKeys = {
  /** string; the record */
  record: string;
  /** hash; id of each record of the person to its creation */
  index: string;
};
export type EndRecordArgs = {
  /** its id within the person's */
  id: string;
};
export type EndRecordReply =
  | { status: 'ended'; existed: number };
/** Ends one session or API token. Cost: O(1). */
export function endRecordCall(keys: EndRecordKeys, args: EndRecordArgs): FunctionCall<EndRecordReply> {
  return {
    name: 'b4_end_record',
    isReadOnly: false,
    keys: [keys.record, keys.index],
    args: [args.id],
    fields: { existed: 'int' },
  };
}

export type EndRecordsKeys = {
  /** hash; id of each record of the person to its creation */
  index: string;
  /** string; counts how often everything of this person was ended at once */
  epoch: string;
};
export type EndRecordsArgs = {
  /** what the keys of the person's records begin with */
  prefix: string;
  /** the epoch the caller read */
  epochSeen: number;
  /** id of the record that stays; empty for none */
  keepId: string;
  /** what the caller read as that record */
  keepExpected: string;
  /** the same record made for the next epoch */
  keepText: string;
  /** how long that is kept at most */
  keepTtlMs: number;
};
export type EndRecordsReply =
  | { status: 'ended'; epoch: number; ids: string[] }
  | { status: 'changed'; epoch: number };
/** Ends every session of a person but one: the records go, and the person's epoch moves on, so that a copy of Redis that brings an old record back brings back nothing that counts. Cost: O(records of the person). */
export function endRecordsCall(keys: EndRecordsKeys, args: EndRecordsArgs): FunctionCall<EndRecordsReply> {
  return {
    name: 'b4_end_records',
    isReadOnly: false,
    keys: [keys.index, keys.epoch],
    args: [args.prefix, args.epochSeen, args.keepId, args.keepExpected, args.keepText, args.keepTtlMs],
    fields: { epoch: 'int', ids: 'list' },
  };
}

export type EndTurnKeys = {
  /** hash; state of the lane */
  breaker: string;
  /** hash; state of the other lane: refused credentials stop both */
  other: string;
  /** hash; the operation's next turn */
  gate: string;
  /** stream; changes of state */
  events: string;
};
export type EndTurnArgs = {
  /** as granted */
  permit: string;
  /** as granted */
  gen: number;
  /** reads or writes */
  lane: string;
  /** ok, failed, credentials or ignored */
  outcome: string;
  /** how long the call took */
  tookMs: number;
  /** the vendor refused it as too soon: nobody calls the operation for so long; 0 otherwise */
  deferMs: number;
  /** a random number below 1000000, for the jitter */
  draw: number;
  /** the process, without blanks or colons */
  node: string;
  /** countMax, windowMs, callsMin, failPct, slowPct, slowMs, probes, openMs, openMsMax, jitterPct, credentialsMs, credentialsMsMax */
  settings: readonly string[];
  /** PUBLISH or SPUBLISH */
  doorbell: string;
  /** where changes of state are told */
  channel: string;
};
export type EndTurnReply =
  | { status: 'noted'; state: string; gen: number; calls: number; failed: number; slow: number; now: number }
  | { status: 'late'; state: string; gen: number; now: number };
/** Reports a call to the EHR to the circuit breaker and the rate gate in one. What belongs to an earlier state of the breaker, or to a permit that was given back, changes the gate only. Cost: O(window). */
export function endTurnCall(keys: EndTurnKeys, args: EndTurnArgs): FunctionCall<EndTurnReply> {
  return {
    name: 'b4_end_turn',
    isReadOnly: false,
    keys: [keys.breaker, keys.other, keys.gate, keys.events],
    args: [args.permit, args.gen, args.lane, args.outcome, args.tookMs, args.deferMs, args.draw, args.node, args.settings.length, ...args.settings, args.doorbell, args.channel],
    fields: { gen: 'int', calls: 'int', failed: 'int', slow: 'int', now: 'int' },
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
    name: 'b4_finish_seal',
    isReadOnly: false,
    keys: [keys.seal],
    args: [args.fence, args.size, args.newSize, args.root, args.at, args.positions.length, ...args.positions.flat()],
    fields: { size: 'int', fence: 'int' },
  };
}

export type ForceBreakerKeys = {
  /** hash; state of one lane */
  breaker: string;
  /** stream; changes of state */
  events: string;
};
export type ForceBreakerArgs = {
  /** reads or writes */
  lane: string;
  /** forced_open, forced_closed, or closed for automatic */
  state: string;
  /** ends by itself after so long; 0 for never */
  ttlMs: number;
  /** the person's reason */
  why: string;
  /** the person */
  by: string;
  /** PUBLISH or SPUBLISH */
  doorbell: string;
  /** where changes of state are told */
  channel: string;
};
export type ForceBreakerReply =
  | { status: 'turned'; from: string; gen: number; now: number };
/** A person's hand on the circuit breaker: held open, held closed, or back to automatic with a clean window. All permits of before are void. Cost: O(1). */
export function forceBreakerCall(keys: ForceBreakerKeys, args: ForceBreakerArgs): FunctionCall<ForceBreakerReply> {
  return {
    name: 'b4_force_breaker',
    isReadOnly: false,
    keys: [keys.breaker, keys.events],
    args: [args.lane, args.state, args.ttlMs, args.why, args.by, args.doorbell, args.channel],
    fields: { gen: 'int', now: 'int' },
  };
}

export type ForgetBoardKeys = {
  /** hash; position of the board */
  meta: string;
};
export type ForgetBoardArgs = {
  /** the archive that was deleted */
  object: string;
  /** 32 random hexadecimal digits, so that every follower reads the board again */
  newEpoch: string;
  /** PUBLISH, SPUBLISH, or NONE */
  doorbell: string;
  /** channel of the board */
  channel: string;
};
export type ForgetBoardReply =
  | { status: 'forgotten'; seq: number }
  | { status: 'already'; seq: number }
  | { status: 'absent'; t: number }
  | { status: 'kept'; object: string };
/** Marks an archived board as purged: neither Redis nor the archive holds it any more. The position stays, so that nobody begins another history under the same name. Cost: O(1). */
export function forgetBoardCall(keys: ForgetBoardKeys, args: ForgetBoardArgs): FunctionCall<ForgetBoardReply> {
  return {
    name: 'b4_forget_board',
    isReadOnly: false,
    keys: [keys.meta],
    args: [args.object, args.newEpoch, args.doorbell, args.channel],
    fields: { seq: 'int', t: 'int' },
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
    name: 'b4_hold_seal',
    isReadOnly: false,
    keys: [keys.seal],
    args: [args.holder, args.ttlMs],
    fields: { fence: 'int', size: 'int', at: 'int', until: 'int' },
  };
}

export type HoldWritesKeys = {
  /** hash; outbox of the board */
  writes: string;
};
export type HoldWritesArgs = {
  /** the process and its try */
  holder: string;
  /** for how long */
  ttlMs: number;
  /** how long the outbox is kept from now */
  lifeMs: number;
};
export type HoldWritesReply =
  | { status: 'held'; fence: number; isNew: number; fields: string[] }
  | { status: 'busy'; leftMs: number };
/** Takes or renews the right to write one board back to the EHR. Each new holder gets a higher fence, and what an earlier one still sends is void. Cost: O(1); O(entries) for a new holder. */
export function holdWritesCall(keys: HoldWritesKeys, args: HoldWritesArgs): FunctionCall<HoldWritesReply> {
  return {
    name: 'b4_hold_writes',
    isReadOnly: false,
    keys: [keys.writes],
    args: [args.holder, args.ttlMs, args.lifeMs],
    fields: { fence: 'int', isNew: 'int', fields: 'list', leftMs: 'int' },
  };
}

export type KeepWritesKeys = {
  /** hash; outbox of the board */
  writes: string;
};
export type KeepWritesArgs = {
  /** the process and its try */
  holder: string;
  /** as it was given */
  fence: number;
  /** 1 to give the right back with it */
  isLast: number;
  /** `<epoch> <seq>` of the board that the entries follow */
  cursor: string;
  /** how long the outbox is kept from now */
  lifeMs: number;
  /** visit id and its entry as JSON without patient data */
  set: readonly (readonly [string, string | number])[];
  /** visit ids */
  drop: readonly string[];
};
export type KeepWritesReply =
  | { status: 'kept'; fence: number }
  | { status: 'lost'; fence: number };
/** Keeps entries of a board's outbox and how far it has followed the board, all or nothing, provided that the holder's fence is still the newest: what a holder that stood still sends after another took over is refused. Cost: O(entries). */
export function keepWritesCall(keys: KeepWritesKeys, args: KeepWritesArgs): FunctionCall<KeepWritesReply> {
  return {
    name: 'b4_keep_writes',
    isReadOnly: false,
    keys: [keys.writes],
    args: [args.holder, args.fence, args.isLast, args.cursor, args.lifeMs, args.set.length, ...args.set.flat(), args.drop.length, ...args.drop],
    fields: { fence: 'int' },
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
    name: 'b4_leave_presence',
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
    name: 'b4_list_presence',
    isReadOnly: true,
    keys: [keys.pres, keys.tabs],
    args: [],
    fields: { now: 'int', tabs: 'list' },
  };
}

export type OpenSessionKeys = {
  /** string; the new record, which must not exist */
  record: string;
  /** hash; id of each record of the person to its creation, epoch ms */
  index: string;
  /** string; counts how often everything of this person was ended at once */
  epoch: string;
};
export type OpenSessionArgs = {
  /** id of the new record within the person's */
  id: string;
  /** the record */
  text: string;
  /** how long it is kept at most */
  ttlMs: number;
  /** epoch ms on the caller's clock */
  createdAt: number;
  /** the person's epoch the record was made for */
  epochSeen: number;
  /** how many the person may have, this one included */
  recordsMax: number;
  /** what the keys of the person's records begin with */
  prefix: string;
  /** `evict` ends the oldest, `refuse` refuses the new one */
  whenFull: string;
};
export type OpenSessionReply =
  | { status: 'opened'; evicted: string[] }
  | { status: 'epoch_changed'; epoch: number }
  | { status: 'full'; count: number }
  | { status: 'taken'; count: number };
/** Keeps a new session, or a new API token, of one person, and holds the person to a number of them. Cost: O(records of the person). */
export function openSessionCall(keys: OpenSessionKeys, args: OpenSessionArgs): FunctionCall<OpenSessionReply> {
  return {
    name: 'b4_open_session',
    isReadOnly: false,
    keys: [keys.record, keys.index, keys.epoch],
    args: [args.id, args.text, args.ttlMs, args.createdAt, args.epochSeen, args.recordsMax, args.prefix, args.whenFull],
    fields: { evicted: 'list', epoch: 'int', count: 'int' },
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
    name: 'b4_plan_seal',
    isReadOnly: false,
    keys: [keys.seal],
    args: [args.fence, args.size, args.plan],
    fields: { fence: 'int', size: 'int' },
  };
}

export type PutAccountKeys = {
  /** hash; uid to `<version>|<json>` */
  all: string;
  /** hash; canonical login name to uid */
  logins: string;
};
export type PutAccountArgs = {
  /** PUBLISH, SPUBLISH, or NONE */
  doorbell: string;
  /** where every process hears of it */
  channel: string;
  /** the account */
  uid: string;
  /** the version the change was decided on; 0 creates */
  version: number;
  /** the new record */
  json: string;
  /** canonical login name from now on; empty for none */
  login: string;
  /** canonical login name until now; empty for none */
  formerLogin: string;
};
export type PutAccountReply =
  | { status: 'put'; version: number }
  | { status: 'changed'; version: number }
  | { status: 'taken'; owner: string };
/** Creates or changes one account: its record and the login name that belongs to it alone, atomically. Cost: O(1). */
export function putAccountCall(keys: PutAccountKeys, args: PutAccountArgs): FunctionCall<PutAccountReply> {
  return {
    name: 'b4_put_account',
    isReadOnly: false,
    keys: [keys.all, keys.logins],
    args: [args.doorbell, args.channel, args.uid, args.version, args.json, args.login, args.formerLogin],
    fields: { version: 'int' },
  };
}

export type PutFieldsKeys = {
  /** hash; its fields, and v (how often it was written) */
  record: string;
};
export type PutFieldsArgs = {
  /** v as it was read; 0 for a record that is not there; -1 for whatever it is */
  version: number;
  /** life of the record from now; 0 leaves it as it is */
  ttlMs: number;
  /** field and its value */
  set: readonly (readonly [string, string | number])[];
  /** fields to remove */
  drop: readonly string[];
};
export type PutFieldsReply =
  | { status: 'put'; version: number }
  | { status: 'changed'; version: number };
/** Writes fields of one record if nobody else wrote since they were read: a compare-and-set over a whole hash. Cost: O(fields). */
export function putFieldsCall(keys: PutFieldsKeys, args: PutFieldsArgs): FunctionCall<PutFieldsReply> {
  return {
    name: 'b4_put_fields',
    isReadOnly: false,
    keys: [keys.record],
    args: [args.version, args.ttlMs, args.set.length, ...args.set.flat(), args.drop.length, ...args.drop],
    fields: { version: 'int' },
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
  | { status: 'archived'; epoch: string; seq: number; chain: string; id: string; t: number; now: number; object: string }
  | { status: 'absent'; now: number }
  | { status: 'meta_lost'; now: number };
/** Reads position and all entities of a board as of one instant. Cost: O(entities). */
export function readBoardCall(keys: ReadBoardKeys): FunctionCall<ReadBoardReply> {
  return {
    name: 'b4_read_board',
    isReadOnly: true,
    keys: [keys.meta, keys.ent, keys.log],
    args: [],
    fields: { seq: 'int', t: 'int', now: 'int', schema: 'int', entities: 'list' },
  };
}

export type ReadBreakerKeys = {
  /** hash; state of one lane */
  breaker: string;
};
export type ReadBreakerArgs = {
  /** outcomes older than this do not count */
  windowMs: number;
  /** so many outcomes count */
  countMax: number;
};
export type ReadBreakerReply =
  | { status: 'ok'; state: string; gen: number; since: number; till: number; opens: number; why: string; by: string; permits: number; calls: number; failed: number; slow: number; now: number };
/** What a circuit breaker is at this moment. Cost: O(window). */
export function readBreakerCall(keys: ReadBreakerKeys, args: ReadBreakerArgs): FunctionCall<ReadBreakerReply> {
  return {
    name: 'b4_read_breaker',
    isReadOnly: true,
    keys: [keys.breaker],
    args: [args.windowMs, args.countMax],
    fields: { gen: 'int', since: 'int', till: 'int', opens: 'int', permits: 'int', calls: 'int', failed: 'int', slow: 'int', now: 'int' },
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
    name: 'b4_read_log',
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
    name: 'b4_read_position',
    isReadOnly: true,
    keys: [keys.meta],
    args: [],
    fields: { seq: 'int', now: 'int' },
  };
}

export type RefundAttemptKeys = {
  /** string; attempts of this person at this place */
  here: string;
  /** string; attempts of this person today */
  day: string;
};
export type RefundAttemptReply =
  | { status: 'refunded'; day: number };
/** Takes back an attempt that was right: failures count, not visits. What was counted here before is forgotten, what was counted today is not. Cost: O(1). */
export function refundAttemptCall(keys: RefundAttemptKeys): FunctionCall<RefundAttemptReply> {
  return {
    name: 'b4_refund_attempt',
    isReadOnly: false,
    keys: [keys.here, keys.day],
    args: [],
    fields: { day: 'int' },
  };
}

export type SpendAttemptKeys = {
  /** string; attempts of this person at this place */
  here: string;
  /** string; attempts of this person today */
  day: string;
};
export type SpendAttemptArgs = {
  /** so many are looked at here */
  hereMax: number;
  /** so many are looked at today */
  dayMax: number;
  /** how long the first of them counts here */
  hereTtlMs: number;
  /** how long the first of them counts today */
  dayTtlMs: number;
};
export type SpendAttemptReply =
  | { status: 'spent'; here: number; day: number }
  | { status: 'exhausted'; here: number; day: number };
/** Counts an attempt at a secret before the secret is looked at, so that neither a crash nor a hundred attempts at once give one away for nothing. Cost: O(1). */
export function spendAttemptCall(keys: SpendAttemptKeys, args: SpendAttemptArgs): FunctionCall<SpendAttemptReply> {
  return {
    name: 'b4_spend_attempt',
    isReadOnly: false,
    keys: [keys.here, keys.day],
    args: [args.hereMax, args.dayMax, args.hereTtlMs, args.dayTtlMs],
    fields: { here: 'int', day: 'int' },
  };
}

export type SwapRecordKeys = {
  /** string; the record */
  record: string;
};
export type SwapRecordArgs = {
  /** what the caller read */
  expected: string;
  /** what it becomes */
  text: string;
  /** how long it is kept at most */
  ttlMs: number;
};
export type SwapRecordReply =
  | { status: 'swapped'; ttlMs: number }
  | { status: 'changed'; exists: number };
/** Replaces a record, provided that it is still what the caller read: two that change it at once cannot both win, and one that was deleted meanwhile does not come back. Cost: O(bytes of the record). */
export function swapRecordCall(keys: SwapRecordKeys, args: SwapRecordArgs): FunctionCall<SwapRecordReply> {
  return {
    name: 'b4_swap_record',
    isReadOnly: false,
    keys: [keys.record],
    args: [args.expected, args.text, args.ttlMs],
    fields: { ttlMs: 'int', exists: 'int' },
  };
}

export type TakeAttemptKeys = {
  /** zset; attempts on one account in one lane, by time */
  account: string;
  /** zset; attempts from one network */
  network: string;
  /** zset; attempts from one enrolled workstation */
  station: string;
  /** zset; attempts in the whole installation */
  everywhere: string;
};
export type TakeAttemptArgs = {
  /** random id, with which a success takes its attempt back */
  attempt: string;
  /** width in ms and most attempts of each window in the order of the keys; most 0 leaves it out */
  limits: readonly string[];
  /** from so many attempts on the account each one has to wait longer; 0 for never */
  slowFrom: number;
  /** the longest such wait */
  slowMsMax: number;
};
export type TakeAttemptReply =
  | { status: 'taken'; attempts: number }
  | { status: 'wait'; ms: number; scope: string };
/** Takes one attempt out of up to four sliding windows, all or none, before the attempt is judged. A refused attempt is not counted: whoever only waits gets through. Cost: O(log attempts) in each window. */
export function takeAttemptCall(keys: TakeAttemptKeys, args: TakeAttemptArgs): FunctionCall<TakeAttemptReply> {
  return {
    name: 'b4_take_attempt',
    isReadOnly: false,
    keys: [keys.account, keys.network, keys.station, keys.everywhere],
    args: [args.attempt, args.limits.length, ...args.limits, args.slowFrom, args.slowMsMax],
    fields: { attempts: 'int', ms: 'int' },
  };
}

export type TakeTurnKeys = {
  /** hash; state of one lane */
  breaker: string;
  /** hash; the operation's next turn and its line */
  gate: string;
  /** stream; changes of state */
  events: string;
};
export type TakeTurnArgs = {
  /** random id; the same one while waiting */
  permit: string;
  /** interactive or background */
  kind: string;
  /** reads or writes */
  lane: string;
  /** least time between two calls of the operation, margin included */
  gapMs: number;
  /** 1 when the vendor itself has told that gap; it then holds for everybody */
  isLive: number;
  /** the caller knows of calls that this server does not: no turn before */
  busyMs: number;
  /** so many may wait */
  waitersMax: number;
  /** permits of a half-open breaker */
  probes: number;
  /** a permit of a half-open breaker that is not reported by then is given back */
  leaseMs: number;
  /** PUBLISH or SPUBLISH */
  doorbell: string;
  /** where changes of state are told */
  channel: string;
};
export type TakeTurnReply =
  | { status: 'granted'; gen: number; now: number; state: string }
  | { status: 'wait'; ms: number; now: number; ahead: number }
  | { status: 'denied'; state: string; retryMs: number; now: number }
  | { status: 'full'; now: number };
/** Asks for a call to the EHR: a permit of the circuit breaker and a turn of the rate gate, both or neither. Turns are one gap apart for all processes together, by this server's clock. Interactive callers go first, but after three of them a background caller that waits has its turn. Cost: O(waiters). */
export function takeTurnCall(keys: TakeTurnKeys, args: TakeTurnArgs): FunctionCall<TakeTurnReply> {
  return {
    name: 'b4_take_turn',
    isReadOnly: false,
    keys: [keys.breaker, keys.gate, keys.events],
    args: [args.permit, args.kind, args.lane, args.gapMs, args.isLive, args.busyMs, args.waitersMax, args.probes, args.leaseMs, args.doorbell, args.channel],
    fields: { gen: 'int', now: 'int', ms: 'int', ahead: 'int', retryMs: 'int' },
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
    name: 'b4_touch_presence',
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
    name: 'b4_trim_log',
    isReadOnly: false,
    keys: [keys.meta, keys.log],
    args: [args.minId],
    fields: { count: 'int', t: 'int' },
  };
}
