-- A whole number as text. Exact below 10^14, which neither a time in milliseconds nor a position reaches;
-- string.format would cost twice as much.
local function int_text(number)
  return number .. ''
end
