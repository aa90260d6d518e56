--- Takes or renews the right to write one board back to the EHR. Each new holder gets a higher fence, and what an
--- earlier one still sends is void.
---
--- rules: WB-LEASE
--- KEYS:
---   writes: hash; outbox of the board
--- ARGV:
---   holder: text; the process and its try
---   ttlMs: int; for how long
---   lifeMs: int; how long the outbox is kept from now
--- RETURNS:
---   held: fence:int isNew:int fields:list; the outbox as it is for a new holder, nothing for one that renews
--- REFUSES:
---   busy: leftMs:int; another process holds it
--- FLAGS: none
--- EVENTS: none
--- COST: O(1); O(entries) for a new holder
--- @include "now_ms"
--- @include "int_text"
local function hold_writes(keys, args)
  -- Load.
  local now = now_ms()
  local s = redis.call('HMGET', keys[1], 'fence', 'holder', 'until')
  local fence, until_ms = tonumber(s[1] or '0'), tonumber(s[3] or '0')
  local is_own = s[2] == args[1] and now < until_ms

  -- Refuse.
  if s[2] ~= args[1] and now < until_ms then
    return { 'status', 'busy', 'leftMs', int_text(until_ms - now) }
  end

  -- First write.
  if not is_own then fence = fence + 1 end
  redis.call('HSET', keys[1], 'fence', int_text(fence), 'holder', args[1], 'until', int_text(now + tonumber(args[2])))
  redis.call('PEXPIRE', keys[1], args[3])
  return { 'status', 'held', 'fence', int_text(fence), 'isNew', is_own and '0' or '1',
    'fields', is_own and {} or redis.call('HGETALL', keys[1]) }
end
