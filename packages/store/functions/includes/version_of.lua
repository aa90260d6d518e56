-- The version of a stored entity `<v>|<json>`; '0' for one that is absent.
local function version_of(stored)
  if not stored then return '0' end
  return string.match(stored, '^(%d+)|') or '0'
end
