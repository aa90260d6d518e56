-- A whole number as text. tostring() would write 1e+15 for a large one.
local function int_text(number)
  return string.format('%.0f', number)
end
