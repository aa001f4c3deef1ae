import Foundation
import TestSupport
import Testing

/// Targets stay small, and within them most files need each other in one direction: a reader can begin at the bottom.
@Suite struct CircleTests {
  /// Lines that a target has at most.
  private static let lines = 2_600
  /// Files that may need each other.
  private static let circle = 5

  /// Swift files of each target of the program and its libraries.
  private static func targets() throws -> [String: [String]] {
    Dictionary(grouping: try Repository.swiftFiles("Sources")) { path in
      path.split(separator: "/").prefix(3).joined(separator: "/")
    }
  }

  /// The text without comments and strings, as words.
  static func words(_ text: String) -> Set<Substring> {
    let code = text.replacing(#/\/\/[^\n]*/#, with: "").replacing(#/"(\\.|[^"\\\n])*"/#, with: "")
    return Set(code.matches(of: #/[A-Za-z_]\w*/#).map(\.output))
  }

  /// Names that a file declares at its top and that others can see.
  private static func declarations(_ text: String) -> [Substring] {
    let kinds = "struct|class|enum|protocol|actor|typealias|func|let|var"
    let marks = "package|final|indirect|nonisolated|unsafe"
    guard let line = try? Regex("(?:@\\w+(?:\\([^)]*\\))? )*(?:(?:\(marks)) )*(?:\(kinds)) (\\w+)") else { return [] }
    return text.split(separator: "\n").compactMap { $0.prefixMatch(of: line)?.output[1].substring }
  }

  /// The largest number of files of which each needs each other, directly or not, and their names.
  static func largestCircle(_ texts: [String: String]) -> [String] {
    var homes: [Substring: String] = [:]
    for (file, text) in texts.sorted(by: { $0.key < $1.key }) {
      for name in declarations(text) where homes[name] == nil { homes[name] = file }
    }
    let files = texts.keys.sorted()
    let needs = Dictionary(
      uniqueKeysWithValues: files.map { file in (file, Set(words(texts[file]!).compactMap { homes[$0] })) })
    /// All that a file needs, directly or not.
    func reach(_ file: String) -> Set<String> {
      var (seen, open): (Set<String>, [String]) = ([], [file])
      while let next = open.popLast() {
        for other in needs[next]! where seen.insert(other).inserted { open.append(other) }
      }
      return seen
    }
    let reaches = Dictionary(uniqueKeysWithValues: files.map { ($0, reach($0)) })
    return files.map { file in files.filter { reaches[file]!.contains($0) && reaches[$0]!.contains(file) } }
      .max { $0.count < $1.count } ?? []
  }

  @Test func `circles of files that need each other are found`() {
    let texts = [
      "a": "struct A { let b: B }", "b": "struct B { func c() -> C? { nil } }", "c": "enum C { case a(A) }",
      "d": "// A comment names E.\nstruct D { let a: A }", "e": "struct E { let d = \"D\" }",
    ]
    #expect(Self.largestCircle(texts) == ["a", "b", "c"])
    #expect(Self.largestCircle(["a": "struct A { let b: B }", "b": "struct B {}"]).count <= 1)
  }

  @Test func `targets are small and have no large circle`() throws {
    for (target, files) in try Self.targets().sorted(by: { $0.key < $1.key }) {
      let texts = Dictionary(uniqueKeysWithValues: try files.map { ($0, try Repository.text($0)) })
      let count = texts.values.reduce(0) { $0 + $1.split(separator: "\n", omittingEmptySubsequences: false).count }
      #expect(count <= Self.lines, "\(target) has \(count) lines")
      let circle = Self.largestCircle(texts)
      #expect(circle.count <= Self.circle, "\(target): \(circle.joined(separator: ", "))")
    }
  }
}
