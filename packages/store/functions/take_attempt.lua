--- Takes one attempt out of up to four sliding windows, all or none, before the attempt is judged. A refused attempt
--- is not counted: whoever only waits gets through.
---
--- rules: AC-THROTTLE
--- KEYS:
---   account: zset; attempts on one account in one lane, by time
---   network: zset; attempts from one network
---   station: zset; attempts from one enrolled workstation
---   everywhere: zset; attempts in the whole installation
--- ARGV:
---   attempt: text; random id, with which a success takes its attempt back
---   limits: list; width in ms and most attempts of each window in the order of the keys; most 0 leaves it out
---   slowFrom: int; from so many attempts on the account each one has to wait longer; 0 for never
---   slowMsMax: int; the longest such wait
--- RETURNS:
---   taken: attempts:int; judge it; so many are counted on the account now
--- REFUSES:
---   wait: ms:int scope; not before so long; scope is account, network, station, everywhere or pace
--- FLAGS: none
--- EVENTS: none
--- COST: O(log attempts) in each window
--- @include "now_ms"
--- @include "int_text"
--- @include "take_list"
local function take_attempt(keys, args)
  -- Parse.
  local limits, at = take_list(args, 2)
  local slow_from, slow_max = tonumber(args[at]), tonumber(args[at + 1])
  local scopes = { 'account', 'network', 'station', 'everywhere' }

  -- Load.
  local now = now_ms()
  local counts, wait, scope = {}, 0, ''
  for i = 1, 4 do
    local width, most = tonumber(limits[2 * i - 1]), tonumber(limits[2 * i])
    local from = int_text(now - width + 1)
    counts[i] = most > 0 and redis.call('ZCOUNT', keys[i], from, '+inf') or 0
    if most > 0 and counts[i] >= most then
      local first = redis.call('ZRANGEBYSCORE', keys[i], from, '+inf', 'WITHSCORES', 'LIMIT', counts[i] - most, 1)
      local ms = tonumber(first[2]) + width - now
      if ms > wait then wait, scope = ms, scopes[i] end
    end
  end
  if slow_from > 0 and counts[1] >= slow_from then
    local last = redis.call('ZREVRANGE', keys[1], 0, 0, 'WITHSCORES')
    local ms = tonumber(last[2]) + math.min(slow_max, 1000 * 2 ^ (counts[1] - slow_from)) - now
    if ms > wait then wait, scope = ms, 'pace' end
  end

  -- Refuse.
  if wait > 0 then return { 'status', 'wait', 'ms', int_text(wait), 'scope', scope } end

  -- First write.
  for i = 1, 4 do
    local width, most = tonumber(limits[2 * i - 1]), tonumber(limits[2 * i])
    if most > 0 then
      redis.call('ZREMRANGEBYSCORE', keys[i], '-inf', int_text(now - width))
      redis.call('ZADD', keys[i], int_text(now), args[1])
      redis.call('PEXPIRE', keys[i], width)
    end
  end
  return { 'status', 'taken', 'attempts', int_text(counts[1] + 1) }
end
