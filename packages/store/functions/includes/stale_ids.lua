-- Ids whose stored `<v>|<json>` is not at the version given in args; nil when all are. '0' means absent.
local function stale_ids(args, ids_at, versions_at, stored)
  local ids
  for i = 1, #stored do
    local value, version = stored[i], args[versions_at + i - 1]
    local is_same
    if value then
      is_same = string.find(value, version .. '|', 1, true) == 1
    else
      is_same = version == '0'
    end
    if not is_same then
      ids = ids or {}
      ids[#ids + 1] = args[ids_at + i - 1]
    end
  end
  return ids
end
