-- Forgets tabs whose time has passed, a bounded number per call; returns how many.
local function drop_absent(pres, tabs, now)
  local gone = redis.call('ZRANGEBYSCORE', pres, '-inf', now, 'LIMIT', 0, 100)
  if #gone > 0 then
    redis.call('ZREM', pres, unpack(gone))
    redis.call('HDEL', tabs, unpack(gone))
  end
  return #gone
end
