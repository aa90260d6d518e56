--- Appends events of one process, numbered by it: sent again after a lost answer they are there once.
---
--- rules: BL-AUDIT
--- KEYS:
---   events: stream; events of a clinic or of the installation
---   writers: hash; process to the number of its last event
--- ARGV:
---   inst: text; the process
---   first: int; number of the first entry
---   entries: pairs; JSON of each entry without patient data, and its MAC
--- RETURNS:
---   appended: last:int count:int; all are kept, so many of them new
--- REFUSES:
---   gap: expected:int; an earlier event of this process is missing
--- FLAGS: none
--- EVENTS: none
--- COST: O(entries), at most 500
--- @include "int_text"
local function append_events(keys, args)
  -- Parse.
  local first, num_entries = tonumber(args[2]), tonumber(args[3])
  if num_entries == 0 or num_entries > 500 then
    return redis.error_reply('ERR append_events takes 1 to 500 entries')
  end

  -- Load.
  redis.call('XLEN', keys[1])
  local last = tonumber(redis.call('HGET', keys[2], args[1]) or '0')

  -- Refuse.
  if first > last + 1 then return { 'status', 'gap', 'expected', int_text(last + 1) } end

  -- First write.
  local count = 0
  for i = 0, num_entries - 1 do
    if first + i > last then
      redis.call('XADD', keys[1], '*', 'i', args[1], 's', int_text(first + i), 'm', args[5 + i * 2], 'f', args[4 + i * 2])
      count = count + 1
    end
  end
  local now_last = math.max(last, first + num_entries - 1)
  redis.call('HSET', keys[2], args[1], int_text(now_last))
  return { 'status', 'appended', 'last', int_text(now_last), 'count', int_text(count) }
end
