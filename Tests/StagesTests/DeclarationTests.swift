import Artifacts
import Blocks
import Foundation
import Plans
import Stages
import Syntax
import TestSupport
import Testing

@testable import AuditStages
@testable import DataStages
@testable import Manual
@testable import ModelStages
@testable import TaskStages
@testable import YAML

/// The files in `stages/` and the declarations in the code are in step.
@Suite struct DeclarationTests {
  static let isRecording = ProcessInfo.processInfo.environment["BIOARC_RECORD"] == "1"

  @Test(arguments: BuiltIn.stages.map { $0.declaration.name }) func `the file of a stage is that of its declaration`(
    _ name: String
  ) throws {
    let declaration = try #require(BuiltIn.stages.map { $0.declaration }.first { $0.name == name })
    let path = Repository.root.appendingPathComponent("stages/\(name).yaml")
    if Self.isRecording {
      try Data(declaration.yaml().utf8).write(to: path)
      Issue.record("recorded stages/\(name).yaml")
    }
    let text = try String(contentsOf: path, encoding: .utf8)
    #expect(text == declaration.yaml(), "BIOARC_RECORD=1 writes the file")
    // A lab may write in a file of its own all that is written here: the reader reads all of it.
    let (read, findings) = StageFile(path: "stages/\(name).yaml", text: Array(text.utf8)).declaration()
    #expect(findings.isEmpty, "\(findings.map(\.message))")
    #expect(read?.yaml() == declaration.yaml())
    #expect(read?.isParallel == declaration.isParallel)
  }

  /// Every other file is a stage of its own, without a finding.
  @Test func `all other files are sound own stages`() throws {
    let folder = Repository.root.path + "/stages"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }
    let builtIn = BuiltIn.stages.map { $0.declaration }
    var own: [String] = []
    for name in names {
      let text = try Array(Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
      let (stage, findings, _) = StageFile(path: "stages/" + name, text: text).read(builtIn: builtIn)
      #expect(findings.isEmpty, "\(findings.map(\.message))")
      if let stage { own.append(stage.declaration.name) }
    }
    #expect(Set(own) == ["kmer-baseline", "mutants", "residue-labels", "task-table", "umap"])
    #expect(Set(names) == Set((builtIn.map(\.name) + own).map { $0 + ".yaml" }))
  }

  /// The README lists every kind of block with its options, as the code has them.
  @Test func `the README has the options of blocks`() throws {
    let text = try String(contentsOf: Repository.root.appendingPathComponent("README.md"), encoding: .utf8)
    for kind in BlockKind.all {
      let options = kind.ownOptions.map { "`\($0.name)` (\($0.fallbackText); \($0.valuesText))" }
      let list = options.isEmpty ? "none" : options.joined(separator: ", ")
      let row = "| `\(kind.letter)` | \(kind) | \(list) |"
      #expect(text.contains(row), "\(row)")
    }
    for option in BlockKind.cnn.sharedOptions {
      let row = "`\(option.name)` (\(option.fallbackText); \(option.valuesText))"
      #expect(text.contains(row), "\(row)")
    }
  }

  @Test func `parameters of stages are sound`() {
    for declaration in BuiltIn.stages.map({ $0.declaration }) {
      #expect(Set(declaration.parameters.map(\.name)).count == declaration.parameters.count)
      for parameter in declaration.parameters {
        for value in [parameter.defaultValue, parameter.neutral].compactMap({ $0 }) {
          #expect(parameter.type.accept(value) == .success(value), "\(declaration.name).\(parameter.name)")
        }
        #expect(parameter.role == .resource || parameter.neutral != nil, "\(declaration.name).\(parameter.name)")
        if let onset = parameter.onset.map(declaration.parameter) {
          #expect(parameter.role == .semantic && onset?.role == .semantic, "\(declaration.name).\(parameter.name)")
          if case .int? = onset?.neutral {} else { Issue.record("\(declaration.name).\(parameter.name)") }
        }
        #expect(parameter.help.hasSuffix("."), "\(declaration.name).\(parameter.name)")
      }
      for name in declaration.rules.flatMap(\.reads) {
        let isKnown = declaration.parameter(name) != nil || declaration.input(name) != nil
        #expect(isKnown, "a rule of \(declaration.name) reads '\(name)'")
      }
      let settings = StageSettings(values: declaration.parameters.reduce(into: [:]) { $0[$1.name] = $1.defaultValue })
      for rule in declaration.rules {
        #expect(rule.findings(settings).isEmpty, "the defaults of \(declaration.name)")
      }
    }
  }

  /// Somebody writes what is read: a stage, or a lab as a file.
  @Test func `kinds that are read are also made`() {
    let declarations = BuiltIn.stages.map { $0.declaration }
    let made = Set(declarations.flatMap { $0.outputs.flatMap { [$0.kind, $0.member].compactMap(\.self) } })
      .union(BuiltIn.formats.map(\.kind))
    for declaration in declarations {
      for kind in declaration.inputs.flatMap(\.kinds) {
        #expect(made.contains(kind), "\(declaration.name) reads \(kind), which nothing makes")
      }
    }
  }

  /// The example of every stage's help is a stage of some pipeline that plans but for what it refers to.
  @Test func `the example of a stage names the stage`() {
    for declaration in BuiltIn.stages.map({ $0.declaration }) {
      #expect(declaration.example.contains("stage: \(declaration.name)"))
    }
  }
}
