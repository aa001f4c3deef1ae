import ArgumentParser
import Artifacts
import Console
import Files
import Glibc
import JSON
import Sessions
import Stores
import Studies
import System

/// `bioarc init`
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Make a folder with a pipeline for your data.",
    discussion: """
      Looks at the beginning of the data, says what it takes them for, and writes a commented pipeline with a
      baseline and a small search that runs as it is. Nothing that exists is overwritten.

      Examples:
        bioarc init promoters --data promoters.csv          a table of sequences and labels
        bioarc init barcodes --data its/                    a folder: FASTA and a table, files of splits or of classes
        bioarc init peaks --data chip/                      a genome and intervals on it, BED or GFF
        bioarc init try                                     without data: synthetic promoters
      """)

  @Argument(help: ArgumentHelp("The folder to make.", valueName: "folder")) var folder: String
  @Option(help: ArgumentHelp("A file, or a folder with the files that belong together.", valueName: "path"))
  var data: String?
  @Flag(help: "Print what was seen and written as JSON.") var json = false

  func run() throws {
    let name = Self.name(of: folder)
    let path = "\(folder)/pipelines/\(name).yaml"
    guard FileKind(path) == .missing else {
      throw Complaint.usage("'\(path)' exists already; name another folder, or remove the file")
    }
    let study: (text: String, notes: [(what: String, text: String)])
    if let data { study = try guess(data, name) } else { study = (StudyGuess.synthetic(name: name), []) }
    try DiskFileSystem().makeFolders(folder + "/pipelines")
    try NewFile.write(path, Array(study.text.utf8))
    if FileKind(folder + "/.gitignore") == .missing {
      try NewFile.write(folder + "/.gitignore", Array("# Results of bioarc\n/cache/\n".utf8))
    }
    tell(study.notes, path)
    if json { return }
    try CheckCommand.parse([path]).run()
    Terminal.print(Self.padded("next") + "bioarc run \(path)")
  }

  private func tell(_ notes: [(what: String, text: String)], _ path: String) {
    if json {
      let seen = notes.map { JSON.object([("what", .string($0.what)), ("text", .string($0.text))]) }
      Terminal.print(JSON.object([("seen", .array(seen)), ("pipeline", .string(path))]).text())
      return
    }
    for (what, text) in notes { Terminal.print(Self.padded(what) + text) }
    Terminal.print(Self.padded("wrote") + path)
  }

  private static func padded(_ word: String) -> String {
    word + String(repeating: " ", count: max(1, 11 - word.count))
  }

  // MARK: Looking at data

  /// Files that are looked at, at most: of a folder of many the first of each of its folders.
  private static let mostFiles = 400

  private func guess(_ data: String, _ name: String) throws -> (text: String, notes: [(what: String, text: String)]) {
    let files: [String]
    switch FileKind(data) {
    case .missing: throw Complaint.usage("there is no file or folder '\(data)'")
    case .folder: files = try Self.files(in: data)
    case .file: files = [""]
    case .pipe, .device, .socket:
      throw Complaint.usage("'\(data)' is neither a file nor a folder: data are looked at more than once")
    }
    do {
      let samples = try files.map { file in
        let path = file.isEmpty ? data : data + "/" + file
        let shown = file.isEmpty ? String(data.split(separator: "/").last ?? "") : file
        return try SampleFile(shown, FileReader(DiskFileSystem().open(path)))
      }
      let guess = try StudyGuess(samples, isFolder: FileKind(data) == .folder)
      let shown = String(data.split(separator: "/").last ?? "the data")
      return (
        guess.pipeline(name: name, data: shown, path: try Self.path(of: data, from: folder + "/pipelines")), guess.notes
      )
    } catch let nothing as StudyGuess.Nothing { throw Complaint.usage("'\(data)': \(nothing)") }
  }

  /// The files of a folder and of the folders in it, two deep, without hidden ones.
  private static func files(in folder: String) throws -> [String] {
    var found: [String] = []
    func list(_ prefix: String, _ depth: Int) throws {
      let names = try DiskFileSystem().names(folder + "/" + prefix).filter { !$0.hasPrefix(".") }.sorted()
      var own = 0
      for name in names {
        switch FileKind(folder + "/" + prefix + name) {
        case .folder: if depth < 2 { try list(prefix + name + "/", depth + 1) }
        case .file:
          own += 1
          if own <= (depth == 0 ? Self.mostFiles : 20) { found.append(prefix + name) }
        case .missing, .pipe, .device, .socket: break
        }
      }
    }
    try list("", 0)
    // The first of each folder, so that no folder is left out.
    let each = max(1, mostFiles / max(1, Set(found.map { $0.split(separator: "/").dropLast() }).count))
    var counts: [ArraySlice<Substring>: Int] = [:]
    return found.filter { file in
      let folder = file.split(separator: "/").dropLast()
      counts[folder, default: 0] += 1
      return counts[folder]! <= each
    }
  }

  /// The path of `target` from `folder`, which need not exist yet: relative where they are near, else absolute.
  private static func path(of target: String, from folder: String) throws -> String {
    let here = try PlanFile.workingFolder()
    let (to, from) = (absolute(target, here), absolute(folder, here))
    let shared = zip(to, from).prefix { $0 == $1 }.count
    guard shared > 0 else { return "/" + to.joined(separator: "/") }
    return (Array(repeating: "..", count: from.count - shared) + to[shared...]).joined(separator: "/")
  }

  private static func absolute(_ path: String, _ here: String) -> [String] {
    var parts: [String] = []
    for part in (path.hasPrefix("/") ? path : here + "/" + path).split(separator: "/") {
      switch part {
      case ".": break
      case "..": _ = parts.popLast()
      default: parts.append(String(part))
      }
    }
    return parts
  }

  /// The last part of a path with the letters that a pipeline's name may have.
  private static func name(of folder: String) -> String {
    let last = folder.split(separator: "/").last.map(String.init) ?? "study"
    let letters = last.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._+-".contains($0)) ? $0 : "-" }
    let name = String(letters.drop { $0 == "." || $0 == "-" })
    return name.isEmpty ? "study" : name
  }
}
