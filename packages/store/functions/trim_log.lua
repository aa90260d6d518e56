--- Drops log entries before one id, after they were archived. The last entry always stays: it proves the chain.
---
--- rules: BL-TRIM
--- KEYS:
---   meta: hash; position of the board
---   log: stream; committed entries
--- ARGV:
---   minId: text; oldest stream id to keep
--- RETURNS:
---   trimmed: count:int; so many entries are gone
--- REFUSES:
---   absent: t:int; the board has no position
---   past_end: id; the id lies after the last entry
--- FLAGS: none
--- EVENTS: none
--- COST: O(entries dropped)
--- @include "now_ms"
--- @include "int_text"
local function trim_log(keys, args)
  -- Load.
  local id = redis.call('HGET', keys[1], 'id')
  local last = redis.call('XREVRANGE', keys[2], '+', '-', 'COUNT', 1)[1]
  local kept = redis.call('XRANGE', keys[2], args[1], '+', 'COUNT', 1)[1]

  -- Refuse.
  if not id then return { 'status', 'absent', 't', int_text(now_ms()) } end
  if last and not kept then return { 'status', 'past_end', 'id', id } end

  -- First write.
  local count = redis.call('XTRIM', keys[2], 'MINID', args[1])
  return { 'status', 'trimmed', 'count', tostring(count) }
end
