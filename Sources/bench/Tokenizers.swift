import ArgumentParser
import Foundation
import Sequences

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
  var python = ProcessInfo.processInfo.environment["BIOARC_PYTHON"] ?? "python3"

  func run() throws {
    let words = try readWords()
    let bytes = words.reduce(0) { $0 + $1.count }
    let peer = python == "none" ? nil : try Peer(python, words, vocabulary)
    defer { peer?.end() }
    print("\(words.count) words, \(bytes) letters, vocabulary \(vocabulary), \(rounds) rounds, \(threads) threads")
    if let peer { print("peer: tokenizers \(peer.version)") }
    var times = Times()
    for _ in 0..<rounds {
      var model: BPEModel?
      times.add("training") { model = train(words) }
      try times.add("training", peer, "train")
      let tokenizer = Tokenizer.bpe(model!)
      times.add("encoding") { _ = tokenizer.encode(words, threads: threads) }
      try times.add("encoding", peer, "encode-fast")
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
    guard path.hasSuffix(".gz") else { return Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/gzip")
    process.arguments = ["-dc", path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let bytes = Array(pipe.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    return bytes
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

  mutating func add(_ name: String, _ peer: Peer?, _ command: String) throws {
    guard let peer else { return }
    note(name)
    theirs[name, default: []].append(try peer.ask(command))
  }

  private mutating func note(_ name: String) { if !names.contains(name) { names.append(name) } }

  /// Prints medians, letters per second and ratios.
  func show(_ bytes: Int) {
    let cell = { (time: Double?) in
      time.map { String(format: "%8.3f s %8.2f MB/s", $0, Double(bytes) / $0 / 1e6) } ?? String(repeating: " ", count: 24)
    }
    print("case".padding(toLength: 28, withPad: " ", startingAt: 0) + "bioarc                   tokenizers               ratio")
    for name in names {
      let (a, b) = (median(ours[name] ?? []), median(theirs[name] ?? []))
      var line = name.padding(toLength: 28, withPad: " ", startingAt: 0) + cell(a) + " " + cell(b)
      if let a, let b { line += String(format: " %7.1fx", b / a) }
      print(line)
    }
  }

  private func median(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.sorted()[values.count / 2] }
}

/// A running `tokenizers_peer.py`.
final class Peer {
  let version: String
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let words: URL

  init(_ python: String, _ words: [[UInt8]], _ vocabulary: Int) throws {
    self.words = FileManager.default.temporaryDirectory.appendingPathComponent("bench-words-\(getpid()).txt")
    try Data(words.joined(separator: [10])).write(to: self.words)
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Peers/tokenizers_peer.py")
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python, script.path, self.words.path, String(vocabulary)]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    guard let line = Self.line(output) else {
      throw ValidationError("\(python) cannot import tokenizers; give another --python, or `none`")
    }
    version = line
  }

  /// Runs one command and returns its seconds.
  func ask(_ command: String) throws -> Double {
    input.fileHandleForWriting.write(Data((command + "\n").utf8))
    guard let line = Self.line(output), let time = Double(line) else { throw ValidationError("the peer ended early") }
    return time
  }

  func end() {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: words)
  }

  private static func line(_ pipe: Pipe) -> String? {
    var bytes: [UInt8] = []
    while let byte = pipe.fileHandleForReading.readData(ofLength: 1).first {
      if byte == 10 { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
    return nil
  }
}
