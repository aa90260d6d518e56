--- Reports a call to the EHR to the circuit breaker and the rate gate in one. What belongs to an earlier state of the
--- breaker, or to a permit that was given back, changes the gate only.
---
--- rules: EH-BREAKER EH-GATE
--- KEYS:
---   breaker: hash; state of the lane
---   other: hash; state of the other lane: refused credentials stop both
---   gate: hash; the operation's next turn
---   events: stream; changes of state
--- ARGV:
---   permit: text; as granted
---   gen: int; as granted
---   lane: text; reads or writes
---   outcome: text; ok, failed, credentials or ignored
---   tookMs: int; how long the call took
---   deferMs: int; the vendor refused it as too soon: nobody calls the operation for so long; 0 otherwise
---   draw: int; a random number below 1000000, for the jitter
---   node: text; the process, without blanks or colons
---   settings: list; countMax, windowMs, callsMin, failPct, slowPct, slowMs, probes, openMs, openMsMax, jitterPct, credentialsMs, credentialsMsMax
---   doorbell: text; PUBLISH or SPUBLISH
---   channel: text; where changes of state are told
--- RETURNS:
---   noted: state gen:int calls:int failed:int slow:int now:int; it counts
---   late: state gen:int now:int; it does not count any more
--- REFUSES:
---   none
--- FLAGS: none
--- EVENTS: a change of state
--- COST: O(window)
--- @include "now_ms"
--- @include "int_text"
--- @include "ring_doorbell"
--- @include "take_list"
--- @include "load_breaker"
--- @include "load_gate"
--- @include "count_outcomes"
--- @include "turn_breaker"
local function end_turn(keys, args)
  -- Parse.
  local permit, outcome, took, defer = 'p:' .. args[1], args[4], tonumber(args[5]), tonumber(args[6])
  local list, at = take_list(args, 9)
  local names = {
    'countMax', 'windowMs', 'callsMin', 'failPct', 'slowPct', 'slowMs', 'probes', 'openMs', 'openMsMax', 'jitterPct',
    'credentialsMs', 'credentialsMsMax'
  }
  local s = {}
  for i = 1, #names do s[names[i]] = tonumber(list[i]) end

  -- Load.
  local now = now_ms()
  local b = load_breaker(keys[1], now)
  local o = load_breaker(keys[2], now)
  local g = load_gate(keys[3], now)
  redis.call('XLEN', keys[4])
  local lease = tonumber(redis.call('HGET', keys[1], permit) or '0')
  local is_late = b.gen ~= tonumber(args[2]) or b.due or (b.st == 'half_open' and lease <= now)
  local is_slow = took >= s.slowMs
  local share = (100 - s.jitterPct + 2 * s.jitterPct * tonumber(args[7]) / 1000000) / 100
  local open_till = function(base, most, opens)
    return now + math.max(1, math.floor(math.min(most, base * 2 ^ math.min(opens, 20)) * share))
  end

  -- First write.
  local stretch = g.stretch
  if defer > 0 then
    -- Somebody else calls on this account, or the vendor has changed its mind: the gap is doubled, up to eight times.
    stretch = math.min(800, math.max(200, stretch * 2))
    redis.call('HSET', keys[3], 'at', int_text(math.max(g.at, now + defer)))
  elseif outcome == 'ok' then
    stretch = math.max(100, math.floor(stretch * 0.9))
  end
  if stretch ~= g.stretch then redis.call('HSET', keys[3], 'stretch', int_text(stretch)) end
  if defer > 0 or stretch ~= g.stretch then redis.call('PEXPIRE', keys[3], 7200000) end
  if is_late then
    return { 'status', 'late', 'state', b.state, 'gen', int_text(b.gen), 'now', int_text(now) }
  end

  local turn = function(key, from, to, lane)
    to.now, to.lane, to.by, to.doorbell, to.channel = now, lane, '', args[at], args[at + 1]
    turn_breaker(key, keys[4], from, to)
    if key == keys[1] then b.state, b.gen = to.st, b.gen + 1 end
  end
  local c = { calls = 0, failed = 0, slow = 0 }
  local is_automatic = b.st == 'closed' or b.st == 'half_open'
  if outcome == 'credentials' and is_automatic then
    local open = function(from)
      local till = open_till(s.credentialsMs, s.credentialsMsMax, from.opens)
      return { st = 'open', till = till, opens = from.opens + 1, why = 'credentials' }
    end
    turn(keys[1], b, open(b), args[3])
    -- An open one whose pause is over would try the same login once more.
    if o.state == 'closed' or o.state == 'half_open' or (o.state == 'open' and o.why ~= 'credentials') then
      turn(keys[2], o, open(o), args[3] == 'reads' and 'writes' or 'reads')
    end
  elseif b.st == 'closed' and (outcome == 'ok' or outcome == 'failed') then
    local kind = outcome == 'ok' and (is_slow and 's' or 'o') or (is_slow and 'x' or 'f')
    c = count_outcomes(b.w .. ' ' .. int_text(now) .. ':' .. kind .. ':' .. args[8], now, s.windowMs, s.countMax)
    local is_failing = c.failed * 100 >= s.failPct * c.calls and not c.isOneSided
    local is_slowing = c.slow * 100 >= s.slowPct * c.calls
    if c.calls >= s.callsMin and (is_failing or is_slowing) then
      local till = open_till(s.openMs, s.openMsMax, b.opens)
      turn(keys[1], b, { st = 'open', till = till, opens = b.opens + 1, why = is_failing and 'failures' or 'slow' }, args[3])
    else
      redis.call('HSET', keys[1], 'w', c.text)
      redis.call('PEXPIRE', keys[1], 604800000)
    end
  elseif b.st == 'half_open' then
    redis.call('HDEL', keys[1], permit)
    if outcome == 'failed' or (outcome == 'ok' and is_slow) then
      local till = open_till(s.openMs, s.openMsMax, b.opens)
      turn(keys[1], b, { st = 'open', till = till, opens = b.opens + 1, why = outcome == 'ok' and 'slow' or 'failures' }, args[3])
    elseif outcome == 'ok' and b.okn + 1 >= s.probes then
      turn(keys[1], b, { st = 'closed', till = 0, opens = 0, why = 'recovered' }, args[3])
    elseif outcome == 'ok' then
      redis.call('HSET', keys[1], 'okn', int_text(b.okn + 1))
    end
  end
  return {
    'status', 'noted', 'state', b.state, 'gen', int_text(b.gen), 'calls', int_text(c.calls),
    'failed', int_text(c.failed), 'slow', int_text(c.slow), 'now', int_text(now)
  }
end
