import Testing

@testable import Plans
@testable import YAML

@Suite struct YAMLTests {
  @Test(arguments: [
    ("no", YAMLScalar.Value.string("no")), ("yes", .string("yes")), ("on", .string("on")), ("y", .string("y")),
    ("true", .bool(true)), ("True", .bool(true)), ("FALSE", .bool(false)), ("tRue", .string("tRue")),
    ("null", .null), ("~", .null), ("", .null), ("Null", .null), ("nUll", .string("nUll")),
    ("0", .int(0)), ("010", .int(10)), ("+7", .int(7)), ("-12", .int(-12)), ("0x1F", .int(31)), ("0o17", .int(15)),
    ("0X1F", .string("0X1F")), ("0o18", .string("0o18")), ("0b1", .string("0b1")), ("1_000", .string("1_000")),
    ("-0x1F", .string("-0x1F")), ("0x", .string("0x")), ("+", .string("+")), ("-", .string("-")), (".", .string(".")),
    ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)), ("9223372036854775808", .hugeInt),
    ("0xFFFFFFFFFFFFFFFF", .hugeInt),
    ("1.5", .float(1.5)), ("1.", .float(1)), (".5", .float(0.5)), ("1e3", .float(1000)), ("1E-3", .float(0.001)),
    ("-1.5e+3", .float(-1500)), ("e3", .string("e3")), ("1e", .string("1e")), ("1.2.3", .string("1.2.3")),
    ("1e999", .float(.infinity)), (".inf", .float(.infinity)), ("-.INF", .float(-.infinity)), ("inf", .string("inf")),
    ("nan", .string("nan")), ("12:30", .string("12:30")), ("2024-01-01", .string("2024-01-01")),
    ("0x1.8p3", .string("0x1.8p3")), ("١", .string("١")),
  ])
  func `plain scalars have their types, and quoted ones are strings`(text: String, value: YAMLScalar.Value) {
    #expect(YAMLScalar(plain: text).value == value)
    #expect(YAMLScalar(quoted: text).value == .string(text))
  }

  @Test func `not a number is read as a number`() {
    guard case .float(let value) = YAMLScalar(plain: ".nan").value else {
      Issue.record("not a float")
      return
    }
    #expect(value.isNaN)
  }

  @Test func `quoting decides between number and string`() throws {
    let node = try #require(read("[3, \"3\", '3', !!str 3, ! 3, 3]"))
    #expect(values(node) == [.int(3), .string("3"), .string("3"), .string("3"), .string("3"), .int(3)])
  }

  @Test func `positions count characters whatever the line ends are`() throws {
    let text = "a: 1\r\nbé: [x,\r  \"基\", 'y']\n# \u{2028}\nc: z"
    let node = try #require(read(text))
    guard case .mapping(let pairs) = node.content, case .sequence(let items) = pairs[1].value.content else {
      Issue.record("another shape")
      return
    }
    #expect(pairs.map(\.keySpan.position.description) == ["f:1:1", "f:2:1", "f:5:1"])
    #expect(items.map(\.span.position.description) == ["f:2:6", "f:3:3", "f:3:8"])
    #expect(items.map(\.span.length) == [1, 3, 3])
    #expect(pairs[1].value.span.length == 1)
  }

  @Test func `a byte order mark is passed over`() throws {
    let node = try #require(read("\u{FEFF}a: 1"))
    guard case .mapping(let pairs) = node.content else {
      Issue.record("another shape")
      return
    }
    #expect(pairs[0].keySpan.position.column == 1)
  }

  /// Texts that would take hours or much memory in a careless reader, which would not end then. Each is rejected with
  /// one finding.
  @Test(
    arguments: [
      "many {", "many [", "many - ", "many ? ", "many &a ", "alias bomb", "deep aliases", "long lines of keys",
      "many tags",
      "too large", "many nodes", "unclosed quote", "many anchors",
    ])
  func `a text that would take hours is rejected`(name: String) {
    let findings = Findings()
    #expect(YAMLReader.read(bomb(name), file: "f", findings: findings) == nil)
    #expect(findings.list.count == 1, "\(findings.list)")
  }

  private func bomb(_ name: String) -> [UInt8] {
    let many = { (text: String, count: Int) in Array(String(repeating: text, count: count).utf8) }
    switch name {
    case "many {": return many("{", 100_000)
    case "many [": return many("[", 100_000)
    case "many - ": return many("- ", 100_000)
    case "many ? ": return many("? ", 100_000)
    case "many &a ": return many("&a ", 100_000)
    case "many tags": return many("%TAG !a! b\n", 100_000)
    case "unclosed quote": return Array("a: \"".utf8) + many("x y\n", 500_000)
    case "too large": return many("# comment\n", 500_000)
    case "many nodes": return many("- 1\n", 400_000)
    case "many anchors": return (0..<130_000).flatMap { Array("- &a\($0) [*a\($0)]\n".utf8) }
    case "long lines of keys": return Array("{".utf8) + (0..<130_000).flatMap { Array("a\($0): 1, ".utf8) }
    case "deep aliases":
      let lines = (1..<100).map { "- &a\($0) [*a\($0 - 1)]\n" }.joined()
      return Array(("- &a0 [x]\n" + lines).utf8)
    default:
      let lines = (1..<40).map { i in "- &a\(i) [" + (0..<10).map { _ in "*a\(i - 1)" }.joined(separator: ",") + "]\n" }
      return Array(("- &a0 [x]\n" + lines.joined()).utf8)
    }
  }

  /// Control characters and what else no text of YAML may hold, at their places.
  @Test func `bad bytes of a text have their place`() {
    for (bytes, place) in [
      ([0x61, 0x0A, 0xFF], "f:2:1"), ([0xC3, 0xA9, 0xC3], "f:1:2"), ([0x61, 0xF0, 0x9F, 0x98], "f:1:2"),
      ([0xED, 0xA0, 0x80], "f:1:1"), ([0x61, 0x3A, 0x20, 0x07], "f:1:4"), ([0xFF, 0xFE, 0x61, 0x00], "f:1:1"),
    ] as [([UInt8], String)] {
      let findings = Findings()
      #expect(YAMLReader.read(bytes, file: "f", findings: findings) == nil)
      #expect(findings.list.map(\.position.description) == [place])
    }
  }

  private func read(_ text: String) -> YAMLNode? { YAMLReader.read(Array(text.utf8), file: "f", findings: Findings()) }

  private func values(_ node: YAMLNode) -> [YAMLScalar.Value] {
    guard case .sequence(let items) = node.content else { return [] }
    return items.compactMap { if case .scalar(let scalar) = $0.content { scalar.value } else { nil } }
  }
}
