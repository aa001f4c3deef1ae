import ArgumentParser
import Console
import Glibc
import LanguageServer

/// `bioarc lsp`
struct LspCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lsp",
    abstract: "Serve an editor that has a pipeline or the file of an own stage open, by the language server protocol.",
    discussion: """
      The editor starts it and ends it, and talks to it on standard input and output; there is nothing to configure. It
      checks while you type, completes, explains, renames, and tells above each stage how it stands in the store. It
      writes nothing and asks no remote.

      Example, in Neovim 0.11 or later:
        vim.lsp.config('bioarc', { cmd = { 'bioarc', 'lsp' }, filetypes = { 'yaml' } })
        vim.lsp.enable('bioarc')
      README.md has the lines for other editors.
      """)

  // Clients of some editors add it.
  @Flag(help: .hidden) var stdio = false

  func run() throws {
    signal(SIGPIPE, SIG_IGN)
    // Whatever else prints must not come between two messages.
    let output = dup(STDOUT_FILENO)
    dup2(STDERR_FILENO, STDOUT_FILENO)
    throw ExitCode(try Conversation(output: output).run(input: STDIN_FILENO, DiskSurroundings()))
  }
}
