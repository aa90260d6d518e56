-- Ids of the preconditions {id, v, id, v, …} that do not hold; `stored` is the HMGET of the ids in order.
local function stale_ids(preconditions, stored)
  local ids = {}
  for i = 1, #stored do
    if version_of(stored[i]) ~= preconditions[i * 2] then ids[#ids + 1] = preconditions[i * 2 - 1] end
  end
  return ids
end
