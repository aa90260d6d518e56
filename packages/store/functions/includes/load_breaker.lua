-- A breaker's state. `due` is what time has made of it: an open one may be tried, a forced one with an end is over.
local function load_breaker(key, now)
  local f = redis.call('HMGET', key, 'st', 'gen', 'at', 'till', 'opens', 'why', 'by', 'okn', 'w')
  local b = {
    st = f[1] or 'closed', gen = tonumber(f[2] or '0'), at = tonumber(f[3] or '0'), till = tonumber(f[4] or '0'),
    opens = tonumber(f[5] or '0'), why = f[6] or '', by = f[7] or '', okn = tonumber(f[8] or '0'), w = f[9] or ''
  }
  b.state = b.st
  if b.till > 0 and now >= b.till then
    if b.st == 'open' then b.state = 'half_open' end
    if b.st == 'forced_open' or b.st == 'forced_closed' then b.state = 'closed' end
  end
  b.due = b.state ~= b.st
  return b
end
