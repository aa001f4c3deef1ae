import Foundation
import TestSupport
import Testing

/// A store that an older program wrote is read by this one: the same file has the same keys, and nothing runs again.
@Suite struct KeyTests {
  private static let pipeline = """
    bioarc: 1
    name: keys
    stages:
      promoters:
        stage: synthesize
        with: { train: 120, dev: 40, test: 40, seed: 3 }
      pieces:
        stage: windows
        with: { length: 60, step: 50 }
        in: { sequences: $promoters }
      tokens:
        stage: tokenize
        for: { scheme: [kmer, bpe] }
        with: { scheme: $scheme }
        in: { sequences: $promoters }
      space:
        stage: sample-space
        with: { modules: [cnn, transformer], depths: [2, 3], widths: [16, 32], count: 4, min-distance: 0 }
      supernet:
        stage: pretrain
        for: { objective: [mm, ntp, cl] }
        with: { objective: $objective, steps: 6, batch: 8, length: 32, warm-up: 2 }
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, space: $space.space }
      scores:
        stage: fine-tune
        for: { architecture: { cnn: c16-c16, heads: "t16(heads=2)", mixed: m16-h16-l16 } }
        with: { epochs: 1, lr: 0.001 }
        in: { tokenizer: $tokens.tokenizer, architecture: $architecture, task: $promoters }
      words:
        stage: baseline
        in: { task: $promoters }
    """

  /// `Goldens/keys.txt` was written by the program before its house was rebuilt (commit d790c4b). A key changes only
  /// with the behaviour version of its stage, or of one before it: then, and only then, it is recorded anew.
  @Test func `keys stay from version to version`() throws {
    let lab = try Lab(Self.pipeline)
    try lab.run(["--only", "pieces", "--only", "tokens", "--only", "space"])
    struct Row: Decodable {
      let step: String
      let key: String?
    }
    let rows = try JSONDecoder().decode(
      [Row].self, from: Data(try lab.bioarc("status", "--steps", "--json").output.utf8))
    #expect(rows.count == 18)
    let text = rows.map { "\($0.step) \($0.key ?? "-")\n" }.joined()
    #expect(try GoldenFolder().difference(text, "keys.txt") == nil)
  }
}
