import Foundation
import TestSupport
import Testing

/// The rules of the house, as tests.
@Suite struct RepositoryTests {
  /// The folders of the house: the two flows, what both stand on, and the program in which they meet.
  static let wings = ["Base", "Runner", "Models", "Program"]

  /// The folder of a target, in whatever wing it is.
  private static func folder(of target: String) throws -> String {
    if target.hasSuffix("Tests") { return "Tests/\(target)" }
    let wing = try #require(
      wings.first { FileManager.default.fileExists(atPath: "\(Repository.root.path)/Sources/\($0)/\(target)") },
      "no wing has \(target)")
    return "Sources/\(wing)/\(target)"
  }

  static func imports(of path: String) throws -> [String] {
    try Repository.text(path).split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(of: "import"), place <= 1, words.count > place + 1 else { return nil }
      return String(words.last!).split(separator: ".").first.map(String.init)
    }
  }

  /// The targets of a wing.
  private static func targets(of wing: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(Repository.root.path)/Sources/\(wing)").sorted()
  }

  /// The two flows do not know each other, and what both stand on knows neither: they meet in the program.
  @Test func `neither flow imports the other, and the base imports neither`() throws {
    let all = try Self.wings.reduce(into: [String: String]()) { result, wing in
      for target in try Self.targets(of: wing) { result[target] = wing }
    }
    for (wing, below) in ["Base": ["Base"], "Runner": ["Base", "Runner"], "Models": ["Base", "Models"]] {
      for path in try Repository.swiftFiles("Sources/\(wing)") {
        for module in try Self.imports(of: path) {
          if let other = all[module] { #expect(below.contains(other), "\(path) imports \(module)") }
        }
      }
    }
  }

  /// Targets that would give away what the house rests on, were they imported.
  @Test(arguments: [
    // A worker is told a key and never sees the pipeline.
    ("Working", ["YAML", "Syntax", "Plans", "Resolving", "Explaining"]),
    // A stage is given artifacts: it knows no store, and nothing of a plan.
    ("DataStages", ["Plans", "Stores", "Resolving", "Explaining", "Working", "Running"]),
    ("ModelStages", ["Plans", "Stores", "Resolving", "Explaining", "Working", "Running"]),
    ("Plans", ["Files", "Stores"]), ("Explaining", ["Working", "Running"]),
  ])
  func `targets do not import those that they must not know`(_ target: String, _ unseen: [String]) throws {
    for path in try Repository.swiftFiles(Self.folder(of: target)) {
      for module in try Self.imports(of: path) { #expect(!unseen.contains(module), "\(path) imports \(module)") }
    }
  }

  /// Targets, with what `Package.swift` says that they depend on.
  private static func declared() throws -> [(target: String, dependencies: [String])] {
    let library = #/(?:library|tests)\(\s*(?:\.\w+, )?"(\w+)",?\s*(?:\[([^\]]*)\])?/#
    let program = #/name: "(bioarc|bench)",\s*dependencies: \[([^\]]*)\]/#
    let text = try Repository.text("Package.swift")
    let found = text.matches(of: library).map { ($0.1, $0.2 ?? "") } + text.matches(of: program).map { ($0.1, $0.2) }
    return found.map { target, list in
      let names = list.split(separator: ",").map { $0.filter { $0 != " " && $0 != "\"" && $0 != "\n" } }
      return (String(target), names.filter { !$0.isEmpty })
    }
  }

  /// A dependency that nothing imports costs build time and hides what a target is about.
  @Test func `declared dependencies are used`() throws {
    let targets = try Self.declared()
    #expect(targets.count > 20 && targets.contains { $0.target == "ModelStages" && $0.dependencies.count > 5 })
    for (target, dependencies) in targets {
      let imported = Set(try Repository.swiftFiles(Self.folder(of: target)).flatMap(Self.imports))
      for dependency in dependencies {
        let module = dependency == "arguments" ? "ArgumentParser" : dependency
        #expect(imported.contains(module), "\(target) depends on \(module) and does not import it")
      }
    }
  }

  /// All of Foundation with its tables of languages would be most of the binary, and of each worker's memory.
  @Test func `no source imports Foundation`() throws {
    for path in try Repository.swiftFiles("Sources") {
      #expect(try !Self.imports(of: path).contains("Foundation"), "\(path) imports Foundation")
    }
  }

  /// The time that a right program takes depends on the machine and on its other load.
  @Test func `no test has a time limit`() throws {
    let limit = "." + "timeLimit("
    for path in try Repository.swiftFiles("Tests") {
      #expect(try !Repository.text(path).contains(limit), "\(path) has a time limit")
    }
  }

  @Test func `files and their lines are not too long`() throws {
    for path in try Repository.swiftFiles("Sources") + Repository.swiftFiles("Tests") {
      let count = try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false).count - 1
      #expect(count <= 400, "\(path) has \(count) lines")
      for (index, line) in try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated()
      {
        #expect(line.count <= 120, "\(path):\(index + 1) has \(line.count) characters")
      }
    }
  }

  @Test(arguments: ["CCrypto", "CCurl", "CLapack", "CLinux", "CYAML", "CZlib", "CZstd"])
  func `one file alone imports each C library`(
    _ library: String
  ) throws {
    let importers = try Repository.swiftFiles("Sources").filter { try Self.imports(of: $0).contains(library) }
    #expect(importers.count == 1, "\(library) is imported by \(importers)")
  }

  @Test func `only the console prints`() throws {
    for path in try Repository.swiftFiles("Sources")
    where !path.hasPrefix("Sources/Program/Console/") && !path.hasPrefix("Sources/Program/bench/") {
      let text = try Repository.text(path)
      #expect(!text.contains(/(^|[^A-Za-z.])print\(/), "\(path) prints")
    }
  }

  @Test func `nothing unknown lies at the top level`() throws {
    let allowed: Set = [
      "Package.swift", "Makefile", "README.md", "LICENSE", "Sources", "Tests", "pipelines", "stages", "cache", ".ci",
      ".gitignore", ".swift-format", ".git", "Package.resolved",
    ]
    for name in try FileManager.default.contentsOfDirectory(atPath: Repository.root.path)
    where !name.hasPrefix(".build") {
      #expect(allowed.contains(name), "\(name) at the top level")
    }
  }

  @Test func `the architecture document is short and names every target`() throws {
    let text = try Repository.text("Sources/ARCHITECTURE.md")
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 150)
    let sources = Repository.root.path + "/Sources"
    let folders = try FileManager.default.contentsOfDirectory(atPath: sources).filter { !$0.hasSuffix(".md") }
    #expect(Set(folders) == Set(Self.wings))
    for wing in folders {
      for name in try FileManager.default.contentsOfDirectory(atPath: "\(sources)/\(wing)") {
        #expect(text.contains("`\(name)`"), "ARCHITECTURE.md does not name \(name)")
      }
    }
  }

  @Test func `folders explain themselves in a README`() throws {
    for folder in ["pipelines", "stages", "cache"] {
      #expect(try Repository.text("\(folder)/README.md").count > 100, "\(folder)/README.md")
    }
  }
}
