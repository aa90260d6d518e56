--- Replaces a record, provided that it is still what the caller read: two that change it at once cannot both win, and
--- one that was deleted meanwhile does not come back.
---
--- rules: SE-SWAP
--- KEYS:
---   record: string; the record
--- ARGV:
---   expected: text; what the caller read
---   text: text; what it becomes
---   ttlMs: int; how long it is kept at most
--- RETURNS:
---   swapped: ttlMs:int; it is the new text
--- REFUSES:
---   changed: exists:int; it is another, or 0 when it is gone
--- FLAGS: none
--- EVENTS: none
--- COST: O(bytes of the record)
local function swap_record(keys, args)
  -- Load.
  local present = redis.call('GET', keys[1])

  -- Refuse.
  if present ~= args[1] then
    return { 'status', 'changed', 'exists', present and '1' or '0' }
  end

  -- First write.
  redis.call('SET', keys[1], args[2], 'PX', args[3])
  return { 'status', 'swapped', 'ttlMs', args[3] }
end
