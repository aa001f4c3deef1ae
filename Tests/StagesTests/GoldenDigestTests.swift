import Artifacts
import Foundation
import Inputs
import Stages
import TestSupport
import Testing
import Wording

@testable import AuditStages
@testable import DataStages
@testable import DesignStages
@testable import LikelihoodStages
@testable import ModelStages
@testable import ProbeStages
@testable import SearchStages
@testable import StudyStages
@testable import TaskStages
@testable import UseStages

/// The outputs of every built-in stage, held against records by the behaviour version that the stage states:
/// a change of bytes needs another version.
///
/// Bits of the stages that compute in floating point are those of a numeric environment. If an environment has
/// no record yet, their figures are compared with those of the nearest recorded one, within a tolerance.
@Suite struct GoldenDigestTests {
  /// The record of an environment.
  struct Record: Codable {
    var environment: [String: String]
    /// By stage and version.
    var digests: [String: String]
    /// Losses of trainings, and metrics of the baseline.
    var figures: [String: [Double]]
  }
  struct Records: Codable {
    /// By stage and version, of the stages whose bytes are the same everywhere.
    var everywhere: [String: String]
    var environments: [Record]
  }

  private static let file = Repository.root.appendingPathComponent("Tests/StagesTests/Goldens/digests.json")
  /// Stages that compute in floating point, and the key of the numbers in what they write that are compared.
  private static let floating = [
    "pretrain": "loss", "fine-tune": "loss", "baseline": "value", "ensemble": "value", "predict": "score:1",
    "embed": "", "receptive-field": "strengths", "attribute": "mean-output", "probe": "value", "cluster": "value",
    "audit": "value", "predict-scores": "score", "solve-mad": "value", "score": "value", "variants": "difference",
    "assess": "value", "fit-scaling": "value", "tag-obedience": "value",
  ]
  /// A share of the figure, or of 1.
  private static let tolerance = 1e-3

  @Test func `every stage computes the bytes that are recorded`() throws {
    let runs = try StageTests.chain()
    let environment = Numerics.environment()
    if DeclarationTests.isRecording { try record(runs, environment) }
    let records = try JSONDecoder().decode(Records.self, from: Data(contentsOf: Self.file))
    #expect(try problems(runs, records, environment) == [])
  }

  /// The guard can fail: of a digest, a figure in another environment, a version without a record, and a stage that is
  /// not run.
  @Test func `the guard finds every difference that is made`() throws {
    var runs = try StageTests.chain()
    var records = try JSONDecoder().decode(Records.self, from: Data(contentsOf: Self.file))
    let elsewhere = ["kernels": "other", "bf16": "none", "toolchain": "swift-6.3"]
    #expect(try problems(runs, records, elsewhere) == [])
    let name = try #require(records.environments[0].figures.keys.first { $0.hasPrefix("pretrain") })
    for place in records.environments.indices { records.environments[place].figures[name]?[0] *= 1.01 }
    #expect(try problems(runs, records, elsewhere).count == 1)
    records.environments[0].environment = Numerics.environment()
    records.environments[0].digests[name] = "0"
    records.everywhere["rank 0"] = nil
    let rank = try #require(records.everywhere.keys.first { $0.hasPrefix("rank") })
    records.everywhere["rank 0"] = records.everywhere.removeValue(forKey: rank)
    runs["windows"] = nil
    let found = try problems(runs, records, Numerics.environment())
    #expect(found.contains("no digest of '\(rank)' is recorded"), "\(found)")
    #expect(found.contains("'windows' is not run: StageTests.chain lacks it"), "\(found)")
    #expect(found.contains { $0.hasPrefix(name) }, "\(found)")
  }

  private func name(_ declaration: StageDeclaration) -> String { "\(declaration.name) \(declaration.version)" }

  private func problems(
    _ runs: [String: MemoryRun], _ records: Records, _ environment: [String: String]
  ) throws -> [String] {
    let own = records.environments.first { $0.environment == environment }
    let likeness = { (record: Record) in record.environment.count { environment[$0.key] == $0.value } }
    let nearest = try #require(own ?? records.environments.max { likeness($0) < likeness($1) })
    if own == nil { print("figures are compared: no record of \(environment), the nearest is \(nearest.environment)") }
    return try BuiltIn.stages.map({ $0.declaration }).compactMap { declaration in
      let name = name(declaration)
      guard let run = runs[declaration.name] else {
        return "'\(declaration.name)' is not run: StageTests.chain lacks it"
      }
      let isFloating = Self.floating[declaration.name] != nil
      guard let digest = isFloating ? nearest.digests[name] : records.everywhere[name] else {
        return "no digest of '\(name)' is recorded"
      }
      if own != nil || !isFloating {
        return digest == run.digest ? nil : "\(name): raise the behaviour version, or mend the change"
      }
      let (figures, recorded) = (try figures(run, declaration), nearest.figures[name] ?? [])
      let isNear =
        !figures.isEmpty && figures.count == recorded.count
        && zip(figures, recorded).allSatisfy { abs($0 - $1) <= Self.tolerance * max(1, abs($1)) }
      return isNear ? nil : "\(name): the figures are \(figures), recorded are \(recorded)"
    }
  }

  /// The compared numbers of all JSON that a stage has written, in the order of their keys.
  private func figures(_ run: MemoryRun, _ declaration: StageDeclaration) throws -> [Double] {
    guard let key = Self.floating[declaration.name] else { return [] }
    func numbers(_ value: Any, _ isKey: Bool) -> [Double] {
      switch value {
      case let table as [String: Any]: table.sorted { $0.key < $1.key }.flatMap { numbers($0.value, $0.key == key) }
      case let list as [Any]: list.flatMap { numbers($0, isKey) }
      case let number as NSNumber where isKey: [number.doubleValue]
      default: []
      }
    }
    if declaration.name == "embed" {
      let bytes = try run.output("embeddings", .embeddings).bytes("features.npy").dropFirst(128)
      return bytes.withUnsafeBytes { raw in
        (0..<raw.count / 4).map { Double(raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)) }
      }
    }
    if ["predict", "variants"].contains(declaration.name) {
      let port = declaration.outputs[0]
      let text = try String(decoding: run.output(port.name, port.kind).bytes(), as: UTF8.self)
      let lines = text.split(separator: "\n")
      let column = lines[0].split(separator: "\t").firstIndex { $0 == key }
      return lines.dropFirst().compactMap { line in column.flatMap { Double(line.split(separator: "\t")[$0]) } }
    }
    let kinds: [ArtifactKind] = [
      .metrics, .history, .receptiveField, .attribution, .audit, .forecast, .contextBits, .assessed, .scaling,
      .tagObedience,
    ]
    return try declaration.outputs.filter { kinds.contains($0.kind) }.flatMap { port in
      let artifact = run.output(port.name, port.kind)
      return numbers(try JSONSerialization.jsonObject(with: Data(artifact.bytes())), false)
    }
  }

  /// Writes the records of this environment anew, and keeps those of others that are of the same versions.
  private func record(_ runs: [String: MemoryRun], _ environment: [String: String]) throws {
    let before = try? JSONDecoder().decode(Records.self, from: Data(contentsOf: Self.file))
    var records = Records(
      everywhere: [:], environments: before?.environments.filter { $0.environment != environment } ?? [])
    var own = Record(environment: environment, digests: [:], figures: [:])
    for declaration in BuiltIn.stages.map({ $0.declaration }) {
      guard let run = runs[declaration.name] else { continue }
      if Self.floating[declaration.name] == nil {
        records.everywhere[name(declaration)] = run.digest
      } else {
        own.digests[name(declaration)] = run.digest
        own.figures[name(declaration)] = try figures(run, declaration)
      }
    }
    records.environments.removeAll { Set($0.digests.keys) != Set(own.digests.keys) }
    records.environments.append(own)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
    try encoder.encode(records).write(to: Self.file)
    Issue.record("recorded \(Self.file.lastPathComponent)")
  }
}
