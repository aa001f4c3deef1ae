import Artifacts
import Inputs
import Labelled
import Sequences
import Stages

/// An input as a pipeline states it: a line `format option=value ...`, then files, each after a line `--- name`; a
/// file without such a line is the whole input. Read as `check` and as a fine-tune read it.
struct LabelledTarget: FuzzTarget {
  let name = "labelled"
  let words: [String] = Self.syntax + Self.names

  private static let syntax: [String] = [
    "sequence,label\n", "sequence,second,label\n", "\nACGT,1", "\n>a 1 train\nACGT\n", "train", "dev", "test", "true",
    "false", "80/10/10", ";", ".", "-1", "99999", "1e308", "nan", "protein", "PK\u{3}\u{4}", "e\u{301}",
    "sep=;\n", "strip", "drop", "name", "line", "tab", "a=train,b=-", "5", ":split=", ":class=", "\u{1}", "\r", "-.",
  ]

  private static let names: [String] = {
    var names = LabelKind.allCases.map(\.rawValue)
    names += LabelledFile.Role.allCases.map { "\n--- \($0.rawValue)\n" }
    for format in BuiltIn.formats {
      names.append(format.name)
      names += format.options.map { " \($0.name)=" }
      names += format.files.map { "\n--- \($0)\n" }
    }
    return names
  }()

  func check(_ bytes: [UInt8]) {
    guard let end = bytes.firstIndex(of: 10) else { return }
    let words = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ").map(String.init)
    guard let format = words.first else { return }
    var options: [String: String] = [:]
    for word in words.dropFirst() {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      if parts.count == 2 { options[parts[0]] = parts[1] }
    }
    let files = files(bytes[(end + 1)...])
    for known in BuiltIn.formats where known.name == format {
      let input = MemoryInput(known.kind, format, options, files)
      do { _ = try known.findings(input) { "d/" + $0 } } catch { _ = "\(error)" }
      if known.kind == .labelledSequences { read(input) }
    }
  }

  private func files(_ bytes: ArraySlice<UInt8>) -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    var name = ""
    for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
      if line.starts(with: "--- ".utf8) {
        name = String(decoding: line.dropFirst(4), as: UTF8.self)
        files[name] = []
      } else {
        files[name, default: []] += line + [10]
      }
    }
    // Bytes before the first named file are no file then.
    if files.count > 1 { files[""] = nil }
    return files
  }

  private func read(_ input: MemoryInput) {
    let source = SequenceSource(input, path: { $0 }, alphabet: .dna, rows: 0) { _ in }
    guard let splits = try? source.labelled() else { return }
    let letters = Set(source.reading.alphabet.letters)
    for record in splits.train + splits.dev + splits.test {
      require((record.sequence + record.second).allSatisfy(letters.contains), "an illegal letter")
      if case .letters(let label) = record.label {
        require(label.count == record.sequence.count, "\(label.count) labels of \(record.sequence.count) letters")
      }
      if case .value(let value) = record.label { require(value.isFinite, "the value \(value)") }
      _ = splits.text(of: record.label)
    }
    _ = try? TaskSplits(input, alphabet: .dna, rows: 0, holdOut: 0.2) { _ in }
  }
}

/// An input in memory.
private struct MemoryInput: InputArtifact {
  let reference: ArtifactReference
  let files: [String: [UInt8]]

  init(_ kind: ArtifactKind, _ format: String, _ options: [String: String], _ files: [String: [UInt8]]) {
    self.files = files
    reference = ArtifactReference(
      kind: kind, format: format, options: options, layout: files.keys.contains("") ? .file : .tree,
      digest: .of([UInt8]()), size: 0)
  }

  var names: [String] { files.keys.sorted() }

  private final class Reader: ByteReader {
    private var rest: ArraySlice<UInt8>
    init(_ bytes: [UInt8]) { rest = bytes[...] }
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
      let count = min(buffer.count, rest.count)
      buffer.copyBytes(from: rest.prefix(count))
      rest = rest.dropFirst(count)
      return count
    }
  }

  func open(_ name: String) throws -> any ByteReader {
    // A run does not start when a file of an input is missing.
    guard let bytes = files[name] else { throw StageFailure(code: "missing", "there is no \(name)") }
    return Reader(bytes)
  }

  func localPath(_ name: String) throws -> String { throw StageFailure(code: "memory", "\(name) is no file") }
}
