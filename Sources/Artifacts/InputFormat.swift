/// How an input of a pipeline is laid out and decoded. Its name is what `format:` states.
package struct InputFormat: Sendable {
  package let name: String
  package let kind: ArtifactKind
  /// The files that a folder of this format is read for; only these count. Empty: the input is one file.
  package let files: [String]
  package let options: [InputOption]
  package let help: String
  /// What is wrong with stated options together, each of which is right alone.
  package let rules: @Sendable (_ options: [String: String]) -> [InputProblem]
  /// Reads the whole input and returns what is wrong with it, each with file and line. `path` is where a file of the
  /// input comes from, by its name in the tree; of "" the whole.
  package let findings: @Sendable (_ input: any InputArtifact, _ path: @escaping Path) throws -> [InputProblem]

  package typealias Path = @Sendable (_ name: String) -> String

  package init(
    name: String, kind: ArtifactKind, files: [String] = [], options: [InputOption], help: String,
    rules: @escaping @Sendable (_ options: [String: String]) -> [InputProblem] = { _ in [] },
    findings: @escaping @Sendable (_ input: any InputArtifact, _ path: @escaping Path) throws -> [InputProblem]
  ) {
    self.name = name
    self.kind = kind
    self.files = files
    self.options = options
    self.help = help
    self.rules = rules
    self.findings = findings
  }

  package func option(_ name: String) -> InputOption? { options.first { $0.name == name } }

  /// Options that state files of a folder. An input that states one is a folder, and its tree has the option's name for
  /// the first file, NAME.2 for the second: what a file is called is no part of the input.
  package var fileOptions: [String] { options.filter { $0.kind == .files }.map(\.name) }

  /// The files that an input of these options is read for: their names in the tree, and in the folder. Empty: the input
  /// is one file.
  package func files(_ options: [String: String]) -> [(name: String, file: String)] {
    let stated = fileOptions.flatMap { option in
      let files = (options[option] ?? "").split(separator: ",").map { word in
        String(word.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }
      return files.enumerated().map { ($0 == 0 ? option : "\(option).\($0 + 1)", $1) }
    }
    return files.map { ($0, $0) } + stated
  }

  /// What is wrong with stated options of known names: each alone, else all together.
  package func problems(_ stated: [String: String]) -> [InputProblem] {
    let own = options.compactMap { option in stated[option.name].flatMap(option.problem) }
    return own.isEmpty ? rules(stated) : own
  }
}
