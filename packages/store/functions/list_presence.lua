--- Lists the tabs that look at the board now.
---
--- rules: BL-PRESENCE
--- KEYS:
---   pres: zset; tab to the time it expires
---   tabs: hash; tab to its JSON
--- ARGV:
---   none
--- RETURNS:
---   ok: now:int tabs:list; alternating tab and its JSON
--- REFUSES:
---   none
--- FLAGS: no-writes
--- EVENTS: none
--- COST: O(tabs)
--- @include "now_ms"
--- @include "int_text"
local function list_presence(keys)
  local now = now_ms()
  local live = redis.call('ZRANGEBYSCORE', keys[1], int_text(now + 1), '+inf', 'LIMIT', 0, 5000)
  local found = {}
  if #live > 0 then
    local payloads = redis.call('HMGET', keys[2], unpack(live))
    for i = 1, #live do
      found[#found + 1] = live[i]
      found[#found + 1] = payloads[i] or '{}'
    end
  end
  return { 'status', 'ok', 'now', int_text(now), 'tabs', found }
end
