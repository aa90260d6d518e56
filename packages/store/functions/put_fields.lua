--- Writes fields of one record if nobody else wrote since they were read: a compare-and-set over a whole hash.
---
--- rules: AC-CAS
--- KEYS:
---   record: hash; its fields, and v (how often it was written)
--- ARGV:
---   version: int; v as it was read; 0 for a record that is not there; -1 for whatever it is
---   ttlMs: int; life of the record from now; 0 leaves it as it is
---   set: pairs; field and its value
---   drop: list; fields to remove
--- RETURNS:
---   put: version:int; it is so
--- REFUSES:
---   changed: version:int; somebody wrote since
--- FLAGS: none
--- EVENTS: none
--- COST: O(fields)
--- @include "int_text"
--- @include "take_list"
local function put_fields(keys, args)
  -- Parse.
  local version, ttl = tonumber(args[1]), tonumber(args[2])
  local set, at = take_list(args, 3, 2)
  local drop = take_list(args, at)

  -- Load.
  local present = tonumber(redis.call('HGET', keys[1], 'v') or '0')

  -- Refuse.
  if version >= 0 and present ~= version then return { 'status', 'changed', 'version', int_text(present) } end

  -- First write.
  local text = int_text(present + 1)
  redis.call('HSET', keys[1], 'v', text)
  if #set > 0 then redis.call('HSET', keys[1], unpack(set)) end
  if #drop > 0 then redis.call('HDEL', keys[1], unpack(drop)) end
  if ttl > 0 then redis.call('PEXPIRE', keys[1], ttl) end
  return { 'status', 'put', 'version', text }
end
