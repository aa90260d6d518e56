-- Changes a breaker's state: written whole, so that window and permits of the former one are gone; kept in the
-- history; told to every process. A breaker that nobody touches for a week is forgotten, unless a person forced it.
local function turn_breaker(key, events, b, to)
  local gen, now, till = int_text(b.gen + 1), int_text(to.now), int_text(to.till)
  redis.call('DEL', key)
  redis.call('HSET', key, 'st', to.st, 'gen', gen, 'at', now, 'till', till, 'opens', int_text(to.opens), 'why', to.why, 'by', to.by)
  if to.st ~= 'forced_open' and to.st ~= 'forced_closed' then redis.call('PEXPIRE', key, 604800000) end
  redis.call('XADD', events, 'MAXLEN', '~', '1000', '*', 'lane', to.lane, 'at', now, 'from', b.st, 'to', to.st,
    'gen', gen, 'till', till, 'why', to.why, 'by', to.by)
  ring_doorbell(to.doorbell, to.channel, to.lane .. ' ' .. to.st .. ' ' .. gen)
end
