-- How many permits of a half-open breaker are out, when the first of them expires, and the fields of the expired ones.
local function live_permits(key, now)
  local flat = redis.call('HGETALL', key)
  local count, first, gone = 0, 0, {}
  for i = 1, #flat, 2 do
    if string.sub(flat[i], 1, 2) == 'p:' then
      local till = tonumber(flat[i + 1])
      if till > now then
        count = count + 1
        if first == 0 or till < first then first = till end
      else
        gone[#gone + 1] = flat[i]
      end
    end
  end
  return count, first, gone
end
