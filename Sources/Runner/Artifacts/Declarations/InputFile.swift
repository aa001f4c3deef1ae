/// A file of an input's folder: its name in the input's tree, which says its part and what is known of all of its
/// sequences, and the path in the folder.
package struct InputFile: Hashable, Sendable {
  package let name: String
  package let file: String

  package init(name: String, file: String) {
    self.name = name
    self.file = file
  }

  /// The name of file `number`, from 1, of `count` of an option: the file's own name is no part of the input,
  /// but its class and its split are.
  package static func name(_ option: String, _ number: Int, of count: Int, _ match: FilePattern.Match) -> String {
    let digits = String(number)
    let zeros = count > 9 ? String(repeating: "0", count: max(0, String(count).count - digits.count)) : ""
    let place = number == 1 ? option : "\(option).\(zeros)\(digits)"
    return place + (match.split.map { ":split=\($0)" } ?? "") + (match.label.map { ":class=\($0)" } ?? "")
  }

  /// The option of a name in a tree, and the facts of the file's sequences that the name states.
  package static func parts(of name: String) -> (option: String, match: FilePattern.Match) {
    var rest = name[...]
    var match = FilePattern.Match()
    if let place = rest.firstRange(of: ":class=") {
      match.label = String(rest[place.upperBound...])
      rest = rest[..<place.lowerBound]
    }
    if let place = rest.firstRange(of: ":split=") {
      match.split = String(rest[place.upperBound...])
      rest = rest[..<place.lowerBound]
    }
    return (String(rest.prefix { $0 != "." }), match)
  }
}
