/// A reason for which a variant is left out.
package enum VariantFault: String, Hashable, Sendable, CaseIterable {
  /// No record has the name.
  case unknownRecord = "unknown-record"
  /// The variant reaches beyond its record.
  case outside
  /// The record has other letters there.
  case wrongReference = "wrong-reference"
  /// A row of VCF with several alternatives.
  case severalAlleles = "several-alleles"
  /// An alternative that is no letters: `<DEL>`, `*`, a breakend.
  case symbolic
  /// A row of VCF without an alternative, and one that changes nothing.
  case noChange = "no-change"
  /// Edits that share a letter.
  case overlap
  /// Letters that the alphabet lacks, as a stop in a protein.
  case letters

  /// The fault in words, behind a number of variants.
  package var words: String {
    switch self {
    case .unknownRecord: "are of a record that there is not"
    case .outside: "reach beyond their record"
    case .wrongReference: "state letters that the record does not have there"
    case .severalAlleles: "have several alleles"
    case .symbolic: "have an allele that is no letters"
    case .noChange: "change nothing"
    case .overlap: "change a letter twice"
    case .letters: "have letters that the alphabet lacks"
    }
  }
}
