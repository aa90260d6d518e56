--- Makes one decided command true, once and atomically: entities, log, audit, outbox, outcome, doorbell.
--- Knows nothing about clinics. A refusal commits too: no change, no seq, no log entry, but its outcome
--- and its audit entry, so that a retry gets the same answer.
---
--- rules: BL-GUARD BL-ONCE BL-ORDER BL-STALE BL-DEADLINE BL-CHAIN BL-REFUSAL BL-AUDIT BL-DOORBELL BL-FORK BL-ABI BL-ARCHIVE
--- KEYS:
---   meta: hash; position of the board
---   ent: hash; entity id to `<v>|<json>`
---   log: stream; committed entries
---   idem: hash; outcomes of this client
---   aud: stream; audit trail
---   out: stream; intents for the relay
---   guards: list; strings that the caller acts on besides the board, such as its session; none in a cluster
--- ARGV:
---   doorbell: text; PUBLISH, SPUBLISH, or NONE
---   channel: text; channel of the board
---   deadlineMs: int; epoch ms on this server's clock after which nothing is done; 0 for none
---   n: int; command number of the client
---   paramHash: text; hash of the command and its actor, hexadecimal
---   epoch: text; history the caller decided on; empty when it knows none
---   newEpoch: text; 32 random hexadecimal digits, used when the board is new
---   seqSeen: int; the caller's position; a server that stands lower has lost its tail
---   chainSeen: text; history hash at that position; empty when it knows none
---   code: text; `applied`, or the code of the refusal
---   outcome: text; JSON stored as the outcome
---   frame: text; LogFrame JSON; empty for a refusal
---   audit: text; JSON of the audit entry, without patient data
---   ids: list; every entity read or written
---   versions: list; the version each of them was read at, 0 = absent
---   writes: pairs; entity id and its new JSON; empty JSON deletes
---   intents: list; JSON of each outbox intent
---   seen: list; each guard as the caller read it, empty where it was absent
--- RETURNS:
---   committed: epoch seq:int chain id t:int; the command is true
---   refused: epoch seq:int t:int; the refusal is stored
---   duplicate: seq:int outcome; what this (client, n) got the first time; seq 0 for a refusal
--- REFUSES:
---   unguarded: at:int; this guard, counted from 1, is not what the caller saw; the caller must read it again
---   late: t:int; past the deadline
---   gap: expected:int; an earlier command of this client is missing
---   expired: lmid:int; the outcome is older than the last 256
---   mismatch: lmid:int; this n was another command
---   upgrade: schema:int; a newer library writes this board
---   archived: epoch seq:int; the board is in the archive; it is read there and never written again
---   meta_lost: t:int; the position is gone although the board is not; call bump_epoch
---   epoch_changed: epoch seq:int; another history; read the board again
---   forked: epoch seq:int; the server stands before the caller; its tail was lost
---   stale: ids:list seq:int; these entities changed since they were read; decide again
--- FLAGS: none
--- EVENTS: one log entry; doorbell `<epoch> <seq> <p> <chain> <id> <t>\n<frame>`
--- COST: O(entities touched + bytes of the frame); about 12 inner commands
--- @include "now_ms"
--- @include "int_text"
--- @include "first_chain"
--- @include "next_chain"
--- @include "recall_outcome"
--- @include "stale_ids"
--- @include "keep_outcome"
--- @include "ring_doorbell"
local function commit(keys, args)
  -- Parse. Lists stay where they are in args: copying them is a tenth of the whole cost.
  local meta, ent, log, idem, aud = keys[1], keys[2], keys[3], keys[4], keys[5]
  local deadline, n, epoch, code, frame = tonumber(args[3]), tonumber(args[4]), args[6], args[10], args[12]
  local num_ids = tonumber(args[14])
  local ids_at = 15
  local versions_at = ids_at + num_ids + 1
  local writes_at = versions_at + num_ids + 1
  local writes_to = writes_at + tonumber(args[writes_at - 1]) * 2 - 1
  local num_intents = tonumber(args[writes_to + 1])

  -- Guard. First of all: whoever may no longer act is told nothing about the board.
  local num_guards = #keys - 6
  if num_guards > 0 then
    local found = redis.call('MGET', unpack(keys, 7))
    local seen_at = writes_to + num_intents + 2
    for i = 1, num_guards do
      if (found[i] or '') ~= args[seen_at + i] then return { 'status', 'unguarded', 'at', int_text(i) } end
    end
  end

  -- Load. Each read also proves its key's type: a wrong one raises here, before the first write.
  local now = now_ms()
  local t = int_text(now)
  if deadline > 0 and now > deadline then return { 'status', 'late', 't', t } end
  local recalled = recall_outcome(idem, n, args[4], args[5])
  local known = redis.call('HMGET', meta, 'epoch', 'seq', 'c', 'schema', 'arch')
  if recalled and (recalled[2] == 'duplicate' or not known[5]) then return recalled end

  -- Refuse.
  local known_epoch, p, chain = known[1], known[2] or '0', known[3]
  local seq = tonumber(p)
  if tonumber(known[4] or '0') > ABI then return { 'status', 'upgrade', 'schema', known[4] } end
  if known[5] then return { 'status', 'archived', 'epoch', known_epoch or '', 'seq', p } end
  if not known_epoch and (epoch ~= '' or redis.call('EXISTS', ent, log) > 0) then
    return { 'status', 'meta_lost', 't', t }
  end
  if epoch ~= '' and epoch ~= known_epoch then
    return { 'status', 'epoch_changed', 'epoch', known_epoch, 'seq', p }
  end
  -- The hash names the whole history: where it is the caller's, nothing that the caller read can have changed, and
  -- the entities, by far the largest thing here, need not be read.
  local is_as_seen = chain == args[9]
  local seen = tonumber(args[8])
  if seq < seen or (seq == seen and args[9] ~= '' and not is_as_seen) then
    return { 'status', 'forked', 'epoch', known_epoch or '', 'seq', p }
  end
  if is_as_seen then
    redis.call('HLEN', ent)
  elseif num_ids > 0 then
    local stored = redis.call('HMGET', ent, unpack(args, ids_at, ids_at + num_ids - 1))
    local stale = stale_ids(args, ids_at, versions_at, stored)
    if stale then return { 'status', 'stale', 'ids', stale, 'seq', p } end
  end
  if num_intents > 0 then redis.call('XLEN', keys[6]) end

  -- First write.
  if frame == '' then
    redis.call('XADD', aud, '*', 'q', p, 'o', code, 'f', args[13])
    keep_outcome(idem, n, args[4], args[5] .. '|0|' .. args[11])
    return { 'status', 'refused', 'epoch', known_epoch or '', 'seq', p, 't', t }
  end
  local q = int_text(seq + 1)
  local is_new = not known_epoch
  if is_new then
    known_epoch = args[7]
    chain = first_chain(known_epoch)
  end
  chain = next_chain(chain, q, frame)
  local sets, deletes = {}, nil
  for i = writes_at, writes_to, 2 do
    if args[i + 1] == '' then
      deletes = deletes or {}
      deletes[#deletes + 1] = args[i]
    else
      sets[#sets + 1] = args[i]
      sets[#sets + 1] = q .. '|' .. args[i + 1]
    end
  end
  -- The two keys that nothing above has read go first. A log key of another type raises with nothing written;
  -- an audit key of another type takes the one log entry back. Asking both first would cost a tenth more.
  local id
  if not deletes then
    id = redis.call('XADD', log, '*', 'q', q, 'c', chain, 'f', frame)
  else
    id = redis.call('XADD', log, '*', 'q', q, 'c', chain, 'f', frame, 'x', table.concat(deletes, ' '))
  end
  local audited = redis.pcall('XADD', aud, '*', 'q', q, 'o', code, 'f', args[13])
  if type(audited) == 'table' then
    redis.call('XDEL', log, id)
    return audited
  end
  if deletes then redis.call('HDEL', ent, unpack(deletes)) end
  if #sets > 0 then redis.call('HSET', ent, unpack(sets)) end
  if is_new then redis.call('HSET', meta, 'epoch', known_epoch, 'schema', ABI) end
  redis.call('HSET', meta, 'seq', q, 'c', chain, 'id', id, 't', t)
  for i = 1, num_intents do
    redis.call('XADD', keys[6], '*', 'q', q, 'n', int_text(i), 'f', args[writes_to + 1 + i])
  end
  keep_outcome(idem, n, args[4], args[5] .. '|' .. q .. '|' .. args[11])
  ring_doorbell(args[1], args[2],
    known_epoch .. ' ' .. q .. ' ' .. p .. ' ' .. chain .. ' ' .. id .. ' ' .. t .. '\n' .. frame)
  return { 'status', 'committed', 'epoch', known_epoch, 'seq', q, 'chain', chain, 'id', id, 't', t }
end
