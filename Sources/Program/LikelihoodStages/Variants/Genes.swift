import Artifacts
import Inputs
import Intervals

/// The coding sequences of a GFF, or the intervals of a BED, and what of them is left out.
struct Genes {
  static let name = ParameterKey<String>(
    "gene-name", .string, default: "name", neutral: "name",
    help: "The attribute of a GFF that names a gene, as gene; a feature without it, and one of BED, goes by its name.")

  static let recordNames = ParameterKey<String>(
    "record-names", .choice(RecordNames.allCases.map(\.rawValue)), default: RecordNames.exact.rawValue,
    neutral: RecordNames.exact.rawValue,
    help: "How records of genes and variants are found among sequences. loose: chr1 is 1, M is MT, and the version of "
      + "an accession does not count.")

  /// In the order of the file.
  private(set) var all: [Gene] = []
  private(set) var warnings: [String] = []

  /// Throws `StageFailure`.
  init(_ artifact: any InputArtifact, name: String) throws {
    var names: Set<String> = []
    var (others, repeated, short) = (0, 0, 0)
    let isGFF = artifact.reference.format == "gff"
    let source = IntervalSource(artifact, path: SequenceSource.names(at: "genes"))
    try source.forEach(label: isGFF ? name : nil) { feature in
      if isGFF, GeneLetters.sort(of: feature) != .coding {
        others += 1
        return
      }
      let stated = feature.label ?? ""
      let name = stated.isEmpty ? (feature.name.isEmpty ? feature.place : feature.name) : stated
      if feature.end - feature.start < 3 {
        short += 1
      } else if names.insert(name).inserted {
        all.append(
          Gene(
            name: name, record: feature.record, range: feature.start..<feature.end,
            isReverse: feature.strand == .reverse))
      } else {
        repeated += 1
      }
    }
    if others > 0 { warnings.append("features left out that are no coding sequence, or of a pseudogene: \(others)") }
    if repeated > 0 { warnings.append("features left out whose name an earlier one has: \(repeated)") }
    if short > 0 { warnings.append("features left out of fewer than three letters: \(short)") }
    guard !all.isEmpty else { throw StageFailure(code: "no-gene", "there is no coding sequence in 'genes'") }
  }
}
