--- What a run of tests prints: plain, TAP (version 13) or JUnit's XML.
---
--- A reporter has begin_file(path), result(result) and finish(totals); what it prints goes to `out`.
local report = {}

local function closing_line(totals)
  local line = ("%d passed, %d failed"):format(totals.passed, totals.failed)
  return totals.skipped > 0 and line .. (", %d skipped"):format(totals.skipped) or line
end

-- ---- plain ------------------------------------------------------------------------------------------------

local marks = { passed = ".", failed = "F", skipped = "s" }

function report.plain(out)
  local plain, told, column = {}, {}, 0

  function plain.begin_file(path)
    if column > 0 then out:write("\n") end
    out:write(path, " ")
    out:flush()
    column = #path + 1
  end

  --- One mark a test, written at once: should a test end the process, the last one tells where.
  function plain.result(result)
    if column >= 100 then
      out:write("\n  ")
      column = 2
    end
    out:write(marks[result.status])
    out:flush()
    column = column + 1
    if result.status ~= "passed" then told[#told + 1] = result end
  end

  function plain.finish(totals)
    if column > 0 then out:write("\n") end
    for _, result in ipairs(told) do
      if result.status == "failed" then
        out:write("\nFAILED  ", result.file, "  ", result.name, "\n  ",
                  (result.message:gsub("\n", "\n  ")), "\n")
      else
        out:write("skipped  ", result.file, "  ", result.name, ": ", result.message, "\n")
      end
    end
    for _, note in ipairs(totals.notes) do out:write("\n", note, "\n") end
    out:write("\n", closing_line(totals), "\n")
  end

  return plain
end

-- ---- TAP --------------------------------------------------------------------------------------------------

function report.tap(out)
  local tap, count = {}, 0
  out:write("TAP version 13\n")

  local function comment(text) out:write("# ", (text:gsub("\n", "\n# ")), "\n") end

  function tap.begin_file(path) comment(path) end

  function tap.result(result)
    count = count + 1
    local name = result.name:gsub("[#\n]", { ["#"] = "\\#", ["\n"] = " " })
    out:write(result.status == "failed" and "not ok " or "ok ", count, " - ", name)
    if result.status == "skipped" then
      out:write(" # SKIP ", (result.message:gsub("\n", " ")))
    end
    out:write("\n")
    if result.status == "failed" then comment(result.file .. "\n" .. result.message) end
    out:flush()
  end

  function tap.finish(totals)
    for _, note in ipairs(totals.notes) do comment(note) end
    out:write("1..", count, "\n# ", closing_line(totals), "\n")
  end

  return tap
end

-- ---- JUnit ---------------------------------------------------------------------------------------------------

local entities = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["\n"] = "&#10;" }

--- XML 1.0 has no place for most control characters, not even escaped.
local function xml(text)
  text = text:gsub("[\0-\8\11\12\14-\31]", "?"):gsub('[&<>"\n]', entities)
  return utf8.len(text) and text or text:gsub("[\128-\255]", "?")
end

local function write_case(out, result)
  out:write('    <testcase classname="', xml(result.file), '" name="', xml(result.name), '" time="',
            ("%.6f"):format(result.seconds), '"')
  if result.status == "passed" then return out:write("/>\n") end
  out:write(">\n      ")
  if result.status == "skipped" then
    out:write('<skipped message="', xml(result.message), '"/>')
  else
    out:write('<failure message="', xml(result.message:match "^[^\n]*"), '">',
              xml(result.message), "</failure>")
  end
  out:write("\n    </testcase>\n")
end

local function write_suite(out, suite)
  local failed, skipped, seconds = 0, 0, 0
  for _, result in ipairs(suite) do
    failed = failed + (result.status == "failed" and 1 or 0)
    skipped = skipped + (result.status == "skipped" and 1 or 0)
    seconds = seconds + result.seconds
  end
  out:write('  <testsuite name="', xml(suite.file), '" tests="', #suite, '" failures="', failed,
            '" errors="0" skipped="', skipped, '" time="', ("%.6f"):format(seconds), '">\n')
  for _, result in ipairs(suite) do write_case(out, result) end
  out:write("  </testsuite>\n")
end

--- The document is written as a whole at the end; the closing line goes to standard error, so that what
--- is on standard output stays XML.
function report.junit(out)
  local junit, suites = {}, {}

  function junit.begin_file(path) suites[#suites + 1] = { file = path } end

  function junit.result(result) table.insert(suites[#suites], result) end

  function junit.finish(totals)
    out:write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites tests="',
              totals.passed + totals.failed + totals.skipped, '" failures="', totals.failed,
              '" skipped="', totals.skipped, '">\n')
    for _, suite in ipairs(suites) do write_suite(out, suite) end
    out:write("</testsuites>\n")
    for _, note in ipairs(totals.notes) do io.stderr:write(note, "\n") end
    io.stderr:write(closing_line(totals), "\n")
  end

  return junit
end

-- ---- names only -------------------------------------------------------------------------------------------------

--- For --list: `file: name`, one a line.
function report.list(out)
  local list = {}
  function list.begin_file() end
  function list.result(result)
    out:write(result.file, ": ", result.name, "\n")
    if result.status == "failed" then io.stderr:write(result.message, "\n") end
  end
  function list.finish(totals)
    for _, note in ipairs(totals.notes) do io.stderr:write(note, "\n") end
  end
  return list
end

return report
