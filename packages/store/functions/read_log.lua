--- Reads log entries from one id on, that entry included, with the position as of the same instant.
--- The first entry proves the reader's history: another chain there is a fork, its absence a fork or a trim.
---
--- rules: BL-GAP BL-FORK BL-TRIM
--- KEYS:
---   meta: hash; position of the board
---   log: stream; committed entries
--- ARGV:
---   fromId: text; stream id, or `-` for the beginning
---   countMax: int; at most this many entries
--- RETURNS:
---   ok: epoch seq:int chain id t:int now:int firstSeq:int entries:raw; firstSeq is the oldest entry held, 0 when the log is empty
---   absent: now:int; the board has no position
--- REFUSES:
---   none
--- FLAGS: no-writes
--- EVENTS: none
--- COST: O(entries returned)
--- @include "now_ms"
--- @include "int_text"
local function read_log(keys, args)
  local known = redis.call('HMGET', keys[1], 'epoch', 'seq', 'c', 'id', 't')
  local now = int_text(now_ms())
  if not known[1] then return { 'status', 'absent', 'now', now } end
  local first = redis.call('XRANGE', keys[2], '-', '+', 'COUNT', 1)[1]
  local entries = redis.call('XRANGE', keys[2], args[1], '+', 'COUNT', args[2])
  return {
    'status', 'ok', 'epoch', known[1], 'seq', known[2], 'chain', known[3], 'id', known[4], 't', known[5],
    'now', now, 'firstSeq', first and first[2][2] or '0', 'entries', entries,
  }
end
