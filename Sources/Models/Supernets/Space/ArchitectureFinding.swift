/// What is wrong with an architecture's text, and where.
package struct ArchitectureFinding: Error, Hashable, Sendable {
  /// UTF-8 bytes of the text before the fault.
  package let offset: Int
  package let problem: Problem

  /// The faults that a text can have.
  package enum Problem: Hashable, Sendable {
    case empty
    /// The text ends, or another character stands, where a module's letter must be.
    case missingModule
    case unknownModule(Character)
    case missingWidth(Module)
    /// The number as written, which may be longer than an integer.
    case widthOutOfRange(String)
    case unknownOption(String, Module)
    case repeatedOption(String)
    case missingValue(String)
    case optionOutOfRange(String, String, ClosedRange<Int>)
    case unexpected(Character, expected: String)
    case unexpectedEnd(expected: String)
    case tooDeep(Int)
    case layer(LayerFinding)
  }
}

/// Why a layer that can be written cannot be built.
package enum LayerFinding: Error, Hashable, Sendable {
  /// The default heads have 64 features each, which do not divide the width.
  case widthNeedsHeads(width: Int)
  case indivisibleHeads(width: Int, heads: Int)
  /// Rotary positions turn pairs of features (Su et al. 2021), so that a head has an even number of them.
  case oddHead(width: Int, heads: Int)
  /// Two directions have half of the width each.
  case oddWidth(module: Module, width: Int)
  case evenFeatures(Int)
  case indivisibleGroups(width: Int, groups: Int)
}

extension LayerFinding {
  /// The width that it is about, if it is about one.
  package var width: Int? {
    switch self {
    case .widthNeedsHeads(let width), .indivisibleHeads(let width, _), .oddHead(let width, _), .oddWidth(_, let width),
      .indivisibleGroups(let width, _):
      width
    case .evenFeatures: nil
    }
  }
}

extension Layer {
  /// The widths that a layer may have.
  package static let widths = 1...8192

  /// What keeps this layer from being built, or nil.
  package var finding: LayerFinding? {
    switch module {
    case .transformer:
      let heads = self["heads"]
      if options["heads"] == nil, width > 64, width % 64 != 0 { return .widthNeedsHeads(width: width) }
      if width % heads != 0 { return .indivisibleHeads(width: width, heads: heads) }
      return width / heads % 2 == 0 ? nil : .oddHead(width: width, heads: heads)
    case .lstm: return width % 2 == 0 ? nil : .oddWidth(module: module, width: width)
    case .hyena: return self["features"] % 2 == 1 ? nil : .evenFeatures(self["features"])
    case .cnn:
      let groups = self["groups"]
      return width % groups == 0 ? nil : .indivisibleGroups(width: width, groups: groups)
    case .mamba: return nil
    }
  }
}

extension ArchitectureFinding: CustomStringConvertible {
  /// One sentence, without the position.
  package var description: String {
    switch problem {
    case .empty: "an architecture needs at least one layer, as in h64-t128"
    case .missingModule: "a layer must begin with its module's letter: \(Self.letters)"
    case .unknownModule(let letter): "unknown module letter '\(letter)': one of \(Self.letters)"
    case .missingWidth(let module): "module \(module.rawValue) needs a width, as in \(module.letter)64"
    case .widthOutOfRange(let text):
      "width \(text) is not in \(Layer.widths.lowerBound)...\(Layer.widths.upperBound)"
    case .unknownOption(let name, let module): Self.unknownOption(name, module)
    case .repeatedOption(let name): "option \(name) is given twice"
    case .missingValue(let name): "option \(name) needs a whole number, as in \(name)=2"
    case .optionOutOfRange(let name, let value, let range):
      "\(name) \(value) is not in \(range.lowerBound)...\(range.upperBound)"
    case .unexpected(let character, let expected): "unexpected '\(character)': \(expected)"
    case .unexpectedEnd(let expected): "unexpected end: \(expected)"
    case .tooDeep(let depth): "\(depth) layers; an architecture has at most \(Architecture.maximumDepth)"
    case .layer(let finding): finding.description
    }
  }

  private static var letters: String { Module.allCases.map { String($0.letter) }.joined(separator: ", ") }

  private static func unknownOption(_ name: String, _ module: Module) -> String {
    let names = module.options.map(\.name)
    guard !names.isEmpty else { return "module \(module.rawValue) has no options" }
    let hint = nearest(name, module).map { "did you mean \($0)?" } ?? "one of \(names.joined(separator: ", "))"
    return "module \(module.rawValue) has no option \(name): \(hint)"
  }

  /// The option of a module that is at most two letters away from `name`.
  static func nearest(_ name: String, _ module: Module) -> String? {
    let nearest = module.options.map { ($0.name, distance(name, $0.name)) }.min { $0.1 < $1.1 }
    return nearest.flatMap { $0.1 <= 2 ? $0.0 : nil }
  }

  /// The edit distance of Levenshtein (1966).
  private static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a), b = Array(b)
    var row = Array(0...b.count)
    for i in 0..<a.count {
      var diagonal = row[0]
      row[0] = i + 1
      for j in 0..<b.count {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
        diagonal = above
      }
    }
    return row[b.count]
  }
}

extension LayerFinding: CustomStringConvertible {
  package var description: String {
    switch self {
    case .widthNeedsHeads(let width):
      "transformer width \(width) is not a multiple of 64: choose one, or state the heads, as in t\(width)(heads=2)"
    case .indivisibleHeads(let width, let heads): "transformer width \(width) cannot be divided into \(heads) heads"
    case .oddHead(let width, let heads):
      "transformer heads of \(width / heads) features: rotary positions need an even number"
    case .oddWidth(let module, let width): "\(module.rawValue) width \(width) is odd: its two directions have half each"
    case .indivisibleGroups(let width, let groups): "cnn width \(width) cannot be divided into \(groups) groups"
    case .evenFeatures(let count):
      "hyena features \(count) is even: one time feature and pairs of waves make an odd number"
    }
  }
}
