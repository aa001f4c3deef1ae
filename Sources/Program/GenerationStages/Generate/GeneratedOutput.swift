import Artifacts
import Generation
import Inputs
import Labelled
import Tokenizers
import Wording

/// The files of a generation, written as sequences are done.
final class GeneratedOutput {
  private let prompts: Prompts
  private let tokenizer: Tokenizer
  private let seed: Int
  private let keepsPrompt: Bool
  private let sequences: FASTAOutput
  private let table: DelimitedOutput

  private static let columns = [
    "name", "prompt", "tokens", "letters", "log_likelihood", "scored", "bits_by_letter", "stopped",
  ]

  init(_ context: StageContext, _ prompts: Prompts, _ tokenizer: Tokenizer) throws {
    (self.prompts, self.tokenizer, seed) = (prompts, tokenizer, context[.seed])
    keepsPrompt = context[GenerateStage.keepPrompt]
    sequences = FASTAOutput(try context.outputs.create("sequences", ""))
    table = DelimitedOutput(try context.outputs.create("table", ""), .tab, header: Self.columns)
  }

  func add(_ generated: [Generator.Generated]) throws {
    for one in generated {
      let index = sequences.count
      let name = "\(prompts.names[index])-\(prompts.number(index))"
      let letters = one.tokens.flatMap { tokenizer.bytes(of: $0) }
      let scored = one.tokens.suffix(one.scored).reduce(0) { $0 + tokenizer.bytes(of: $1).count }
      let likelihood = Words.fixed(one.logLikelihood, 4)
      let bits = scored == 0 ? "" : Words.fixed(-one.logLikelihood / Double(scored) / 0.693_147_180_559_945_3, 4)
      try sequences.add(
        "\(name) seed=\(seed) prompt=\(prompts.letters[index].count) tokens=\(one.tokens.count) "
          + "log-likelihood=\(likelihood)",
        keepsPrompt ? prompts.letters[index] + letters : letters)
      let row = [
        name, prompts.names[index], "\(one.tokens.count)", "\(letters.count)", likelihood, "\(one.scored)", bits,
        one.isStopped ? "yes" : "no",
      ]
      try table.add(row.map { Array($0.utf8) })
    }
  }

  func close() throws {
    try sequences.close()
    try table.close()
  }
}
