package import Artifacts

// Kinds that several stages read. A kind that one stage makes is named in that stage's folder.
extension ArtifactKind {
  /// Unlabelled sequences: a FASTA, CSV or TSV file, or a tree of `train.fasta` and `held-out.fasta`.
  package static let sequences = ArtifactKind("sequences")
  /// Intervals on a genome: a BED or GFF file.
  package static let intervals = ArtifactKind("intervals")
  /// A file of whatever content.
  package static let file = ArtifactKind("file")
  /// A Hugging Face `tokenizer.json`.
  package static let tokenizer = ArtifactKind("tokenizer")
  /// Token ids of sequences: a tree of `train.tokens` and `held-out.tokens`.
  package static let tokens = ArtifactKind("tokens")
  /// One architecture: a text file of one line, as `h64-h128-t256-c512`.
  package static let architecture = ArtifactKind("architecture")
  /// A collection of architectures: a tree with one file per member, named by its id.
  package static let architectures = ArtifactKind("architectures")
}
