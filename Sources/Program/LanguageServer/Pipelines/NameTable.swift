import Artifacts
import Texts

/// The names that a pipeline file gives to things, with every place where each is written.
struct NameTable {
  enum Kind: String {
    case param, input, stage, axis

    /// The kind with its article.
    var words: String { self == .input || self == .axis ? "an \(rawValue)" : "a \(rawValue)" }
  }

  struct Occurrence {
    let name: String
    let kind: Kind
    /// The bytes of the name, without a dollar and quotes.
    let range: Range<Int>
    let isDefinition: Bool
  }

  /// In the order of the file.
  private(set) var occurrences: [Occurrence] = []
  private var kinds: [String: Kind] = [:]

  init(_ outline: Outline, _ bytes: [UInt8]) {
    func define(_ kind: Kind, _ range: Range<Int>) {
      let range = Outline.inner(range, bytes)
      let name = String(decoding: bytes[range], as: UTF8.self)
      guard NameRules.isName(name) else { return }
      if kinds[name] == nil { kinds[name] = kind }
      occurrences.append(Occurrence(name: name, kind: kind, range: range, isDefinition: true))
    }
    for param in outline.named("params") { define(.param, outline.entries[param].keyRange) }
    for input in outline.named("inputs") {
      define(.input, outline.entries[input].keyRange)
      if let axis = outline.child("axis", of: input), let value = outline.entries[axis].value { define(.axis, value) }
    }
    for stage in outline.named("stages") { define(.stage, outline.entries[stage].keyRange) }
    for entry in outline.named("inputs") + outline.named("stages") {
      let axes = outline.child("for", of: entry).map { outline.entries[$0].children } ?? []
      for axis in axes { define(.axis, outline.entries[axis].keyRange) }
    }
    for entry in outline.named("inputs") + outline.named("stages") { use(outline, bytes, below: entry) }
    occurrences.sort { $0.range.lowerBound < $1.range.lowerBound }
  }

  private mutating func use(_ outline: Outline, _ bytes: [UInt8], below top: Int) {
    for entry in outline.all(below: top) {
      if outline.entries[entry].key == "over" {
        for role in outline.entries[entry].children { gathered(outline, bytes, role) }
      }
      guard let value = outline.entries[entry].value else { continue }
      let range = Outline.inner(value, bytes)
      guard let reference = ReferenceText(String(decoding: bytes[range], as: UTF8.self)) else { continue }
      let start = range.lowerBound + reference.offset
      add(reference.name, start..<start + reference.name.utf8.count)
    }
  }

  /// The axes that one role of `over` names.
  private mutating func gathered(_ outline: Outline, _ bytes: [UInt8], _ role: Int) {
    for entry in outline.all(below: role) {
      if let value = outline.entries[entry].value, outline.entries[entry].key == nil || entry == role {
        let range = Outline.inner(value, bytes)
        add(String(decoding: bytes[range], as: UTF8.self), range)
      }
      if entry != role, let key = outline.entries[entry].key {
        add(key, Outline.inner(outline.entries[entry].keyRange, bytes))
      }
    }
  }

  private mutating func add(_ name: String, _ range: Range<Int>) {
    guard NameRules.isName(name), let kind = kinds[name] else { return }
    occurrences.append(Occurrence(name: name, kind: kind, range: range, isDefinition: false))
  }

  /// The thing that a name stands for.
  func kind(of name: String) -> Kind? { kinds[name] }

  /// The names of a kind, in the order of the file.
  func names(_ kind: Kind) -> [String] {
    var seen: Set<String> = []
    return occurrences.filter { $0.isDefinition && $0.kind == kind && seen.insert($0.name).inserted }.map(\.name)
  }

  /// The name at an offset, the end of it included.
  func occurrence(at offset: Int) -> Occurrence? {
    occurrences.first { $0.range.lowerBound...$0.range.upperBound ~= offset }
  }

  /// All places of a name.
  func all(of name: String) -> [Occurrence] { occurrences.filter { $0.name == name } }
}
