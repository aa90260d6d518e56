-- An operation's gate: when the next call may go, the gap and how far it is stretched, and who waits. Tickets of
-- callers that no longer ask have expired; their fields are in `gone`.
local function load_gate(key, now)
  local flat = redis.call('HGETALL', key)
  local g = { at = 0, n = 0, streak = 0, stretch = 100, gap = 0, waiting = {}, count = 0, gone = {} }
  for i = 1, #flat, 2 do
    local name, value = flat[i], flat[i + 1]
    if string.sub(name, 1, 2) == 'w:' then
      local kind, n, till = string.match(value, '^(%a+)|(%d+)|(%d+)$')
      if tonumber(till) > now then
        g.waiting[string.sub(name, 3)] = { kind = kind, n = tonumber(n) }
        g.count = g.count + 1
      else
        g.gone[#g.gone + 1] = name
      end
    else
      g[name] = tonumber(value)
    end
  end
  return g
end
