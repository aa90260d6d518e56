--- Takes a board out of memory after it was archived, provided that the archive is of exactly this history.
--- What stays is the position and where the archive is: the board can be read from there and never written again.
---
--- rules: BL-ARCHIVE BL-EPOCH
--- KEYS:
---   meta: hash; position of the board
---   ent: hash; entity id to `<v>|<json>`
---   log: stream; committed entries
---   out: stream; intents for the relay
--- ARGV:
---   epoch: text; the history that was archived
---   seq: int; its last position
---   chain: text; its last chain
---   newEpoch: text; 32 random hexadecimal digits, so that every follower reads the board again
---   object: text; name of the archive
---   doorbell: text; PUBLISH, SPUBLISH, or NONE
---   channel: text; channel of the board
--- RETURNS:
---   dropped: epoch seq:int; the board is now only in the archive
---   already: object; it was taken out before
--- REFUSES:
---   absent: t:int; the board has no position
---   changed: epoch seq:int; the board went on after it was archived; archive it again
---   owed: count:int; intents still wait for the relay
--- FLAGS: none
--- EVENTS: doorbell `<epoch> <seq> <seq> <chain> <id> <t>\n` without a frame
--- COST: O(1); the memory is given back in the background
--- @include "now_ms"
--- @include "int_text"
--- @include "ring_doorbell"
local function drop_board(keys, args)
  -- Load.
  local meta = keys[1]
  local known = redis.call('HMGET', meta, 'epoch', 'seq', 'c', 'id', 'arch')
  local owed = redis.call('XLEN', keys[4])
  local t = int_text(now_ms())

  -- Refuse.
  if not known[1] then return { 'status', 'absent', 't', t } end
  if known[5] then return { 'status', 'already', 'object', known[5] } end
  if known[1] ~= args[1] or known[2] ~= args[2] or known[3] ~= args[3] then
    return { 'status', 'changed', 'epoch', known[1], 'seq', known[2] }
  end
  if owed > 0 then return { 'status', 'owed', 'count', int_text(owed) } end

  -- First write.
  redis.call('HSET', meta, 'epoch', args[4], 'arch', args[5], 'bumped', t, 'why', 'archived')
  redis.call('UNLINK', keys[2], keys[3], keys[4])
  ring_doorbell(args[6], args[7],
    args[4] .. ' ' .. args[2] .. ' ' .. args[2] .. ' ' .. args[3] .. ' ' .. known[4] .. ' ' .. t .. '\n')
  return { 'status', 'dropped', 'epoch', args[4], 'seq', args[2] }
end
