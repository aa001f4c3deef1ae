import TestSupport
import Testing
import Tokens

func array(_ sequences: [[Int32]], vocabulary: Int) -> [UInt8] {
  var writer = TokenArrayWriter(vocabularySize: vocabulary)
  var out: [UInt8] = []
  for sequence in sequences {
    writer.add(sequence[...])
    writer.drain { out += $0 }
  }
  writer.finish()
  writer.drain { out += $0 }
  return out
}

@Test(arguments: [4101, 70_000])
func `token arrays are read as they were written`(_ vocabulary: Int) throws {
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

@Test func `a batch depends on seed and step alone`() throws {
  // Token 30 i + j + 5 is the j-th of sequence i.
  let sequences: [[Int32]] = (0..<10).map { i in (0..<Int32(i * 3)).map { Int32(i) * 30 + $0 + 5 } }
  try array(sequences, vocabulary: 400).withUnsafeBytes { bytes in
    let tokens = try TokenArray(bytes, file: "t")
    var batches = Batches(tokens, seed: 3, batchSize: 4, length: 8)!
    #expect(batches.examples == 9)  // the first has no tokens
    let forward = (0..<9).map { batches.batch($0) }
    var again = Batches(tokens, seed: 3, batchSize: 4, length: 8)!
    #expect((0..<9).reversed().map { again.batch($0) }.reversed() == forward)
    var other = Batches(tokens, seed: 4, batchSize: 4, length: 8)!
    #expect(other.batch(0) != forward[0])
    #expect(forward.allSatisfy { $0.count == 4 })
    let rows = forward.flatMap { batch in (0..<4).map { Array(batch[$0]) } }
    // 36 examples are four epochs of nine.
    let examples = rows.map { Int($0[0] - 5) / 30 }
    for epoch in 0..<4 { #expect(examples[epoch * 9..<epoch * 9 + 9].sorted() == Array(1...9)) }
    for (row, example) in zip(rows, examples) {
      #expect(row.count == min(8, sequences[example].count))
      #expect(row.indices.allSatisfy { row[$0] == row[0] + Int32($0) })
    }
  }
  try array([[], [1, 2]], vocabulary: 9).withUnsafeBytes { bytes in
    let tokens = try TokenArray(bytes, file: "t")
    #expect(Batches(tokens, seed: 0, batchSize: 1, length: 1) == nil)
  }
}

/// Sequences that give nothing to learn from are left out, and no batch is without a row that there is something in.
@Test(arguments: [0, 1]) func `every batch has something to learn from`(_ lead: Int) throws {
  // One token, special ones alone, a token at the front or at the end of a long stretch of [UNK].
  let unknown = [Int32](repeating: SpecialToken.unknown, count: 40)
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
          let rows = (0..<batchSize).map { batch[$0] }
          #expect(rows.contains { $0.dropFirst(lead).contains { $0 >= 5 } }, "step \(step)")
          #expect(batch == batches.batch(step))
        }
      }
    }
  }
}

/// A batch of a contrast holds no sequence twice, whatever the number of examples; every example has its turn.
@Test(arguments: [4, 5, 7, 11, 12]) func `distinct rows end a batch with its epoch`(_ count: Int) throws {
  let sequences = (0..<count).map { [Int32(5 + $0)] }
  try array(sequences, vocabulary: 30).withUnsafeBytes { bytes in
    let tokens = try TokenArray(bytes, file: "t")
    var batches = try #require(Batches(tokens, seed: 2, batchSize: 4, length: 8, distinct: true))
    var seen: Set<Int32> = []
    var spanning = try #require(Batches(tokens, seed: 2, batchSize: 4, length: 8))
    var twice = 0
    for step in 0..<100 {
      let ids = batches.batch(step).ids
      #expect(Set(ids).count == 4)
      seen.formUnion(ids)
      if Set(spanning.batch(step).ids).count < 4 { twice += 1 }
    }
    #expect(seen.count == count && (twice > 0) == (count % 4 != 0))
    // A step is a function of its number.
    var again = try #require(Batches(tokens, seed: 2, batchSize: 4, length: 8, distinct: true))
    #expect(again.batch(57) == batches.batch(57))
  }
}

/// Tokens whose letters are unknown are nothing to learn from.
@Test func `sequences of unknown letters are left out`() throws {
  let letters = TokenLetters(lengths: [], unknown: [8])
  try array([[8, 8, 8], [8, 8, 8, 8, 8, 8, 5], [1, 8]], vocabulary: 10).withUnsafeBytes { bytes in
    let tokens = try TokenArray(bytes, file: "t")
    var batches = try #require(Batches(tokens, seed: 2, batchSize: 1, length: 2, letters: letters))
    #expect(batches.examples == 1 && batches.leftOut == 2)
    #expect((0..<9).allSatisfy { batches.batch($0).ids == [8, 5] })
  }
}

/// The token ahead of a sequence begins every piece of it, on either strand, and a piece of its letters follows.
@Test func `pieces of a sequence begin with its tag`() throws {
  // Token 5 + j is the j-th letter, whose complement is 94 - j; 95 and 96 are tags. The last has a tag alone.
  let sequences: [[Int32]] = [[95] + Array(5..<60), [96] + Array(20..<40), [96, 7], [95]]
  let complements: [Int32] = [0, 1, 2, 3, 4] + (5..<95).map { 99 - $0 } + [95, 96]
  let letters = TokenLetters(lengths: [], unknown: [95, 96])
  try array(sequences, vocabulary: 97).withUnsafeBytes { bytes in
    let tokens = try TokenArray(bytes, file: "t")
    for (lead, table) in [(0, nil), (1, nil), (0, complements), (1, complements)] as [(Int, [Int32]?)] {
      var batches = try #require(
        Batches(
          tokens, seed: 1, batchSize: 3, length: 9, complements: table, lead: lead, ahead: 1, letters: letters))
      #expect(batches.examples == 3 && batches.leftOut == 1)
      var starts: Set<Int32> = []
      var turned = 0
      for step in 0..<1000 {
        let batch = batches.batch(step)
        for row in (0..<3).map({ Array(batch[$0]) }) {
          let piece = row.dropFirst()
          #expect((95...96).contains(row[0]) && piece.allSatisfy { $0 < 95 } && !piece.isEmpty)
          let steps = Set(zip(piece, piece.dropFirst()).map { $1 - $0 })
          #expect(steps.isSubset(of: [1]))
          let isTurned = piece.allSatisfy { $0 > 59 || !(5..<60).contains($0) }
          turned += isTurned ? 1 : 0
          if row[0] == 95, !isTurned { starts.insert(row[1]) }
          #expect(row.count == 9 || row.count == 2)
        }
      }
      // Pieces begin at the first letter and end at the last, and at places between.
      #expect(starts.contains(5) && starts.contains(52) && starts.count > 30 && (turned > 0) == (table != nil))
    }
  }
}
