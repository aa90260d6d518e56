--- Says that a tab has left the board.
---
--- rules: BL-PRESENCE
--- KEYS:
---   pres: zset; tab to the time it expires
---   tabs: hash; tab to its JSON
--- ARGV:
---   tab: text; id of the tab
--- RETURNS:
---   left: wasPresent:int; 1 when it was known
--- REFUSES:
---   none
--- FLAGS: none
--- EVENTS: none
--- COST: O(log tabs)
local function leave_presence(keys, args)
  -- Load.
  redis.call('HLEN', keys[2])
  redis.call('ZCARD', keys[1])

  -- First write.
  local removed = redis.call('ZREM', keys[1], args[1])
  redis.call('HDEL', keys[2], args[1])
  return { 'status', 'left', 'wasPresent', tostring(removed) }
end
