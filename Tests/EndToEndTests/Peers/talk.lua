-- What a person does in Neovim 0.7: opens a pipeline, makes a mistake, mends it, asks, renames. One line for each answer.
local function say(word, text) io.stdout:write(word, ' ', (tostring(text):gsub('\n', ' ')), '\n') end
local function fail(text) say('failed', text); vim.cmd('cquit 1') end
local id = vim.lsp.start_client { name = 'bioarc', cmd = { vim.env.BIOARC, 'lsp' }, root_dir = vim.fn.getcwd() }
if not id then fail('no client') end
vim.lsp.buf_attach_client(0, id)

-- The text of the lens above the line of a stage, once it is one that is wanted.
local function lens(stage, wanted)
  local title
  local function look()
    for _, lens in ipairs(vim.lsp.codelens.get(0)) do
      local line = vim.api.nvim_buf_get_lines(0, lens.range.start.line, lens.range.start.line + 1, false)[1]
      if line and line:find('^  ' .. stage .. ':') and lens.command then title = lens.command.title end
    end
    return title ~= nil and title:find(wanted) ~= nil
  end
  for _ = 1, 100 do
    vim.lsp.codelens.refresh()
    if vim.wait(1000, look, 10) then break end
  end
  return title
end

-- Replaces the first occurrence of a text, as a person who types.
local function replace(old, new)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local first, last = line:find(old, 1, true)
    if first then
      vim.api.nvim_buf_set_text(0, number - 1, first - 1, number - 1, last, { new })
      vim.api.nvim_win_set_cursor(0, { number, first - 1 })
      return
    end
  end
  fail('no ' .. old)
end

local function wait(condition) return vim.wait(100000, condition, 10) end

wait(function() return vim.lsp.get_client_by_id(id).initialized end)
say('cached', lens('scores', 'cached'))
replace('lr: 0.001', 'lrr: 0.001')
wait(function() return #vim.diagnostic.get(0) == 1 end)
local finding = vim.diagnostic.get(0)[1]
say('finding', (finding.lnum + 1) .. ':' .. (finding.col + 1) .. ' ' .. finding.message)
replace('lrr: 0.001', 'lr: 0.5')
wait(function() return #vim.diagnostic.get(0) == 0 end)
local answer = vim.lsp.buf_request_sync(0, 'textDocument/hover', vim.lsp.util.make_position_params(), 60000)
say('hover', vim.inspect(answer[id].result.contents.value))
say('edited', lens('scores', '0%.5'))
-- Columns after letters beyond the basic plane are counted in UTF-16.
replace('bioarc: 1', 'bioarc: 1 # 😀é')
replace('with: { epochs: 1', 'with: { epochs: 1 ')
say('emoji', lens('scores', '0%.5'))
replace('  supernet:', '  supernet:')
vim.api.nvim_win_set_cursor(0, { vim.api.nvim_win_get_cursor(0)[1], 4 })
vim.lsp.buf.rename('shared')
local function has(text) return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n'):find(text, 1, true) end
wait(function() return has('$shared.weights') end)
if has('  shared:') and not has('supernet') then say('renamed', 'shared: $shared.weights') end
say('after', (lens('shared', 'cached'):gsub(',.*', '')))
say('errors', #vim.diagnostic.get(0))
vim.cmd('qa!')
