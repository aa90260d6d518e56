--- Fixes which entries the next batch of a log holds and in which order, before any of it is written elsewhere:
--- whoever goes on after a crash, or races with the holder, makes the same bytes.
---
--- rules: BL-AUDIT
--- KEYS:
---   seal: hash; state of the log's sealing
--- ARGV:
---   fence: int; the holder's
---   size: int; entries sealed so far
---   plan: text; JSON of the batch
--- RETURNS:
---   planned: fence:int; the batch is fixed
--- REFUSES:
---   fenced: fence:int; another process has taken over
---   moved: size:int; the log has grown
---   pending: plan; an earlier batch is to be finished first
--- FLAGS: none
--- EVENTS: none
--- COST: O(1)
local function plan_seal(keys, args)
  -- Load.
  local s = redis.call('HMGET', keys[1], 'fence', 'size', 'plan')

  -- Refuse.
  if s[1] ~= args[1] then return { 'status', 'fenced', 'fence', s[1] or '0' } end
  if (s[2] or '0') ~= args[2] then return { 'status', 'moved', 'size', s[2] or '0' } end
  if s[3] then return { 'status', 'pending', 'plan', s[3] } end

  -- First write.
  redis.call('HSET', keys[1], 'plan', args[3])
  return { 'status', 'planned', 'fence', s[1] }
end
