import Artifacts
import Foundation
import Inputs
import Sequences
import Testing

@testable import DataStages
@testable import ModelStages
@testable import UseStages

/// Features of both strands side by side.
@Suite struct StrandFeatureTests {
  private static let path = "c8(kernel=3)-t16"

  private static func fasta(_ sequences: [[UInt8]]) -> MemoryArtifact {
    let text = sequences.enumerated().map { ">s\($0)\n\(String(decoding: $1, as: UTF8.self))\n" }.joined()
    return MemoryArtifact(.sequences, ["": Array(text.utf8)], format: "fasta")
  }

  /// Weights of two steps on k-mers, with `strands` as the pretraining reads them, and their tokenizer.
  private static func trained(
    _ tokens: [String: Value], strands: String = "sum"
  ) throws -> [String: any InputArtifact] {
    let (tokenized, pretrained) = (MemoryRun(), MemoryRun())
    let sequences = fasta((0..<20).map { Array(TaskTests.sequence($0, 60).utf8) })
    try tokenized.run(TokenizeStage.self, tokens, ["sequences": sequences])
    let architecture = MemoryArtifact(.architecture, ["": Array("\(path)\n".utf8)])
    let tokenizer = tokenized.output("tokenizer", .tokenizer)
    try pretrained.run(
      PretrainStage.self, ["steps": .int(2), "batch": .int(8), "length": .int(40), "strands": .string(strands)],
      ["tokens": tokenized.output("tokens", .tokens), "tokenizer": tokenizer, "architecture": architecture])
    return [
      "weights": pretrained.output("weights", .weights), "tokenizer": tokenizer, "architecture": architecture,
    ]
  }

  /// Row by row, as many as the table says.
  private static func features(
    _ model: [String: any InputArtifact], _ sequences: [[UInt8]], by: String
  ) throws -> [[Float]] {
    let run = MemoryRun()
    try run.run(
      EmbedStage.self, ["by": .string(by), "strands": .string("both")],
      model.merging(["sequences": fasta(sequences)]) { $1 })
    let bytes = run.output("embeddings", .embeddings).files["features.npy"]!
    let header = String(decoding: bytes[10..<128], as: UTF8.self)
    let shape = header[header.lastIndex(of: "(")!...].split { !$0.isNumber }.compactMap { Int($0) }
    let values = Array(bytes[128...]).withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    #expect(values.count == shape[0] * shape[1] && shape[1] == 32)
    return (0..<shape[0]).map { Array(values[$0 * shape[1]..<($0 + 1) * shape[1]]) }
  }

  private static func exchanged(_ row: [Float]) -> [Float] { Array(row[16...] + row[..<16]) }

  @Test(arguments: [["scheme": .string("character")], ["k": .int(3), "stride": .int(1)]] as [[String: Value]])
  func `features of the reverse complement are the flipped features, to the bit`(tokens: [String: Value]) throws {
    let model = try Self.trained(tokens)
    let sequences = [31, 40, 25].enumerated().map { Array(TaskTests.sequence(100 + $0, $1).utf8) }
    let turned = sequences.map { Complement.reversed($0) }
    let (given, other) = (
      try Self.features(model, sequences, by: "sequence"), try Self.features(model, turned, by: "sequence")
    )
    #expect(given.count == 3 && other == given.map(Self.exchanged))
    for (sequence, complement) in zip(sequences, turned) {
      let rows = try Self.features(model, [sequence], by: "token")
      let others = try Self.features(model, [complement], by: "token")
      #expect(rows.count > 20 && others == rows.reversed().map(Self.exchanged))
      #expect(rows[3] != Self.exchanged(rows[3]))
    }
  }

  @Test func `tokens that are other ones on the other strand are refused`() throws {
    let tokens: [String: Value] = ["k": .int(3), "stride": .int(3)]
    let failure = #expect(throws: StageFailure.self) { _ = try Self.trained(tokens) }
    #expect(failure?.message.hasPrefix("'strands: sum' is not possible: k-mers that leave places out") == true)
    let model = try Self.trained(tokens, strands: "forward")
    let second = #expect(throws: StageFailure.self) {
      _ = try Self.features(model, [Array("ACGTACGT".utf8)], by: "sequence")
    }
    #expect(second?.code == "one-strand")
  }
}
