--- A person's hand on the circuit breaker: held open, held closed, or back to automatic with a clean window. All
--- permits of before are void.
---
--- rules: EH-BREAKER
--- KEYS:
---   breaker: hash; state of one lane
---   events: stream; changes of state
--- ARGV:
---   lane: text; reads or writes
---   state: text; forced_open, forced_closed, or closed for automatic
---   ttlMs: int; ends by itself after so long; 0 for never
---   why: text; the person's reason
---   by: text; the person
---   doorbell: text; PUBLISH or SPUBLISH
---   channel: text; where changes of state are told
--- RETURNS:
---   turned: from gen:int now:int; it is so
--- REFUSES:
---   none
--- FLAGS: none
--- EVENTS: a change of state
--- COST: O(1)
--- @include "now_ms"
--- @include "int_text"
--- @include "ring_doorbell"
--- @include "load_breaker"
--- @include "turn_breaker"
local function force_breaker(keys, args)
  -- Parse.
  local ttl = tonumber(args[3])

  -- Load.
  local now = now_ms()
  local b = load_breaker(keys[1], now)
  redis.call('XLEN', keys[2])

  -- First write.
  turn_breaker(keys[1], keys[2], b, {
    st = args[2], now = now, till = ttl > 0 and now + ttl or 0, opens = 0, lane = args[1],
    why = args[4], by = args[5], doorbell = args[6], channel = args[7]
  })
  return { 'status', 'turned', 'from', b.state, 'gen', int_text(b.gen + 1), 'now', int_text(now) }
end
