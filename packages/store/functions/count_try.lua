--- Counts one more try against a record that is there, before the try is judged; the last one too many ends it.
---
--- rules: AC-TRIES
--- KEYS:
---   record: hash; its fields, and n (tries so far)
--- ARGV:
---   triesMax: int; as many are judged
--- RETURNS:
---   counted: tries:int; judge it
--- REFUSES:
---   gone: tries:int; there is no such record, or no longer
---   spent: tries:int; it has had its tries
--- FLAGS: none
--- EVENTS: none
--- COST: O(1)
--- @include "int_text"
local function count_try(keys, args)
  -- Load.
  local is_there = redis.call('EXISTS', keys[1]) == 1
  local tries = tonumber(redis.call('HGET', keys[1], 'n') or '0')

  -- Refuse.
  if not is_there then return { 'status', 'gone', 'tries', '0' } end
  if tries >= tonumber(args[1]) then return { 'status', 'spent', 'tries', int_text(tries) } end

  -- First write.
  redis.call('HSET', keys[1], 'n', int_text(tries + 1))
  return { 'status', 'counted', 'tries', int_text(tries + 1) }
end
