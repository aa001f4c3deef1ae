/// Files that are named for their class, or lie in its folder: the option `files` writes that as a pattern.
struct ClassFiles {
  /// A pattern as `{class}.fa` or `{split}/{class}/*.txt`.
  let pattern: String
  let format: String
  let classes: [String]
  let hasSplits: Bool
  private let depth: Int
  private let ending: Substring
  let sequences: ColumnSample

  /// nil where files are not so, or hold genomes.
  init?(_ files: [SampleFile]) {
    var (sequences, isFASTA): ([String], Bool?) = ([], nil)
    for file in files {
      let found: (values: [String], isFASTA: Bool)
      switch file.content {
      case .fasta(let sample): found = (sample.sequences.values, true)
      case .letters(let letters): found = ([letters], false)
      default: return nil
      }
      guard isFASTA == nil || isFASTA == found.isFASTA else { return nil }
      isFASTA = found.isFASTA
      sequences += found.values
    }
    guard files.count > 1, let isFASTA, Set(files.map(\.folders.count)).count == 1, Set(files.map(\.ending)).count == 1
    else { return nil }
    (depth, ending) = (files[0].folders.count, files[0].ending)
    let outer = ColumnSample(files.compactMap { $0.folders.first.map(String.init) })
    hasSplits = outer.namesSplits && outer.distinct.count > 1
    let place = hasSplits ? 1 : 0
    // The class is a folder's name, or a file's.
    let isFolder = depth > place
    guard depth <= place + 1, isFASTA || isFolder else { return nil }
    classes = Set(files.map { String(isFolder ? $0.folders[place] : $0.stem) }).sorted()
    guard classes.count > 1, !isFolder || files.count > classes.count else { return nil }
    pattern = (hasSplits ? "{split}/" : "") + (isFolder ? "{class}/*\(ending)" : "{class}\(ending)")
    format = isFASTA ? "fasta" : "text"
    self.sequences = ColumnSample(sequences)
    guard self.sequences.alphabet != nil, self.sequences.lengths.upperBound < FASTASample.mostLetters,
      !isFASTA || isFolder || sequences.count >= 4 * files.count
    else { return nil }
  }

  /// Whether the pattern means this file too.
  func matches(_ file: SampleFile) -> Bool { file.folders.count == depth && file.fileName.hasSuffix(ending) }
}
