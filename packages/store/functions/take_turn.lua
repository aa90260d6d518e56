--- Asks for a call to the EHR: a permit of the circuit breaker and a turn of the rate gate, both or neither. Turns are
--- one gap apart for all processes together, by this server's clock. Interactive callers go first, but after three of
--- them a background caller that waits has its turn.
---
--- rules: EH-BREAKER EH-GATE
--- KEYS:
---   breaker: hash; state of one lane
---   gate: hash; the operation's next turn and its line
---   events: stream; changes of state
--- ARGV:
---   permit: text; random id; the same one while waiting
---   kind: text; interactive or background
---   lane: text; reads or writes
---   gapMs: int; least time between two calls of the operation, margin included
---   isLive: int; 1 when the vendor itself has told that gap; it then holds for everybody
---   busyMs: int; the caller knows of calls that this server does not: no turn before
---   waitersMax: int; so many may wait
---   probes: int; permits of a half-open breaker
---   leaseMs: int; a permit of a half-open breaker that is not reported by then is given back
---   doorbell: text; PUBLISH or SPUBLISH
---   channel: text; where changes of state are told
--- RETURNS:
---   granted: gen:int now:int state; call now, then report with this gen
---   wait: ms:int now:int ahead:int; ask again after so long, with the same permit
--- REFUSES:
---   denied: state retryMs:int now:int; the breaker lets nobody through
---   full: now:int; too many wait
--- FLAGS: none
--- EVENTS: a change of state
--- COST: O(waiters)
--- @include "now_ms"
--- @include "int_text"
--- @include "ring_doorbell"
--- @include "load_breaker"
--- @include "live_permits"
--- @include "load_gate"
--- @include "turn_breaker"
local function take_turn(keys, args)
  -- Parse.
  local id, kind = args[1], args[2]
  local is_live, busy = args[5] == '1', tonumber(args[6])

  -- Load.
  local now = now_ms()
  local b = load_breaker(keys[1], now)
  local out, first, gone = live_permits(keys[1], now)
  local g = load_gate(keys[2], now)
  redis.call('XLEN', keys[3])
  local retry = nil
  if b.state == 'open' or b.state == 'forced_open' then retry = b.till > 0 and b.till - now or 60000 end
  if b.st == 'half_open' and out + b.okn >= tonumber(args[8]) then retry = first > 0 and first - now or 1000 end
  local mine = g.waiting[id]

  -- Refuse.
  if retry then
    return { 'status', 'denied', 'state', b.state, 'retryMs', int_text(math.max(1, retry)), 'now', int_text(now) }
  end
  if not mine and g.count >= tonumber(args[7]) then return { 'status', 'full', 'now', int_text(now) } end

  -- First write.
  local n = mine and mine.n or g.n + 1
  if not mine then redis.call('HSET', keys[2], 'n', int_text(n)) end
  if #g.gone > 0 then redis.call('HDEL', keys[2], unpack(g.gone)) end
  if #gone > 0 then redis.call('HDEL', keys[1], unpack(gone)) end
  if is_live then redis.call('HSET', keys[2], 'gap', args[4]) end
  local gap = tonumber(args[4])
  if not is_live and g.gap > 0 then gap = g.gap end
  gap = math.ceil(gap * g.stretch / 100)
  local ready = g.at
  if busy > 0 and now + busy > ready then ready = now + busy end

  local before = { interactive = 0, background = 0 }
  local waits = { interactive = 0, background = 0 }
  for other, ticket in pairs(g.waiting) do
    if other ~= id then
      waits[ticket.kind] = waits[ticket.kind] + 1
      if ticket.n < n then before[ticket.kind] = before[ticket.kind] + 1 end
    end
  end
  local ahead = before[kind]
  if kind == 'background' then
    -- A background caller at the head of its line follows three interactive ones.
    local most = (ahead + 1) * 3 - math.min(g.streak, 3)
    ahead = ahead + math.min(waits.interactive, most)
  elseif waits.background > 0 then
    ahead = ahead + math.floor((math.min(g.streak, 3) + ahead) / 3)
  end

  redis.call('PEXPIRE', keys[2], 7200000)
  if ahead > 0 or now < ready then
    -- Nobody sleeps longer than a second: the line may have moved. One that does not come back a second later has left.
    local ms = math.max(0, ready - now) + ahead * gap
    if now >= ready then ms = math.min(ms, 25) end
    ms = math.max(1, math.min(ms, 1000))
    redis.call('HSET', keys[2], 'at', int_text(ready), 'w:' .. id,
      kind .. '|' .. int_text(n) .. '|' .. int_text(now + ms + 1000))
    return { 'status', 'wait', 'ms', int_text(ms), 'now', int_text(now), 'ahead', int_text(ahead) }
  end
  local streak = 0
  if kind == 'interactive' and waits.background > 0 then streak = math.min(g.streak, 3) + 1 end
  redis.call('HDEL', keys[2], 'w:' .. id)
  redis.call('HSET', keys[2], 'at', int_text(now + gap), 'streak', int_text(streak))
  local gen = b.gen
  if b.due then
    turn_breaker(keys[1], keys[3], b, {
      st = b.state, now = now, till = 0, opens = b.state == 'half_open' and b.opens or 0, lane = args[3],
      why = b.state == 'half_open' and b.why or 'ended', by = '', doorbell = args[10], channel = args[11]
    })
    gen = gen + 1
  end
  if b.state == 'half_open' then redis.call('HSET', keys[1], 'p:' .. id, int_text(now + tonumber(args[9]))) end
  return { 'status', 'granted', 'gen', int_text(gen), 'now', int_text(now), 'state', b.state }
end
