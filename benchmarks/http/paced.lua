-- Adds a pause of 2 ms before each request to report.lua, so that the load generator leaves processors to others.
dofile((debug.getinfo(1, "S").source:sub(2):match("^(.*/)") or "./") .. "report.lua")

function delay()
    return 2
end
