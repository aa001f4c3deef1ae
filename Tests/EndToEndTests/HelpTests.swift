import Foundation
import TestSupport
import Testing

/// The help that people read first.
@Suite struct HelpTests {
  /// A verb or a group of them, as the program describes itself to tools.
  private struct Verb: Decodable {
    let commandName: String
    let discussion: String?
    let shouldDisplay: Bool?
    let subcommands: [Verb]?

    /// All below it that are shown, with the words by which they are called.
    func all(_ words: [String] = []) -> [(words: String, verb: Verb)] {
      let own = words + [commandName]
      return [(own.joined(separator: " "), self)]
        + (subcommands ?? []).filter { $0.shouldDisplay ?? true && $0.commandName != "help" }.flatMap { $0.all(own) }
    }
  }

  private struct Program: Decodable {
    let command: Verb
  }

  @Test func `every verb has examples`() throws {
    let workspace = try Workspace()
    let output = try workspace.bioarc("--experimental-dump-help").output
    let verbs = try JSONDecoder().decode(Program.self, from: Data(output.utf8)).command.all()
    #expect(verbs.count > 45, "\(verbs.count)")
    for (words, verb) in verbs { #expect(verb.discussion?.contains("Example") == true, "\(words)") }
  }
}
