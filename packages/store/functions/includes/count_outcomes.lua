-- The outcomes of a breaker's window: entries `<ms>:<o|s|f|x>:<node>`, where s is slow, f failed, x both; the newest
-- `most` of those younger than `width`. `isOneSided`: only one process fails, and another has been served since.
local function count_outcomes(text, now, width, most)
  local found = {}
  for at, kind, node in string.gmatch(text, '(%d+):(%a):(%S+)') do
    if tonumber(at) > now - width then found[#found + 1] = { at = at, kind = kind, node = node } end
  end
  local from = math.max(1, #found - most + 1)
  local c = { calls = 0, failed = 0, slow = 0, isOneSided = false, text = '' }
  local kept, failing, failing_nodes = {}, nil, 0
  for i = from, #found do
    local one = found[i]
    local is_failed = one.kind == 'f' or one.kind == 'x'
    c.calls = c.calls + 1
    if is_failed then c.failed = c.failed + 1 end
    if one.kind == 's' or one.kind == 'x' then c.slow = c.slow + 1 end
    if is_failed and one.node ~= failing then failing, failing_nodes = one.node, failing_nodes + 1 end
    if not is_failed and failing and one.node ~= failing then c.isOneSided = true end
    kept[#kept + 1] = one.at .. ':' .. one.kind .. ':' .. one.node
  end
  c.isOneSided = c.isOneSided and failing_nodes == 1
  c.text = table.concat(kept, ' ')
  return c
end
