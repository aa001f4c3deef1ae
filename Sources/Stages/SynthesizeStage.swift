package import Artifacts
import Sequences

/// Makes a labelled set of core promoters with planted motifs.
package enum SynthesizeStage: Stage {
  package static let declaration = StageDeclaration(
    name: "synthesize", version: 1,
    summary: "Make labelled core promoters with TATA, Inr and DPE motifs planted at known positions.",
    parameters: [],
    inputs: [],
    outputs: [
      OutputPort(
        "sequences", .labelledSequences, .tree,
        help: "train.csv, dev.csv and test.csv in the GUE layout, and motifs.tsv with every planted motif's position.")
    ],
    example: """
      promoters:
        stage: synthesize
        with: { train: 2000, seed: 1 }
      """)

  package static func run(_ context: StageContext) throws { throw StageFailure(code: "x", "x") }
}
