import Foundation
import TestSupport
import Testing

/// Sequences of a language model, on the built program.
@Suite(.serialized) struct GenerateTests {
  private static let pipeline = """
    bioarc: 1
    name: small
    inputs:
      genome: { path: genome.fa, kind: sequences, format: fasta }
    stages:
      tokens:
        stage: tokenize
        with: { k: 1 }
        in: { sequences: $genome }
      model:
        stage: pretrain
        with: { objective: ntp, steps: 150, batch: 16, length: 64, lr: 0.004, warm-up: 10 }
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, architecture: c16(kernel=9)-h16(form=modal) }
      likeliest:
        stage: generate
        with: { prompt: ACGGTCA, count: 1, length: 70, temperature: 0 }
        in: { weights: $model.weights, tokenizer: $tokens.tokenizer, architecture: c16(kernel=9)-h16(form=modal) }
      drawn:
        stage: generate
        with: { count: 4, length: 200, seed: 3, stop: [GGTCAACGG] }
        in: { weights: $model.weights, tokenizer: $tokens.tokenizer, architecture: c16(kernel=9)-h16(form=modal) }

    """

  @Test func `a model draws what it was trained on, and stops where it is told`() throws {
    let word = "ACGGTCA"
    let genome = (0..<6).map { ">g\($0)\n" + String(repeating: word, count: 60).dropFirst($0) }.joined(separator: "\n")
    let lab = try Lab(Self.pipeline)
    try lab.workspace.write("pipelines/genome.fa", genome + "\n")
    try lab.run(["-j", "2"])
    let likeliest = try lab.bioarc("cat", "likeliest.sequences").output
    let lines = likeliest.split(separator: "\n")
    #expect(lines.count == 2 && lines[1] == String(repeating: word, count: 11))
    #expect(lines[0].hasPrefix(">generated-1 seed=0 prompt=7 tokens=70 log-likelihood=-"))
    let table = try lab.bioarc("cat", "drawn.table").output.split(separator: "\n").map { $0.split(separator: "\t") }
    #expect(table.count == 5)
    let drawn = try lab.bioarc("cat", "drawn.sequences").output.split(separator: "\n")
    for (row, letters) in zip(table.dropFirst(), drawn.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)) {
      #expect(Int(row[3]) == letters.count && (row[7] == "yes") == letters.hasSuffix("GGTCAACGG"))
    }
    #expect(table.dropFirst().contains { $0[7] == "yes" })
  }
}
