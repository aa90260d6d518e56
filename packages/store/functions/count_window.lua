--- Counts how many different things one subject did within a sliding window, this one included.
---
--- rules: DT-WINDOW
--- KEYS:
---   window: zset; member to the time it was last seen
--- ARGV:
---   member: text; what was done, an opaque id
---   windowMs: int; length of the window
---   countMax: int; so many members are kept; the oldest go first
--- RETURNS:
---   counted: count:int; members seen within the window
--- REFUSES:
---   none
--- FLAGS: none
--- EVENTS: none
--- COST: O(log of the members, plus those that expire)
--- @include "now_ms"
--- @include "int_text"
local function count_window(keys, args)
  -- Parse.
  local now = now_ms()
  local span, count_max = tonumber(args[2]), tonumber(args[3])

  -- Load.
  redis.call('ZCARD', keys[1])

  -- First write.
  redis.call('ZADD', keys[1], now, args[1])
  redis.call('ZREMRANGEBYSCORE', keys[1], '-inf', now - span)
  redis.call('ZREMRANGEBYRANK', keys[1], 0, -count_max - 1)
  redis.call('PEXPIRE', keys[1], args[2])
  return { 'status', 'counted', 'count', int_text(redis.call('ZCARD', keys[1])) }
end
