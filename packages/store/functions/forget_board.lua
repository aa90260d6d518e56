--- Marks an archived board as purged: neither Redis nor the archive holds it any more. The position stays, so that
--- nobody begins another history under the same name.
---
--- rules: BL-ARCHIVE
--- KEYS:
---   meta: hash; position of the board
--- ARGV:
---   object: text; the archive that was deleted
---   newEpoch: text; 32 random hexadecimal digits, so that every follower reads the board again
---   doorbell: text; PUBLISH, SPUBLISH, or NONE
---   channel: text; channel of the board
--- RETURNS:
---   forgotten: seq:int; the board is purged
---   already: seq:int; it was purged before
--- REFUSES:
---   absent: t:int; the board has no position
---   kept: object; the board is in Redis (empty), or in another archive
--- FLAGS: none
--- EVENTS: doorbell `<epoch> <seq> <seq> <chain> <id> <t>\n` without a frame
--- COST: O(1)
--- @include "now_ms"
--- @include "int_text"
--- @include "ring_doorbell"
local function forget_board(keys, args)
  -- Load.
  local known = redis.call('HMGET', keys[1], 'seq', 'c', 'id', 'arch')
  local t = int_text(now_ms())

  -- Refuse.
  if not known[1] then return { 'status', 'absent', 't', t } end
  if known[4] == '-' then return { 'status', 'already', 'seq', known[1] } end
  if known[4] ~= args[1] then return { 'status', 'kept', 'object', known[4] or '' } end

  -- First write.
  redis.call('HSET', keys[1], 'epoch', args[2], 'arch', '-', 'bumped', t, 'why', 'purged')
  ring_doorbell(args[3], args[4],
    args[2] .. ' ' .. known[1] .. ' ' .. known[1] .. ' ' .. known[2] .. ' ' .. known[3] .. ' ' .. t .. '\n')
  return { 'status', 'forgotten', 'seq', known[1] }
end
