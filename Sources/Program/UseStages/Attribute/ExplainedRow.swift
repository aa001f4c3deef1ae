import Sequences

/// The contributions of the letters of a row to its output.
struct ExplainedRow {
  let row: AskedRow
  let output: Double
  /// The output for the baseline; nil without one.
  let baseline: Double?
  /// By lane, by letter.
  let lanes: [[Double]]
  /// By letter, by base of the alphabet: what that base there adds to the output. Of mutagenesis alone.
  let deltas: [[Double]]

  init(_ row: AskedRow, output: Double, baseline: Double, lanes: [[Double]]) {
    (self.row, self.output, self.baseline, self.lanes, deltas) = (row, output, baseline, lanes, [])
  }

  /// By mutagenesis, a letter contributes what the output loses, in the mean, by the other letters in its place.
  init(_ row: AskedRow, _ mutated: (output: Double, deltas: [[Double]]), alphabet: Alphabet, lanes: [[Double]]) {
    (self.row, output, baseline, deltas) = (row, mutated.output, nil, mutated.deltas)
    let bases = alphabet.bases
    let letters = zip(row.sequence, mutated.deltas).map { letter, deltas in
      -deltas.reduce(0, +) / Double(bases.contains(letter) ? bases.count - 1 : bases.count)
    }
    self.lanes = [letters] + lanes
  }
}
