import Blocks

extension Architecture {
  /// The architecture of a text such as `h64-h128-t256-c512` or `c64(kernel=5,dilation=2)-t128`.
  ///
  /// Grammar: `architecture = [embedding "-"] layer *("-" layer)`,
  /// `layer = letter width ["(" option *("," option) ")"]`, `option = name "=" value`,
  /// `embedding = "e" width ["(stem=" number ")"]`. Numbers are decimal without sign, leading
  /// zero or space; values are numbers or, where those of an option have names, names. `preset:NAME` is the
  /// architecture of a preset. Throws the first finding, left to right.
  package init(parsing text: String) throws(ArchitectureFinding) {
    if text.hasPrefix(Preset.prefix) {
      let name = String(text.dropFirst(Preset.prefix.count))
      guard let preset = Preset.named(name) else {
        throw ArchitectureFinding(offset: Preset.prefix.utf8.count, problem: .unknownPreset(name))
      }
      self = preset.architecture
      return
    }
    var parser = ArchitectureParser(text)
    self = try parser.architecture()
  }
}

/// A reader of one architecture text; `position` counts UTF-8 bytes.
struct ArchitectureParser {
  let bytes: [UInt8]
  var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  mutating func architecture() throws(ArchitectureFinding) -> Architecture {
    guard !bytes.isEmpty else { throw finding(.empty) }
    let embedding = try embedding()
    var layers = [try layer()]
    while position < bytes.count {
      guard take("-") else { throw unexpected("layers are joined by -") }
      layers.append(try layer())
    }
    guard layers.count <= Architecture.maximumDepth else { throw finding(.tooDeep(layers.count), at: 0) }
    return Architecture(layers: layers, embedding: embedding)
  }

  /// A module at the whole text: the name or letter of a kind, and its options.
  mutating func module() throws(ArchitectureFinding) -> Module {
    let name = word()
    let kind = BlockKind(named: name) ?? (name.count == 1 ? BlockKind(letter: name.first!) : nil)
    guard let kind else { throw finding(.unknownKind(name), at: 0) }
    let module = Module(kind, options: try options(of: kind))
    guard position == bytes.count else { throw unexpected("a module is a kind of block and its options") }
    return module
  }

  private mutating func embedding() throws(ArchitectureFinding) -> Embedding? {
    guard take("e") else { return nil }
    let width = try width(of: "an embedding", as: "e64")
    var stem = 1
    if take("(") {
      let at = position
      guard word() == "stem", take("=") else { throw finding(.unknownEmbeddingOption, at: at) }
      stem = try number(of: "stem", in: Embedding.stems)
      guard take(")") else { throw unexpected("options end with )") }
    }
    guard take("-") else { throw unexpected("layers are joined by -") }
    return Embedding(width: width, stem: stem)
  }

  private mutating func layer() throws(ArchitectureFinding) -> Layer {
    let start = position
    guard let letter = character else { throw finding(.missingModule) }
    guard let kind = BlockKind(letter: letter) else {
      throw finding(letter.isLetter ? .unknownModule(letter) : .missingModule)
    }
    position += 1
    let width = try width(of: "module \(kind)", as: "\(kind.letter)64")
    let layer = Layer(kind, width: width, options: try options(of: kind))
    if let problem = layer.problem() { throw finding(.layer(problem), at: start) }
    return layer
  }

  private mutating func width(of what: String, as example: String) throws(ArchitectureFinding) -> Int {
    let at = position
    let digits = number()
    guard !digits.isEmpty else { throw finding(.missingWidth(what, example: example)) }
    guard let width = value(digits), Layer.widths.contains(width) else {
      throw finding(.widthOutOfRange(digits), at: at)
    }
    return width
  }

  private mutating func number(of option: String, in range: ClosedRange<Int>) throws(ArchitectureFinding) -> Int {
    let start = position
    let digits = number()
    guard !digits.isEmpty else { throw finding(.missingValue(option, names: [])) }
    // 0 is a value of some options.
    guard let value = digits == "0" ? 0 : value(digits), range.contains(value) else {
      throw finding(.optionOutOfRange(option, digits, range), at: start)
    }
    return value
  }

  private mutating func options(of kind: BlockKind) throws(ArchitectureFinding) -> [String: Int] {
    var options: [String: Int] = [:]
    guard take("(") else { return options }
    repeat {
      let at = position
      let name = word()
      guard !name.isEmpty else { throw unexpected("options are written as name=number") }
      guard let option = kind.option(name) else {
        throw finding(.unknownOption(name, kind), at: at)
      }
      guard options[name] == nil else { throw finding(.repeatedOption(name), at: at) }
      guard take("=") else { throw finding(.missingValue(name, names: option.names)) }
      if option.names.isEmpty {
        options[name] = try number(of: name, in: option.range)
        continue
      }
      let start = position
      let value = word()
      guard !value.isEmpty else { throw finding(.missingValue(name, names: option.names)) }
      guard let number = option.names.firstIndex(of: value) else {
        throw finding(.unknownValue(name, value, option.names), at: start)
      }
      options[name] = number
    } while take(",")
    guard take(")") else { throw unexpected("options end with )") }
    return options
  }

  /// The character at the position, or nil at the end.
  private var character: Character? {
    guard position < bytes.count else { return nil }
    return String(decoding: bytes[position...], as: UTF8.self).first
  }

  private mutating func take(_ ascii: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: ascii) else { return false }
    position += 1
    return true
  }

  private mutating func run(_ belongs: (UInt8) -> Bool) -> String {
    let start = position
    while position < bytes.count, belongs(bytes[position]) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func number() -> String { run { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }

  private mutating func word() -> String { run { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) } }

  /// The value of digits, nil when they have a leading zero or are too many.
  private func value(_ digits: String) -> Int? { digits.first == "0" ? nil : Int(digits) }

  private func finding(_ problem: ArchitectureFinding.Problem, at offset: Int? = nil) -> ArchitectureFinding {
    ArchitectureFinding(offset: offset ?? position, problem: problem)
  }

  private func unexpected(_ expected: String) -> ArchitectureFinding {
    finding(character.map { .unexpected($0, expected: expected) } ?? .unexpectedEnd(expected: expected))
  }
}
