--- Says that a tab looks at the board, for a while, on the server's clock.
---
--- rules: BL-PRESENCE
--- KEYS:
---   pres: zset; tab to the time it expires
---   tabs: hash; tab to its JSON
--- ARGV:
---   tab: text; id of the tab
---   ttlMs: int; how long without another touch
---   payload: text; JSON: user, role, editing; no patient data
---   tabsMax: int; no more tabs than this on one board
--- RETURNS:
---   touched: expiresMs:int dropped:int; the tab is present; so many others expired
--- REFUSES:
---   full: tabs:int; the board has its limit of tabs
--- FLAGS: none
--- EVENTS: none
--- COST: O(log tabs)
--- @include "now_ms"
--- @include "int_text"
--- @include "drop_absent"
local function touch_presence(keys, args)
  -- Load.
  local now = now_ms()
  local known = redis.call('ZSCORE', keys[1], args[1])
  local live = redis.call('ZCOUNT', keys[1], int_text(now + 1), '+inf')
  redis.call('HLEN', keys[2])

  -- Refuse.
  if not known and live >= tonumber(args[4]) then return { 'status', 'full', 'tabs', int_text(live) } end

  -- First write.
  local expires = int_text(now + tonumber(args[2]))
  redis.call('ZADD', keys[1], expires, args[1])
  redis.call('HSET', keys[2], args[1], args[3])
  local dropped = drop_absent(keys[1], keys[2], int_text(now))
  redis.call('PEXPIRE', keys[1], 86400000)
  redis.call('PEXPIRE', keys[2], 86400000)
  return { 'status', 'touched', 'expiresMs', expires, 'dropped', int_text(dropped) }
end
