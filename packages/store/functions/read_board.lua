--- Reads position and all entities of a board as of one instant.
---
--- rules: BL-SNAPSHOT BL-FORK BL-ARCHIVE
--- KEYS:
---   meta: hash; position of the board
---   ent: hash; entity id to `<v>|<json>`
---   log: stream; committed entries
--- ARGV:
---   none
--- RETURNS:
---   ok: epoch seq:int chain id t:int now:int schema:int entities:list; entities alternate id and `<v>|<json>`
---   archived: epoch seq:int chain id t:int now:int object; the board is in this archive; `-` when it was purged
---   absent: now:int; nothing was ever committed
--- REFUSES:
---   meta_lost: now:int; the position is gone although the board is not; call bump_epoch
--- FLAGS: no-writes
--- EVENTS: none
--- COST: O(entities)
--- @include "now_ms"
--- @include "int_text"
local function read_board(keys)
  local known = redis.call('HMGET', keys[1], 'epoch', 'seq', 'c', 'id', 't', 'schema', 'arch')
  local now = int_text(now_ms())
  if not known[1] then
    if redis.call('EXISTS', keys[2], keys[3]) > 0 then return { 'status', 'meta_lost', 'now', now } end
    return { 'status', 'absent', 'now', now }
  end
  if known[7] then
    return {
      'status', 'archived', 'epoch', known[1], 'seq', known[2], 'chain', known[3], 'id', known[4], 't', known[5],
      'now', now, 'object', known[7],
    }
  end
  local entities = redis.call('HGETALL', keys[2])
  return {
    'status', 'ok', 'epoch', known[1], 'seq', known[2], 'chain', known[3], 'id', known[4], 't', known[5],
    'now', now, 'schema', known[6], 'entities', entities,
  }
end
