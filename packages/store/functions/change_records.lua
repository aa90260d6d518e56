--- Changes records of one family together, provided that none of those the decision read has changed since; the
--- change is noted in the family's journal in the same step. Knows nothing about what the records mean.
---
--- rules: RT-RECORDS
--- KEYS:
---   records: hash; record id to `<v>|<json>`; `#` counts the changes
---   journal: stream; one entry per change
--- ARGV:
---   entry: text; JSON of who changed what and why, without patient data
---   ids: list; every record read or written
---   versions: list; the version each of them was read at, 0 = absent
---   writes: pairs; record id and its new JSON; empty JSON deletes
--- RETURNS:
---   changed: seq:int; the records are as written, all at this version
--- REFUSES:
---   stale: ids:list; these changed since they were read; decide again
--- FLAGS: none
--- EVENTS: one journal entry; about the last 10,000 are kept
--- COST: O(records touched)
--- @include "int_text"
--- @include "stale_ids"
local function change_records(keys, args)
  -- Parse.
  local num_ids = tonumber(args[2])
  local ids_at = 3
  local versions_at = ids_at + num_ids + 1
  local writes_at = versions_at + num_ids + 1
  local writes_to = writes_at + tonumber(args[writes_at - 1]) * 2 - 1

  -- Load.
  local stored = num_ids > 0 and redis.call('HMGET', keys[1], unpack(args, ids_at, ids_at + num_ids - 1)) or {}
  redis.call('XLEN', keys[2])

  -- Refuse.
  local stale = stale_ids(args, ids_at, versions_at, stored)
  if stale then return { 'status', 'stale', 'ids', stale } end

  -- First write.
  local q = int_text(redis.call('HINCRBY', keys[1], '#', 1))
  for i = writes_at, writes_to, 2 do
    if args[i + 1] == '' then
      redis.call('HDEL', keys[1], args[i])
    else
      redis.call('HSET', keys[1], args[i], q .. '|' .. args[i + 1])
    end
  end
  redis.call('XADD', keys[2], 'MAXLEN', '~', 10000, '*', 'q', q, 'f', args[1])
  return { 'status', 'changed', 'seq', q }
end
