--- Counts a batch as sealed once its checkpoint is signed and archived: from then on its entries may be trimmed.
---
--- rules: BL-AUDIT
--- KEYS:
---   seal: hash; state of the log's sealing
--- ARGV:
---   fence: int; the holder's
---   size: int; entries sealed before
---   newSize: int; entries sealed now
---   root: text; root hash of the new size, base64
---   at: int; epoch ms of the checkpoint
---   positions: pairs; source, and its last sealed id with how many entries of it are sealed
--- RETURNS:
---   finished: size:int; the log has so many entries
--- REFUSES:
---   fenced: fence:int; another process has taken over
---   moved: size:int; the log has grown
--- FLAGS: none
--- EVENTS: none
--- COST: O(sources)
--- @include "take_list"
local function finish_seal(keys, args)
  -- Parse.
  local positions = take_list(args, 6, 2)

  -- Load.
  local s = redis.call('HMGET', keys[1], 'fence', 'size')

  -- Refuse.
  if s[1] ~= args[1] then return { 'status', 'fenced', 'fence', s[1] or '0' } end
  if (s[2] or '0') ~= args[2] then return { 'status', 'moved', 'size', s[2] or '0' } end

  -- First write.
  redis.call('HDEL', keys[1], 'plan')
  redis.call('HSET', keys[1], 'size', args[3], 'root', args[4], 'at', args[5])
  for i = 1, #positions, 2 do redis.call('HSET', keys[1], 'p:' .. positions[i], positions[i + 1]) end
  return { 'status', 'finished', 'size', args[3] }
end
