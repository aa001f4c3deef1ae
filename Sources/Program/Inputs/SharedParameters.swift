package import Artifacts

// Parameters of several stages.
extension ParameterKey<Int> {
  /// The seed of a stage that draws numbers.
  package static var seed: Self {
    Self("seed", .int(0...Int(Int32.max)), default: 0, neutral: 0, help: "Seed of all random numbers.")
  }

  /// The limit for quick trials, of `records` as the help calls them.
  package static func rows(_ records: String) -> Self {
    Self("rows", .int(0...Int.max), default: 0, neutral: 0, help: "Use only the first \(records); 0 uses all.")
  }

  /// The size of a sample of training rows for quick trials; it is read by the key `rows` too.
  fileprivate static var sampledRows: Self {
    Self(
      "rows", .int(0...Int.max), default: 0, neutral: 0,
      help: "Use only so many training sequences, a sample by their letters that is the same for all models; 0 uses "
        + "all.")
  }

  /// The limit of rows for quick trials.
  package static var rows: Self { rows("rows") }
}

extension ParameterKey<String> {
  /// The letters of the sequences that a stage reads.
  package static var alphabet: Self {
    Self(
      "alphabet", .choice(["dna", "protein"]), default: "dna", neutral: "dna",
      help: "Letters that sequences are made of: IUPAC nucleotides or amino acids.")
  }
}

extension Parameter {
  /// The seed, for a declaration.
  package static var seed: Parameter { ParameterKey<Int>.seed.parameter }
  /// The limit for quick trials, for a declaration.
  package static func rows(_ records: String) -> Parameter { ParameterKey<Int>.rows(records).parameter }
  /// The size of a sample of training rows, for a declaration.
  package static var sampledRows: Parameter { ParameterKey<Int>.sampledRows.parameter }
  /// The letters of sequences, for a declaration.
  package static var alphabet: Parameter { ParameterKey<String>.alphabet.parameter }
}
