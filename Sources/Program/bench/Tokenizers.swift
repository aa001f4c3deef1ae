import ArgumentParser
import Artifacts
import Compression
import Files
import Glibc
import Sequences
import Tokenizers

/// BPE training and encoding on windows of a genome, in alternation with the `tokenizers` library of Python.
struct Tokenizers: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "BPE training and encoding beside the Python library `tokenizers`.")

  @Option(help: "A FASTA file, plain or gzip.")
  var genome = "../shared/data/genomes/ecoli_k12_mg1655.fa.gz"
  @Option(help: "Letters of a window, which is one word.")
  var window = 512
  @Option(help: "Tokens of the vocabulary.")
  var vocabulary = 4096
  @Option(help: "Rounds; medians are shown.")
  var rounds = 3
  @Option(help: "Threads for encoding.")
  var threads = 2
  @Option(help: "A Python that can import tokenizers; `none` leaves the peer out.")
  var python = Peer.python

  func run() throws {
    let words = try readWords()
    let bytes = words.reduce(0) { $0 + $1.count }
    let peer = python == "none" ? nil : try TokenizersPeer(python, words, vocabulary)
    defer { peer?.end() }
    print("\(words.count) words, \(bytes) letters, vocabulary \(vocabulary), \(rounds) rounds, \(threads) threads")
    if let peer { print("peer: tokenizers \(peer.version)") }
    var times = Times()
    for _ in 0..<rounds {
      var model: BPEModel?
      times.add("training") { model = train(words) }
      try times.add("training", peer, "train")
      let tokenizer = Tokenizer.bpe(model!)
      // The first encoding by a model fills its table of beginnings.
      times.add("encoding, first") { _ = tokenizer.encode(words, threads: threads) }
      try times.add("encoding, first", peer, "encode-fast")
      times.add("encoding, again") { _ = tokenizer.encode(words, threads: threads) }
      try times.add("encoding, again", peer, "encode-fast")
      try times.add("encoding with offsets", peer, "encode")
      times.add("encoding, one thread") { _ = tokenizer.encode(words, threads: 1) }
      let kmer = Tokenizer.kmer(6, stride: 1, .dna)
      times.add("encoding 6-mers, stride 1") { _ = kmer.encode(words, threads: threads) }
    }
    times.show(bytes)
  }

  private func train(_ words: [[UInt8]]) -> BPEModel {
    var trainer = BPETrainer(vocabularySize: vocabulary)
    for word in words { trainer.add(word) }
    return trainer.train()
  }

  private func readWords() throws -> [[UInt8]] {
    let records = try FASTAReader.read(try contents(genome), file: genome)
    let windows = Windows(length: window, step: window, split: .none)
    return records.enumerated().flatMap { index, record in
      windows.cut(record, record: index).map { Array(record.sequence[$0.start..<$0.end]) }
    }
  }

  private func contents(_ path: String) throws -> [UInt8] {
    guard let bytes = try DiskFileSystem().contents(path) else { throw ValidationError("there is no '\(path)'") }
    return try Decompressing.reader(over: MemoryReader(bytes[...])).allBytes()
  }
}

/// Seconds by case, ours and the peer's, in the order in which the cases were first met.
struct Times {
  private var names: [String] = []
  private var ours: [String: [Double]] = [:]
  private var theirs: [String: [Double]] = [:]

  mutating func add(_ name: String, _ body: () -> Void) {
    let time = ContinuousClock().measure(body)
    note(name)
    ours[name, default: []].append(time / .seconds(1))
  }

  mutating func add(_ name: String, _ peer: TokenizersPeer?, _ command: String) throws {
    guard let peer else { return }
    note(name)
    theirs[name, default: []].append(try peer.ask(command))
  }

  private mutating func note(_ name: String) { if !names.contains(name) { names.append(name) } }

  /// Prints medians, letters per second and ratios.
  func show(_ bytes: Int) {
    let cell = { (time: Double?) in
      time.map { $0.text(3, width: 8) + " s " + (Double(bytes) / $0 / 1e6).text(2, width: 8) + " MB/s" }
        ?? String(repeating: " ", count: 24)
    }
    let heads = [("case", 28), ("bioarc", 25), ("tokenizers", 25), ("ratio", 5)]
    print(heads.map { $0.padded(to: $1) }.joined())
    for name in names {
      let (a, b) = (median(ours[name] ?? []), median(theirs[name] ?? []))
      var line = name.padded(to: 28) + cell(a) + " " + cell(b)
      if let a, let b { line += " " + (b / a).text(1, width: 7) + "x" }
      print(line)
    }
  }

  private func median(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.sorted()[values.count / 2] }
}

/// A running `tokenizers_peer.py`.
final class TokenizersPeer {
  let version: String
  private let peer: Peer
  private let words: String

  init(_ python: String, _ words: [[UInt8]], _ vocabulary: Int) throws {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    self.words = "\(folder)/bench-words-\(getpid()).txt"
    try String(decoding: Array(words.joined(separator: [10])), as: UTF8.self).write(to: self.words)
    peer = try Peer(python, "tokenizers_peer.py", [self.words, String(vocabulary)])
    guard let line = peer.line() else {
      throw ValidationError("\(python) cannot import tokenizers; give another --python, or `none`")
    }
    version = line
  }

  /// Runs one command and returns its seconds.
  func ask(_ command: String) throws -> Double {
    guard let line = peer.ask(command), let time = Double(line) else { throw ValidationError("the peer ended early") }
    return time
  }

  func end() {
    peer.end()
    unlink(words)
  }
}
