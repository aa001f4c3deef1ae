package import Artifacts
import Inputs

/// The stages and input formats that the program has.
package enum BuiltIn {
  package static let stages: [any Stage.Type] = [
    SynthesizeStage.self, IntervalsStage.self, WindowsStage.self, TokenizeStage.self, SampleSpaceStage.self,
    PretrainStage.self, FineTuneStage.self, BaselineStage.self, RankStage.self,
  ]

  /// Writers of the forms in which own stages ask for inputs.
  package static let forms: [InputForm: InputForm.Writer] = [.table: TaskTables.write]

  package static let formats: [InputFormat] = SequenceFormats.all + IntervalSource.formats
}

extension Parameter {
  /// The seed of a stage that draws numbers.
  static let seed = Parameter(
    "seed", .int(0...Int(Int32.max)), default: .int(0), neutral: .int(0), help: "Seed of all random numbers.")

  /// The limit for quick trials.
  static func rows(_ of: String) -> Parameter {
    Parameter(
      "rows", .int(0...Int.max), default: .int(0), neutral: .int(0), help: "Use only the first \(of); 0 uses all.")
  }

  static let alphabet = Parameter(
    "alphabet", .choice(["dna", "protein"]), default: .string("dna"), neutral: .string("dna"),
    help: "Letters that sequences are made of: IUPAC nucleotides or amino acids.")

  /// How the products of training are computed.
  static let precision = Parameter(
    "precision", .choice(["fp32", "bf16"]), default: .string("fp32"), neutral: .string("fp32"),
    help: "bf16: products of bfloat16 numbers, summed in fp32, as weights are kept; fast on CPUs that have AMX or "
      + "AVX-512 BF16.")

  /// When a training saves its state.
  static let checkpoints = [
    Parameter(
      "checkpoint-seconds", .float(1...86_400), default: .float(60), neutral: nil, unit: "seconds", role: .resource,
      help: "How often the state is saved, for going on after an interrupt."),
    Parameter(
      "checkpoint-steps", .list(.int(1...1_000_000_000)), default: .list([]), neutral: nil, unit: "steps",
      role: .resource,
      help: "Steps after which the state is kept, so that other trainings can branch off there; the last state, and "
        + "that where the learning rate begins to fall, are kept anyway."),
  ]
}
