--- Starts a new epoch after a fork was seen, once: only the first caller that observed the old one wins.
--- Also creates the position of a new board, and restores a lost one from the log or the entities.
---
--- rules: BL-FORK BL-EPOCH
--- KEYS:
---   meta: hash; position of the board
---   ent: hash; entity id to `<v>|<json>`
---   log: stream; committed entries
--- ARGV:
---   observed: text; the epoch the caller saw on the server; empty for none
---   newEpoch: text; 32 random hexadecimal digits
---   reason: text; why, one word
---   doorbell: text; PUBLISH, SPUBLISH, or NONE
---   channel: text; channel of the board
--- RETURNS:
---   bumped: epoch seq:int; the new epoch holds
---   kept: epoch seq:int; someone else was first
--- REFUSES:
---   upgrade: schema:int; a newer library writes this board
--- FLAGS: none
--- EVENTS: doorbell `<epoch> <seq> <seq> <chain> <id> <t>\n` without a frame
--- COST: O(1); O(entities) when the position was lost
--- @include "now_ms"
--- @include "int_text"
--- @include "first_chain"
--- @include "version_of"
--- @include "ring_doorbell"
local function bump_epoch(keys, args)
  -- Parse.
  local meta, ent, log = keys[1], keys[2], keys[3]
  local epoch = args[2]

  -- Load.
  local known = redis.call('HMGET', meta, 'epoch', 'seq', 'c', 'id', 'schema')
  local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
  local t = int_text(now_ms())

  -- Refuse.
  if tonumber(known[5] or '0') > ABI then return { 'status', 'upgrade', 'schema', known[5] } end
  if (known[1] or '') ~= args[1] then
    return { 'status', 'kept', 'epoch', known[1] or '', 'seq', known[2] or '0' }
  end
  local seq, chain, id = tonumber(known[2] or '0'), known[3], known[4]
  local is_log_cut = false
  if not known[1] then
    seq, chain, id = 0, first_chain(epoch), '0-0'
    if last then seq, chain, id = tonumber(last[2][2]), last[2][4], last[1] end
    local entities = redis.call('HVALS', ent)
    for i = 1, #entities do
      local v = tonumber(version_of(entities[i]))
      if v > seq then seq, chain, id, is_log_cut = v, first_chain(epoch), '0-0', true end
    end
  end

  -- First write.
  if is_log_cut then redis.call('DEL', log) end
  redis.call('HSET', meta, 'epoch', epoch, 'seq', int_text(seq), 'c', chain, 'id', id, 't', t,
    'schema', known[5] or ABI, 'bumped', t, 'why', args[3])
  local q = int_text(seq)
  ring_doorbell(args[4], args[5], epoch .. ' ' .. q .. ' ' .. q .. ' ' .. chain .. ' ' .. id .. ' ' .. t .. '\n')
  return { 'status', 'bumped', 'epoch', epoch, 'seq', q }
end
