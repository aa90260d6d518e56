--- What a circuit breaker is at this moment.
---
--- rules: EH-BREAKER
--- KEYS:
---   breaker: hash; state of one lane
--- ARGV:
---   windowMs: int; outcomes older than this do not count
---   countMax: int; so many outcomes count
--- RETURNS:
---   ok: state gen:int since:int till:int opens:int why by permits:int calls:int failed:int slow:int now:int; till 0 for no end
--- REFUSES:
---   none
--- FLAGS: no-writes
--- EVENTS: none
--- COST: O(window)
--- @include "now_ms"
--- @include "int_text"
--- @include "load_breaker"
--- @include "live_permits"
--- @include "count_outcomes"
local function read_breaker(keys, args)
  local now = now_ms()
  local b = load_breaker(keys[1], now)
  local permits = live_permits(keys[1], now)
  local c = count_outcomes(b.w, now, tonumber(args[1]), tonumber(args[2]))
  return {
    'status', 'ok', 'state', b.state, 'gen', int_text(b.gen), 'since', int_text(b.at), 'till', int_text(b.till),
    'opens', int_text(b.opens), 'why', b.why, 'by', b.by, 'permits', int_text(permits), 'calls', int_text(c.calls),
    'failed', int_text(c.failed), 'slow', int_text(c.slow), 'now', int_text(now)
  }
end
