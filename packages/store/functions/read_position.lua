--- Reads where a board stands: the once-a-second check that a follower has missed nothing.
---
--- rules: BL-GAP BL-FORK
--- KEYS:
---   meta: hash; position of the board
--- ARGV:
---   none
--- RETURNS:
---   ok: epoch seq:int chain now:int; the position
---   absent: now:int; the board has no position
--- REFUSES:
---   none
--- FLAGS: no-writes
--- EVENTS: none
--- COST: O(1)
--- @include "now_ms"
--- @include "int_text"
local function read_position(keys)
  local known = redis.call('HMGET', keys[1], 'epoch', 'seq', 'c')
  local now = int_text(now_ms())
  if not known[1] then return { 'status', 'absent', 'now', now } end
  return { 'status', 'ok', 'epoch', known[1], 'seq', known[2], 'chain', known[3], 'now', now }
end
