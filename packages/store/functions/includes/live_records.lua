-- The records an index names that still exist, oldest first, and the ids of those that have expired.
local function live_records(index, prefix)
  local pairs_found = redis.call('HGETALL', index)
  local live, dead = {}, {}
  for i = 1, #pairs_found, 2 do
    local id = pairs_found[i]
    if redis.call('EXISTS', prefix .. id) == 1 then
      live[#live + 1] = { id = id, at = tonumber(pairs_found[i + 1]) }
    else
      dead[#dead + 1] = id
    end
  end
  table.sort(live, function(a, b)
    if a.at == b.at then return a.id < b.id end
    return a.at < b.at
  end)
  return live, dead
end
