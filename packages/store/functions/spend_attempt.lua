--- Counts an attempt at a secret before the secret is looked at, so that neither a crash nor a hundred attempts at once
--- give one away for nothing.
---
--- rules: SE-PIN
--- KEYS:
---   here: string; attempts of this person at this place
---   day: string; attempts of this person today
--- ARGV:
---   hereMax: int; so many are looked at here
---   dayMax: int; so many are looked at today
---   hereTtlMs: int; how long the first of them counts here
---   dayTtlMs: int; how long the first of them counts today
--- RETURNS:
---   spent: here:int day:int; look at it: it is this many-th attempt
--- REFUSES:
---   exhausted: here:int day:int; do not look at it
--- FLAGS: none
--- EVENTS: none
--- COST: O(1)
--- @include "int_text"
local function spend_attempt(keys, args)
  -- Load.
  local here = tonumber(redis.call('GET', keys[1]) or '0')
  local day = tonumber(redis.call('GET', keys[2]) or '0')

  -- Refuse.
  if here >= tonumber(args[1]) or day >= tonumber(args[2]) then
    return { 'status', 'exhausted', 'here', int_text(here), 'day', int_text(day) }
  end

  -- First write.
  redis.call('INCR', keys[1])
  redis.call('INCR', keys[2])
  if here == 0 then redis.call('PEXPIRE', keys[1], args[3]) end
  if day == 0 then redis.call('PEXPIRE', keys[2], args[4]) end
  return { 'status', 'spent', 'here', int_text(here + 1), 'day', int_text(day + 1) }
end
