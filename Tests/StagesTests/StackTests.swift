import Artifacts
import Inputs
import Spaces
import Testing

@testable import ModelStages

/// Stacks of convolutions that see further from layer to layer.
@Suite struct StackTests {
  private func stack(_ parameters: [String: Value]) throws -> String {
    let run = MemoryRun()
    try run.run(StackStage.self, parameters.merging(["width": .int(8)]) { a, _ in a }, [:])
    return try ArchitectureText.read(run.output("architecture", .architecture)).text
  }

  /// The dilations of ConvNova's five layers, and those beyond the limit.
  @Test func `dilations grow by powers`() throws {
    #expect(try stack([:]) == "g8-g8-g8-g8(dilation=4)-g8(dilation=16)")
    #expect(
      try stack(["module": .string("cnn"), "kernel": .int(5), "base": .int(2), "layers": .int(4)])
        == "c8(kernel=5)-c8(kernel=5)-c8(kernel=5)-c8(dilation=2,kernel=5)")
    #expect(
      try stack(["layers": .int(7), "limit": .int(50)])
        == "g8-g8-g8-g8(dilation=4)-g8(dilation=16)-g8(dilation=50)-g8(dilation=50)")
    #expect(try stack(["base": .int(1), "layers": .int(4)]) == "g8-g8-g8-g8")
    #expect(try stack(["layers": .int(1)]) == "g8")
  }

  /// Poolings come where dilations grow, and tokens then stand for as many.
  @Test func `poolings stand where dilations would grow`() throws {
    let growth = ("growth", Value.string("pooling"))
    let text = try stack(Dictionary(uniqueKeysWithValues: [growth]))
    #expect(text == "g8-g8-g8-p8(factor=4)-g8-p8(factor=4)-g8")
    #expect(
      try stack(Dictionary(uniqueKeysWithValues: [growth, ("layers", .int(8)), ("limit", .int(16))]))
        == "g8-g8-g8-p8(factor=4)-g8-p8(factor=4)-g8-g8-g8-g8")
    #expect(
      try stack(Dictionary(uniqueKeysWithValues: [growth, ("base", .int(64)), ("limit", .int(10))]))
        == "g8-g8-g8-p8(factor=10)-g8-g8")
    #expect(try stack(Dictionary(uniqueKeysWithValues: [growth, ("base", .int(1))])) == "g8-g8-g8-g8-g8")
    let both = try [text, stack([:])].map { try ArchitectureText.parse($0).receptiveField() ?? 0 }
    #expect(abs(both[0] - both[1]) < 20, "\(both)")
  }
}
