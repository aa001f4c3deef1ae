import Sequences
import Testing

private func array(_ sequences: [[Int32]], vocabulary: Int) -> [UInt8] {
  var writer = TokenArrayWriter(vocabularySize: vocabulary)
  var out: [UInt8] = []
  for sequence in sequences {
    writer.add(sequence)
    writer.drain { out += $0 }
  }
  writer.finish()
  writer.drain { out += $0 }
  return out
}

@Test(arguments: [4101, 70_000])
func tokenArraysRoundTrip(_ vocabulary: Int) throws {
  var random = RandomNumbers(seed: seed)
  for count in [0, 1, 2, 17] {
    let sequences = (0..<count).map { _ in
      (0..<Int.random(in: 0...9, using: &random)).map { _ in Int32.random(in: 0..<Int32(vocabulary), using: &random) }
    }
    try array(sequences, vocabulary: vocabulary).withUnsafeBytes { bytes in
      let read = try TokenArray(bytes, file: "t")
      #expect(read.count == count)
      #expect(read.vocabularySize == vocabulary)
      #expect((0..<count).map { read.tokens($0) } == sequences, "seed \(seed)")
    }
  }
}

@Test func batchesArePure() throws {
  let sequences: [[Int32]] = (0..<10).map { i in (0..<Int32(i * 3)).map { $0 + 5 } }
  try array(sequences, vocabulary: 100).withUnsafeBytes { bytes in
    let tokens = try TokenArray(bytes, file: "t")
    var batches = Batches(tokens, seed: 3, batchSize: 4, length: 8)!
    #expect(batches.examples == 9)  // the first has no tokens
    let forward = (0..<9).map { batches.batch($0) }
    var again = Batches(tokens, seed: 3, batchSize: 4, length: 8)!
    #expect((0..<9).reversed().map { again.batch($0) }.reversed() == forward)
    var other = Batches(tokens, seed: 4, batchSize: 4, length: 8)!
    #expect(other.batch(0) != forward[0])
    // 36 examples are four epochs of nine.
    let examples = forward.flatMap(\.examples)
    for epoch in 0..<4 { #expect(examples[epoch * 9..<epoch * 9 + 9].sorted() == Array(1...9)) }
    for batch in forward {
      for row in 0..<4 {
        let ids = Array(batch.ids[row * 8..<row * 8 + 8])
        let length = batch.lengths[row]
        #expect(length == min(8, sequences[batch.examples[row]].count))
        #expect(ids[length...].allSatisfy { $0 == Tokenizer.pad })
        #expect(ids[..<length].indices.allSatisfy { $0 == 0 || ids[$0] == ids[$0 - 1] + 1 })
      }
    }
  }
  try array([[], [1, 2]], vocabulary: 9).withUnsafeBytes { bytes in
    let tokens = try TokenArray(bytes, file: "t")
    #expect(Batches(tokens, seed: 0, batchSize: 1, length: 1) == nil)
  }
}

/// No bytes crash a reader: every file is read, or gives errors.
/// Sequences that give nothing to learn from are left out, and no batch is without a row that there is something in.
@Test(arguments: [0, 1]) func everyBatchHasSomethingToLearnFrom(_ lead: Int) throws {
  // One token, special ones alone, a token at the front or at the end of a long stretch of [UNK].
  let unknown = [Int32](repeating: Tokenizer.unknown, count: 40)
  let sequences: [[Int32]] = [[], [7], [1, 1, 1], [7] + unknown, unknown + [8], [1, 9, 1]]
  try array(sequences, vocabulary: 10).withUnsafeBytes { bytes in
    let tokens = try TokenArray(bytes, file: "t")
    let turn: [Int32] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    for complements in [nil, turn] {
      let left = lead == 0 ? 2 : complements == nil ? 4 : 3
      for batchSize in [1, 2] {
        var batches = try #require(
          Batches(tokens, seed: 1, batchSize: batchSize, length: 4, complements: complements, lead: lead))
        #expect(batches.leftOut == left && batches.examples == sequences.count - left)
        for step in 0..<60 {
          let batch = batches.batch(step)
          let rows = (0..<batchSize).map { batch.ids[4 * $0..<4 * $0 + batch.lengths[$0]] }
          #expect(rows.contains { $0.dropFirst(lead).contains { $0 >= 5 } }, "step \(step)")
          #expect(batch == batches.batch(step))
        }
      }
    }
  }
}

@Test func mutatedFilesNeverCrash() throws {
  var random = RandomNumbers(seed: seed)
  let files: [[UInt8]] = [
    bytes(">a b\nACGT\nNNAC\n>b\nTTTT\n>c\nA\n"), bytes("sequence,label\nACGT,1\n\"AC\",0\nGG,1\n"),
    trained().json(), Tokenizer.kmer(2, stride: 1, .dna).json(), Tokenizer.byte.json(),
    array([[5, 6, 7], [], [8]], vocabulary: 9), array([[5, 6, 70_001], [8]], vocabulary: 70_005),
  ]
  var accepted = 0
  for round in 0..<3_000 {
    var file = files[round % files.count]
    for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&file, &random) }
    accepted += read(file)
  }
  #expect(accepted > 0, "seed \(seed)")
}

private func mutate(_ file: inout [UInt8], _ random: inout RandomNumbers) {
  if file.isEmpty { return }
  let place = Int.random(in: 0..<file.count, using: &random)
  switch Int.random(in: 0..<5, using: &random) {
  case 0: file[place] = UInt8.random(in: 0...255, using: &random)
  case 1: file[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
  case 2: file.remove(at: place)
  case 3: file.insert(file.randomElement(using: &random)!, at: place)
  default: file.removeSubrange(place..<min(file.count, place + Int.random(in: 1...40, using: &random)))
  }
}

/// Reads bytes as every format; returns how many accepted them, and uses what they gave.
private func read(_ file: [UInt8]) -> Int {
  var accepted = 0
  if (try? FASTAReader.read(file, file: "f")) != nil { accepted += 1 }
  if (try? TableReader.read(file, file: "f", options: TableOptions(labelColumn: "label"))) != nil { accepted += 1 }
  if let tokenizer = try? Tokenizer(json: file, file: "f") {
    accepted += 1
    _ = tokenizer.encode(bytes("ACGTNNACGTACGATCGACTAAAAAAACCCAGT"))
    _ = tokenizer.json()
  }
  file.withUnsafeBytes { bytes in
    guard let tokens = try? TokenArray(bytes, file: "f") else { return }
    accepted += 1
    for index in 0..<tokens.count { _ = tokens.tokens(index) }
  }
  return accepted
}
