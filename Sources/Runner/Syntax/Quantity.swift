/// A physical quantity, written as whole numbers with units.
package struct Quantity: Sendable {
  /// Units by size, the largest first.
  let units: [(name: String, size: Int)]
  /// Whether units can follow each other, as in 1h30m.
  let isCompound: Bool
  /// The text as a JSON Schema's pattern.
  package let pattern: String

  /// Bytes, as `8GB` or `512MiB`.
  package static let bytes = Quantity(
    units: [
      ("TiB", 1 << 40), ("TB", 1_000_000_000_000), ("GiB", 1 << 30), ("GB", 1_000_000_000), ("MiB", 1 << 20),
      ("MB", 1_000_000), ("KiB", 1 << 10), ("KB", 1_000),
    ], isCompound: false, pattern: "^[0-9]{1,6}[KMGT]i?B$")
  /// Seconds, as `90s` or `1h30m`.
  package static let seconds = Quantity(
    units: [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)], isCompound: true,
    pattern: "^(?=.)([0-9]{1,6}d)?([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?$")

  /// The quantity that `text` writes, or nil. Numbers have at most six digits, units come in descending order.
  package func parse(_ text: String) -> Int? {
    var rest = Substring(text)
    var total = 0
    var left = units[...]
    repeat {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      guard (1...6).contains(digits.utf8.count), let number = Int(digits) else { return nil }
      rest = rest.dropFirst(digits.count)
      let name = rest.prefix { $0.isLetter }
      guard let place = left.firstIndex(where: { $0.name == name }) else { return nil }
      total += number * left[place].size
      left = left[(place + 1)...]
      rest = rest.dropFirst(name.count)
    } while isCompound && !rest.isEmpty
    return rest.isEmpty && total > 0 ? total : nil
  }

  /// The bytes that a person wrote in one unit, or nil: `20GB`, `1.5 TB`, `512mib`, `3g` and `1000` alike.
  package static func byteCount(_ text: String) -> Int? {
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let unit = text.dropFirst(digits.count).filter { $0 != " " }.lowercased()
    let sizes = [("b", 1), ("", 1)] + bytes.units.map { ($0.name.lowercased(), $0.size) }
    guard let (_, size) = sizes.first(where: { name, _ in name == unit || name == unit + "b" && !unit.hasSuffix("i") }),
      let number = Double(digits), number * Double(size) < 1e18
    else { return nil }
    return Int(number * Double(size))
  }

  /// The shortest exact text of a quantity; in the smallest unit, rounded up, where there is none.
  package func text(_ value: Int) -> String {
    guard isCompound else {
      let unit = units.first { value % $0.size == 0 } ?? units[units.count - 1]
      return "\((value + unit.size - 1) / unit.size)\(unit.name)"
    }
    var rest = value
    var text = ""
    for unit in units where rest >= unit.size {
      text += "\(rest / unit.size)\(unit.name)"
      rest %= unit.size
    }
    return text
  }
}
