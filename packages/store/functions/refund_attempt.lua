--- Takes back an attempt that was right: failures count, not visits. What was counted here before is forgotten, what was
--- counted today is not.
---
--- rules: SE-PIN
--- KEYS:
---   here: string; attempts of this person at this place
---   day: string; attempts of this person today
--- ARGV: none
--- RETURNS:
---   refunded: day:int; attempts that still count today
--- REFUSES: none
--- FLAGS: none
--- EVENTS: none
--- COST: O(1)
--- @include "int_text"
local function refund_attempt(keys)
  -- Load.
  local day = tonumber(redis.call('GET', keys[2]) or '0')

  -- First write.
  redis.call('DEL', keys[1])
  if day > 0 then day = redis.call('DECR', keys[2]) end
  return { 'status', 'refunded', 'day', int_text(day) }
end
