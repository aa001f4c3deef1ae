package import Artifacts

/// Parameters of several stages.
extension Parameter {
  /// The seed of a stage that draws numbers.
  package static let seed = Parameter(
    "seed", .int(0...Int(Int32.max)), default: .int(0), neutral: .int(0), help: "Seed of all random numbers.")

  /// The limit for quick trials.
  package static func rows(_ of: String) -> Parameter {
    Parameter(
      "rows", .int(0...Int.max), default: .int(0), neutral: .int(0), help: "Use only the first \(of); 0 uses all.")
  }

  package static let alphabet = Parameter(
    "alphabet", .choice(["dna", "protein"]), default: .string("dna"), neutral: .string("dna"),
    help: "Letters that sequences are made of: IUPAC nucleotides or amino acids.")
}
