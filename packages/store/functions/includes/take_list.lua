-- The list that starts at args[at] with its length; returns it and where the next argument is.
local function take_list(args, at, width)
  local count = tonumber(args[at]) * (width or 1)
  local list = {}
  for i = 1, count do list[i] = args[at + i] end
  return list, at + count + 1
end
