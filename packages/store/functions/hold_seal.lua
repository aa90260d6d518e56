--- Takes or renews the right to seal one log. Each new holder gets a higher fence; work under a lower one is void.
---
--- rules: BL-AUDIT
--- KEYS:
---   seal: hash; state of the log's sealing
--- ARGV:
---   holder: text; the process
---   ttlMs: int; for how long
--- RETURNS:
---   held: fence:int size:int root at:int plan; the sealed log, and the batch that was begun and not finished
--- REFUSES:
---   busy: until:int; another process holds it
--- FLAGS: none
--- EVENTS: none
--- COST: O(1)
--- @include "now_ms"
--- @include "int_text"
local function hold_seal(keys, args)
  -- Load.
  local now = now_ms()
  local s = redis.call('HMGET', keys[1], 'fence', 'holder', 'until', 'size', 'root', 'at', 'plan')
  local fence, until_ms = tonumber(s[1] or '0'), tonumber(s[3] or '0')
  local is_free = now >= until_ms

  -- Refuse.
  if s[2] ~= args[1] and not is_free then return { 'status', 'busy', 'until', s[3] } end

  -- First write.
  if s[2] ~= args[1] or is_free then fence = fence + 1 end
  redis.call('HSET', keys[1], 'fence', int_text(fence), 'holder', args[1], 'until', int_text(now + tonumber(args[2])))
  return { 'status', 'held', 'fence', int_text(fence), 'size', s[4] or '0', 'root', s[5] or '', 'at', s[6] or '0',
    'plan', s[7] or '' }
end
