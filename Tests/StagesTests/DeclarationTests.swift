import Artifacts
import Foundation
import Plans
import Stages
import TestSupport
import Testing

/// The files in `stages/` and the declarations in the code are in step.
@Suite struct DeclarationTests {
  static let isRecording = ProcessInfo.processInfo.environment["BIOARC_RECORD"] == "1"

  @Test(arguments: BuiltIn.stages.map { $0.declaration.name }) func file(_ name: String) throws {
    let declaration = try #require(BuiltIn.stages.map { $0.declaration }.first { $0.name == name })
    let path = Repository.root.appendingPathComponent("stages/\(name).yaml")
    if Self.isRecording {
      try Data(declaration.yaml().utf8).write(to: path)
      Issue.record("recorded stages/\(name).yaml")
    }
    #expect(try String(contentsOf: path, encoding: .utf8) == declaration.yaml(), "BIOARC_RECORD=1 writes the file")
  }

  @Test func noOtherFiles() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Repository.root.path + "/stages")
    let names = files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    #expect(Set(names) == Set(BuiltIn.stages.map { $0.declaration.name }))
  }

  @Test func parametersAreSound() {
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
      for advice in declaration.advice {
        #expect(advice.reads.contains(advice.place) && advice.reads.allSatisfy { declaration.parameter($0) != nil })
      }
      for port in declaration.inputs.flatMap(\.kinds) + declaration.outputs.map(\.kind) {
        #expect(ArtifactKind.all.contains(port), "\(declaration.name) names the unknown kind \(port)")
      }
    }
  }

  /// The example of every stage's help is a stage of some pipeline that plans but for what it refers to.
  @Test func examplesNameKnownParameters() {
    for declaration in BuiltIn.stages.map({ $0.declaration }) {
      #expect(declaration.example.contains("stage: \(declaration.name)"))
    }
  }
}
