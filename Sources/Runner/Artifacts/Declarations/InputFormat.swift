import Wording

/// The layout and the decoding of an input of a pipeline. Its name is what `format:` states.
package struct InputFormat: Sendable {
  package let name: String
  package let kind: ArtifactKind
  /// The files that a folder of this format is read for; only these count. Empty: the input is one file.
  package let files: [String]
  /// The format that states the files of such a folder by options, where some of `files` are missing.
  package let instead: String?
  package let options: [InputOption]
  package let help: String
  /// An entry of `inputs` of a pipeline.
  package let example: String
  /// Problems of stated options together, each of which is right alone.
  package let rules: @Sendable (_ options: [String: String]) -> [InputProblem]
  /// Reads the whole input and returns its faults, each with file and line. `path` gives the origin of a file
  /// of the input, by its name in the tree; for "" that of the whole.
  package let findings: @Sendable (_ input: any InputArtifact, _ path: @escaping Path) throws -> [InputProblem]

  /// The origin of a file as messages name it, by its name in the input's tree.
  package typealias Path = @Sendable (_ name: String) -> String

  package init(
    name: String, kind: ArtifactKind, files: [String] = [], instead: String? = nil, options: [InputOption],
    help: String, example: String = "",
    rules: @escaping @Sendable (_ options: [String: String]) -> [InputProblem] = { _ in [] },
    findings: @escaping @Sendable (_ input: any InputArtifact, _ path: @escaping Path) throws -> [InputProblem]
  ) {
    self.name = name
    self.kind = kind
    self.files = files
    self.instead = instead
    self.options = options
    self.help = help
    self.example = example
    self.rules = rules
    self.findings = findings
  }

  /// The option of that name, or nil.
  package func option(_ name: String) -> InputOption? { options.first { $0.name == name } }

  /// Options that state files of a folder. An input that states one is a folder, and its tree has the option's name
  /// for the first file, NAME.2 for the second: the names of the files are no part of the input.
  package var fileOptions: [String] { options.filter { $0.kind == .files }.map(\.name) }

  /// Whether an input of these options is a folder, and not one file.
  package func readsFolder(_ options: [String: String]) -> Bool {
    !files.isEmpty || fileOptions.contains { !Self.words(options[$0]).isEmpty }
  }

  /// The files that an input of these options is read for.
  package struct Files: Sendable {
    package var files: [InputFile] = []
    /// For each pattern, the paths that match it, ascending by bytes.
    package var matches: [(pattern: String, paths: [String])] = []
    /// Patterns that match nothing, or a file that another option states.
    package var problems: [InputProblem] = []
  }

  /// The files that an input of these options is read for. `paths` lists the folder's files, and is asked only for
  /// patterns. A file that several patterns of an option match counts once.
  package func files(_ options: [String: String], in paths: () throws -> [String]) rethrows -> Files {
    var result = Files(files: files.map { InputFile(name: $0, file: $0) })
    // By path: the option that read it first, and whether by a pattern.
    var readers: [String: (option: String, isPattern: Bool)] = [:]
    for option in fileOptions {
      var found: [(file: String, match: FilePattern.Match)] = []
      for pattern in Self.words(options[option]).map(FilePattern.init) {
        var new: [(file: String, match: FilePattern.Match)] = []
        if let file = pattern.file {
          new = [(file, pattern.match(file) ?? FilePattern.Match())]
        } else {
          let all = try paths().sorted { $0.precedesInBytes($1) }
          new = all.compactMap { path in pattern.match(path).map { (path, $0) } }
          result.matches.append((pattern.text, new.map(\.file)))
          if new.isEmpty { result.problems.append(Self.nothing(pattern, all, option)) }
          new.removeAll { file, _ in readers[file]?.option == option }
        }
        for (file, _) in new {
          if let other = readers[file], other.option != option, other.isPattern || pattern.file == nil {
            result.problems.append(
              InputProblem("'\(file)' is read twice, by the options '\(other.option)' and '\(option)'", option: option))
          }
          readers[file] = (option, pattern.file == nil)
        }
        found += new
      }
      for (index, (file, match)) in found.enumerated() {
        result.files.append(InputFile(name: InputFile.name(option, index + 1, of: found.count, match), file: file))
      }
    }
    return result
  }

  private static func nothing(_ pattern: FilePattern, _ paths: [String], _ option: String) -> InputProblem {
    let seen = paths.isEmpty ? "none" : paths.prefix(5).joined(separator: ", ") + (paths.count > 5 ? ", ..." : "")
    return InputProblem("no file matches '\(pattern.text)'; the folder has \(seen)", option: option)
  }

  /// Words parted by commas.
  private static func words(_ text: String?) -> [String] {
    (text ?? "").split(separator: ",").map(FilePattern.trimmed)
  }

  /// Problems of stated options of known names: of each alone, else of all together.
  package func problems(_ stated: [String: String]) -> [InputProblem] {
    let own = options.compactMap { option in stated[option.name].flatMap(option.problem) }
    return own.isEmpty ? rules(stated) : own
  }
}
