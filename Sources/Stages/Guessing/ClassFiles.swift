/// Files that are named for their class, or lie in its folder: how the option `files` writes that.
struct ClassFiles {
  /// As `{class}.fa`, `{split}/{class}/*.txt`.
  let pattern: String
  let format: String
  let classes: [String]
  let hasSplits: Bool
  let sample: ColumnSample

  /// nil where files are not so, or hold genomes.
  init?(_ files: [SampleFile]) {
    let isFASTA = files.allSatisfy(\.isFASTA)
    guard files.count > 1, isFASTA || files.allSatisfy({ !$0.isFASTA }) else { return nil }
    let depths = Set(files.map(\.folders.count))
    let extensions = Set(files.map { Self.ending($0) })
    guard depths.count == 1, let depth = depths.first, extensions.count == 1, let ending = extensions.first else {
      return nil
    }
    let outer = Set(files.compactMap { $0.folders.first.map(String.init) })
    hasSplits = depth > 0 && ColumnSample(values: Array(outer)).isSplit
    let place = hasSplits ? 1 : 0
    // The class is a folder's name, or a file's.
    let isFolder = depth > place
    guard depth <= place + 1, isFASTA || isFolder else { return nil }
    let names = files.map { isFolder ? String($0.folders[place]) : String($0.fileName.dropLast(ending.count)) }
    classes = Set(names).sorted()
    guard classes.count > 1, !isFolder || files.count > classes.count else { return nil }
    pattern = (hasSplits ? "{split}/" : "") + (isFolder ? "{class}/*\(ending)" : "{class}\(ending)")
    let sequences = files.flatMap { file in
      isFASTA ? HeaderSample(file).sequences : [file.lines().joined()]
    }
    sample = ColumnSample(values: sequences)
    format = isFASTA ? "fasta" : "text"
    guard sample.alphabet != nil, sample.lengths.upperBound <= 20_000,
      !isFASTA || isFolder || sequences.count >= 4 * files.count
    else { return nil }
  }

  /// From the first point of the file's name on.
  private static func ending(_ file: SampleFile) -> String { String(file.fileName.drop { $0 != "." }) }
}

extension StudyGuess {
  mutating func perClass(_ files: ClassFiles) {
    alphabet = files.sample.alphabet ?? "dna"
    longest = files.sample.lengths.upperBound
    rows = files.sample.values.count
    labels = "class"
    note(
      "sequences",
      "\(alphabet == "dna" ? "DNA" : "proteins"), \(files.sample.lengths.lowerBound) to \(longest) letters")
    let names = files.classes.prefix(6).joined(separator: ", ") + (files.classes.count > 6 ? ", ..." : "")
    note("labels", "the names of \(files.pattern): \(files.classes.count) classes: \(names)")
    note("splits", files.hasSplits ? "the folders" : "none stated: made by the hash of sequences, 80/10/10")
    var options = [("files", files.pattern)]
    if alphabet == "protein" { options.append(("alphabet", "protein")) }
    if files.sample.hasGaps { options.append(("gaps", "strip")) }
    inputs = [Input(name: "task", kind: "labelled-sequences", format: files.format, options: options)]
  }

  /// Intervals and the genome that they lie on.
  mutating func onGenome(_ intervals: SampleFile, _ genome: SampleFile) {
    labels = "class"
    let format = intervals.intervals ?? "bed"
    note("genome", "\(genome.name): FASTA")
    note("intervals", "\(intervals.name): \(format.uppercased())")
    note("labels", "an interval against windows of the same genome that are like it")
    note("splits", "by region: the last tenth of the intervals is test, a tenth dev")
    longest = 200
    rows = intervals.lines().count
    var options: [(String, String)] = []
    if format == "gff" {
      let rows = intervals.lines().filter { !$0.hasPrefix("#") }.map { $0.split(separator: "\t") }
      let types = rows.reduce(into: [String: Int]()) { if $1.count > 2 { $0[String($1[2]), default: 0] += 1 } }
      let most = types.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? "gene"
      options.append(("type", types["gene"] == nil ? most : "gene"))
    }
    inputs = [
      Input(name: "genome", path: genome.name, kind: "sequences", format: "fasta"),
      Input(name: "places", path: intervals.name, kind: "intervals", format: format, options: options),
    ]
  }
}
