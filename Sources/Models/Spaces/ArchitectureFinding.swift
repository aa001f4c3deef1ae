package import Blocks
import Wording

/// A fault of an architecture's text, and its place.
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
    /// A thing that needs a width, and an example of one.
    case missingWidth(String, example: String)
    /// The number as written, which may be longer than an integer.
    case widthOutOfRange(String)
    case unknownOption(String, BlockKind)
    case repeatedOption(String)
    /// An option without a value, and the names of its values where they have some.
    case missingValue(String, names: [String])
    case unknownValue(String, String, [String])
    case optionOutOfRange(String, String, ClosedRange<Int>)
    case unexpected(Character, expected: String)
    case unexpectedEnd(expected: String)
    case tooDeep(Int)
    case unknownPreset(String)
    case unknownKind(String)
    case unknownEmbeddingOption
    case layer(BlockProblem)
  }
}

extension ArchitectureFinding: CustomStringConvertible {
  /// One sentence, without the position.
  package var description: String {
    switch problem {
    case .empty: "an architecture needs at least one layer, as in h64-t128"
    case .missingModule: "a layer must begin with its module's letter: \(Self.letters)"
    case .unknownModule(let letter): "unknown module letter '\(letter)': one of \(Self.letters)"
    case .missingWidth(let thing, let example): "\(thing) needs a width, as in \(example)"
    case .widthOutOfRange(let text):
      "width \(text) is not in \(Layer.widths.lowerBound)...\(Layer.widths.upperBound)"
    case .unknownOption(let name, let kind): Self.unknownOption(name, kind)
    case .repeatedOption(let name): "option \(name) is given twice"
    case .missingValue(let name, let names):
      names.isEmpty
        ? "option \(name) needs a whole number, as in \(name)=2"
        : "option \(name) needs one of \(names.joined(separator: ", "))"
    case .unknownValue(let name, let value, let names):
      "\(name) '\(value)' is none of \(names.joined(separator: ", "))" + Self.hint(value, names)
    case .optionOutOfRange(let name, let value, let range):
      "\(name) \(value) is not in \(range.lowerBound)...\(range.upperBound)"
    case .unexpected(let character, let expected): "unexpected '\(character)': \(expected)"
    case .unexpectedEnd(let expected): "unexpected end: \(expected)"
    case .tooDeep(let depth): "\(depth) layers; an architecture has at most \(Architecture.maximumDepth)"
    case .unknownPreset(let name):
      "there is no preset '\(name)'" + Self.hint(name, Preset.all.map(\.name))
        + ": 'bioarc architectures' lists them"
    case .unknownKind(let name):
      "there is no module '\(name)'" + Self.hint(name, BlockKind.all.map(\.name))
        + ": one of \(BlockKind.all.map(\.name).joined(separator: ", "))"
    case .unknownEmbeddingOption: "an embedding has one option, stem, as in e128(stem=9)"
    case .layer(let problem): problem.description
    }
  }

  private static var letters: String { BlockKind.all.map { String($0.letter) }.joined(separator: ", ") }

  private static func hint(_ text: String, _ names: [String]) -> String {
    nearest(to: text, in: names, slack: 2).map { " (did you mean \($0)?)" } ?? ""
  }

  private static func unknownOption(_ name: String, _ kind: BlockKind) -> String {
    let names = kind.options.map(\.name)
    guard !names.isEmpty else { return "module \(kind) has no options" }
    let hint =
      nearest(to: name, in: names, slack: 2).map { "did you mean \($0)?" } ?? "one of \(names.joined(separator: ", "))"
    return "module \(kind) has no option \(name): \(hint)"
  }
}
