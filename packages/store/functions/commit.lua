--- Makes one decided command true, once and atomically: entities, log, audit, outbox, outcome, doorbell.
--- Knows nothing about clinics. A refusal commits too: no change, no seq, no log entry, but its outcome
--- and its audit entry, so that a retry gets the same answer.
---
--- rules: BL-ONCE BL-ORDER BL-STALE BL-DEADLINE BL-CHAIN BL-REFUSAL BL-AUDIT BL-DOORBELL BL-FORK BL-ABI
--- KEYS:
---   meta: hash; position of the board
---   ent: hash; entity id to `<v>|<json>`
---   log: stream; committed entries
---   idem: hash; outcomes of this client
---   aud: stream; audit trail
---   out: stream; intents for the relay
--- ARGV:
---   doorbell: text; PUBLISH, SPUBLISH, or NONE
---   channel: text; channel of the board
---   deadlineMs: int; epoch ms on this server's clock after which nothing is done; 0 for none
---   n: int; command number of the client
---   paramHash: text; hash of the command and its actor, hexadecimal
---   epoch: text; history the caller decided on; empty when it knows none
---   newEpoch: text; 32 random hexadecimal digits, used when the board is new
---   seqSeen: int; the caller's position; a server that stands lower has lost its tail
---   code: text; `applied`, or the code of the refusal
---   outcome: text; JSON stored as the outcome
---   frame: text; LogFrame JSON; empty for a refusal
---   audit: text; JSON of the audit entry, without patient data
---   preconditions: pairs; every entity read or written with the version it was read at, 0 = absent
---   writes: pairs; entity id and its new JSON; empty JSON deletes
---   intents: list; JSON of each outbox intent
--- RETURNS:
---   committed: epoch seq:int chain id t:int; the command is true
---   refused: epoch seq:int t:int; the refusal is stored
---   duplicate: seq:int outcome; what this (client, n) got the first time; seq 0 for a refusal
--- REFUSES:
---   late: t:int; past the deadline
---   gap: expected:int; an earlier command of this client is missing
---   expired: lmid:int; the outcome is older than the last 256
---   mismatch: lmid:int; this n was another command
---   upgrade: schema:int; a newer library writes this board
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
--- @include "version_of"
--- @include "take_list"
--- @include "recall_outcome"
--- @include "stale_ids"
--- @include "ring_doorbell"
local function commit(keys, args)
  -- Parse.
  local meta, ent, log, idem, aud, out = keys[1], keys[2], keys[3], keys[4], keys[5], keys[6]
  local deadline, n, param_hash, epoch = tonumber(args[3]), tonumber(args[4]), args[5], args[6]
  local code, outcome, frame, audit = args[9], args[10], args[11], args[12]
  local preconditions, writes_at = take_list(args, 13, 2)
  local writes, intents_at = take_list(args, writes_at, 2)
  local intents = take_list(args, intents_at)

  -- Load. Each read also proves its key's type: a wrong one raises here, before the first write.
  local now = now_ms()
  local t = int_text(now)
  if deadline > 0 and now > deadline then return { 'status', 'late', 't', t } end
  local recalled = recall_outcome(redis.call('HMGET', idem, 'lmid', n), n, param_hash)
  if recalled then return recalled end
  local known = redis.call('HMGET', meta, 'epoch', 'seq', 'c', 'schema')
  local log_length = redis.call('XLEN', log)
  redis.call('XLEN', aud)
  if #intents > 0 then redis.call('XLEN', out) end
  local stored = {}
  if #preconditions > 0 then
    local ids = {}
    for i = 1, #preconditions, 2 do ids[#ids + 1] = preconditions[i] end
    stored = redis.call('HMGET', ent, unpack(ids))
  end

  -- Refuse.
  local known_epoch, seq, chain = known[1], tonumber(known[2] or '0'), known[3]
  if tonumber(known[4] or '0') > ABI then return { 'status', 'upgrade', 'schema', known[4] } end
  if not known_epoch and (log_length > 0 or redis.call('EXISTS', ent) == 1 or epoch ~= '') then
    return { 'status', 'meta_lost', 't', t }
  end
  if known_epoch and epoch ~= '' and epoch ~= known_epoch then
    return { 'status', 'epoch_changed', 'epoch', known_epoch, 'seq', int_text(seq) }
  end
  if seq < tonumber(args[8]) then
    return { 'status', 'forked', 'epoch', known_epoch or '', 'seq', int_text(seq) }
  end
  local stale = stale_ids(preconditions, stored)
  if #stale > 0 then return { 'status', 'stale', 'ids', stale, 'seq', int_text(seq) } end

  -- First write.
  local id
  if frame ~= '' then
    local p = int_text(seq)
    local q = int_text(seq + 1)
    if not known_epoch then
      known_epoch = args[7]
      chain = first_chain(known_epoch)
      redis.call('HSET', meta, 'epoch', known_epoch, 'schema', ABI)
    end
    chain = next_chain(chain, q, frame)
    local sets, deletes = {}, {}
    for i = 1, #writes, 2 do
      if writes[i + 1] == '' then
        deletes[#deletes + 1] = writes[i]
      else
        sets[#sets + 1] = writes[i]
        sets[#sets + 1] = q .. '|' .. writes[i + 1]
      end
    end
    if #sets > 0 then redis.call('HSET', ent, unpack(sets)) end
    if #deletes > 0 then
      redis.call('HDEL', ent, unpack(deletes))
      id = redis.call('XADD', log, '*', 'q', q, 'c', chain, 'f', frame, 'x', table.concat(deletes, ' '))
    else
      id = redis.call('XADD', log, '*', 'q', q, 'c', chain, 'f', frame)
    end
    redis.call('HSET', meta, 'seq', q, 'c', chain, 'id', id, 't', t)
    for i = 1, #intents do redis.call('XADD', out, '*', 'q', q, 'n', i, 'f', intents[i]) end
    redis.call('XADD', aud, '*', 'q', q, 'o', code, 'f', audit)
    redis.call('HSET', idem, 'lmid', n, n, param_hash .. '|' .. q .. '|' .. outcome)
    if n > 256 then redis.call('HDEL', idem, int_text(n - 256)) end
    redis.call('PEXPIRE', idem, 259200000)
    ring_doorbell(args[1], args[2], known_epoch .. ' ' .. q .. ' ' .. p .. ' ' .. chain .. ' ' .. id .. ' ' .. t .. '\n' .. frame)
    return { 'status', 'committed', 'epoch', known_epoch, 'seq', q, 'chain', chain, 'id', id, 't', t }
  end
  redis.call('XADD', aud, '*', 'q', int_text(seq), 'o', code, 'f', audit)
  redis.call('HSET', idem, 'lmid', n, n, param_hash .. '|0|' .. outcome)
  if n > 256 then redis.call('HDEL', idem, int_text(n - 256)) end
  redis.call('PEXPIRE', idem, 259200000)
  return { 'status', 'refused', 'epoch', known_epoch or '', 'seq', int_text(seq), 't', t }
end
