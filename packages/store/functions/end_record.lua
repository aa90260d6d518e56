--- Ends one session or API token.
---
--- rules: SE-END
--- KEYS:
---   record: string; the record
---   index: hash; id of each record of the person to its creation
--- ARGV:
---   id: text; its id within the person's
--- RETURNS:
---   ended: existed:int; it is gone; 1 when it was there
--- REFUSES: none
--- FLAGS: none
--- EVENTS: none
--- COST: O(1)
--- @include "int_text"
local function end_record(keys, args)
  -- Load.
  redis.call('HLEN', keys[2])

  -- First write.
  local existed = redis.call('DEL', keys[1])
  redis.call('HDEL', keys[2], args[1])
  return { 'status', 'ended', 'existed', int_text(existed) }
end
