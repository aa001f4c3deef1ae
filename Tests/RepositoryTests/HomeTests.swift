import Foundation
import TestSupport
import Testing

/// A reader finds a type by the name of its file.
@Suite struct HomeTests {
  /// The types that a file declares at its top and that others can see.
  private static func types(_ text: String) -> [Substring] {
    let marks = "package|final|indirect|nonisolated"
    let kinds = "struct|class|enum|protocol|actor|typealias"
    guard let type = try? Regex("(?:@\\w+(?:\\([^)]*\\))? )*(?:(?:\(marks)) )*(?:\(kinds)) (\\w+)") else { return [] }
    return text.split(separator: "\n").compactMap { $0.prefixMatch(of: type)?.output[1].substring }
  }

  /// Types of `files` that two other files use and that stand in a file of another name: `FILE: TYPE`. The files are
  /// those of one target, and those that import it.
  static func strangers(in target: [String: String], importedBy others: [String: String]) -> [String] {
    let words = target.merging(others) { $1 }.mapValues(CircleTests.words)
    return target.sorted { $0.key < $1.key }.flatMap { path, text in
      let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent.prefix { $0 != "+" }
      return types(text).filter { type in
        type != name && words.count { $0.key != path && $0.value.contains(type) } > 1
      }.map { "\(path): \($0)" }
    }
  }

  @Test func `a type in a file of another name is found`() {
    let target = [
      "A.swift": "struct A {}\nstruct B {}\nprivate struct C {}", "A+More.swift": "extension A { var b: B }",
    ]
    #expect(Self.strangers(in: target, importedBy: ["D.swift": "let b = B()"]) == ["A.swift: B"])
    #expect(Self.strangers(in: target, importedBy: ["D.swift": "// B"]) == [])
  }

  /// The one file that imports a C library may hold all types that need it.
  @Test func `a type that two other files use has a file of its own`() throws {
    let texts = try Dictionary(
      uniqueKeysWithValues: Repository.swiftFiles("Sources").map { ($0, try Repository.text($0)) })
    let library = #/import (CCrypto|CCurl|CLapack|CLinux|CYAML|CZlib|CZstd)\n/#
    let targets = Dictionary(grouping: texts.keys) { $0.split(separator: "/").prefix(3).last! }
    for (target, paths) in targets {
      let isImported = { (text: String) in text.contains("import \(target)\n") }
      let own = texts.filter { paths.contains($0.key) && !$0.value.contains(library) }
      let strangers = Self.strangers(in: own, importedBy: texts.filter { isImported($0.value) })
      #expect(strangers == [], "\(target)")
    }
  }
}
