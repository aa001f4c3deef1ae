import Artifacts
import Inputs
import Labelled

/// The table that `variants` writes.
struct VariantTable {
  static let columns = [
    "name", "record", "position", "reference", "alternative", "window", "reference-score", "variant-score",
    "difference", "reference-mean", "variant-mean", "difference-mean", "notes",
  ]
  private let output: DelimitedOutput
  private let strands: Int

  init(_ context: StageContext, strands: Int) throws {
    self.strands = strands
    output = DelimitedOutput(try context.outputs.create("scores", ""), .tab, header: Self.columns)
  }

  /// Adds a row; scores are means over strands, in nats.
  func add(_ pair: VariantPair, _ score: PairScore) throws {
    let sums = [score.reference, score.mutant].map { $0.logLikelihood / Double(strands) }
    let number = { (value: Double?) in value.map { "\($0)" } ?? "" }
    let difference = zip(score.reference.mean, score.mutant.mean).map { $1 - $0 }
    var notes: [String] = []
    if score.isMarginal { notes.append("masked") }
    let unscored = [(pair.window, score.reference), (pair.mutant, score.mutant)].map { letters, sum in
      (score.isMarginal ? sum.letters : letters.count * strands - sum.letters)
    }
    if unscored[0] != unscored[1] {
      notes.append(
        score.isMarginal
          ? "letters scored: \(unscored[0]) and \(unscored[1])"
          : "letters not scored: \(unscored[0]) and \(unscored[1])")
    }
    try output.add(
      [
        pair.name, pair.record, "\(pair.position)", pair.reference, pair.alternative, "\(pair.window.count)",
        "\(sums[0])", "\(sums[1])", "\(sums[1] - sums[0])", number(score.reference.mean), number(score.mutant.mean),
        number(difference), notes.joined(separator: "; "),
      ].map { Array($0.utf8) })
  }

  func close() throws { try output.close() }
}

/// Both numbers, where there are both.
private func zip(_ a: Double?, _ b: Double?) -> (Double, Double)? {
  guard let a, let b else { return nil }
  return (a, b)
}
