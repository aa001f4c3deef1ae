import Sequences
import TestSupport
import Testing

private func cut(_ sequence: String, _ windows: Windows) -> [String] {
  windows.cut(SequenceRecord(name: "c", sequence: bytes(sequence)), record: 0).map {
    Windows.name("c", $0) + ($0.isHeldOut ? " held" : "")
  }
}

@Test func `a record is cut into its windows`() {
  let plain = Windows(length: 4, step: 2, split: .none)
  #expect(cut("ACGTACGTA", plain) == ["c:0-4", "c:2-6", "c:4-8"])
  #expect(cut("ACG", plain) == [])
  #expect(cut("", plain) == [])
  #expect(cut("NNACGTNACGTAC", plain) == ["c:2-6", "c:7-11", "c:9-13"])
  #expect(cut("ACGTNNACNGTACNN", Windows(length: 4, step: 4, maximumUnknown: 2, split: .none)) == ["c:0-4", "c:6-10"])
  #expect(
    cut("ACGTACGTAC", Windows(length: 2, step: 2, split: .tail(fraction: 0.35)))
      == ["c:0-2", "c:2-4", "c:4-6", "c:7-9 held"])
  #expect(cut("ACGT", Windows(length: 2, step: 2, split: .tail(fraction: 1))) == ["c:0-2 held", "c:2-4 held"])
}

/// One more window takes what is left, up to a gap or an end, and stays within its part.
@Test func `one more window takes the letters that are left`() {
  let keeping = { (length: Int, step: Int, split: Windows.Split) in
    Windows(length: length, step: step, keepsRest: true, split: split)
  }
  #expect(cut("ACGTACGTA", keeping(4, 2, .none)) == ["c:0-4", "c:2-6", "c:4-8", "c:5-9"])
  #expect(cut("ACGTACGT", keeping(4, 2, .none)) == ["c:0-4", "c:2-6", "c:4-8"])
  #expect(cut("ACGTACGTAC", keeping(4, 6, .none)) == ["c:0-4", "c:6-10"])
  #expect(cut("ACGTACGTACG", keeping(3, 6, .none)) == ["c:0-3", "c:6-9", "c:8-11"])
  #expect(cut("ACG", keeping(4, 2, .none)) == ["c:0-3"])
  #expect(cut("NNACGTNAN", keeping(4, 2, .none)) == ["c:2-6", "c:7-8"])
  #expect(cut("ACGTACGTAC", keeping(4, 2, .tail(fraction: 0.3))) == ["c:0-4", "c:2-6", "c:3-7", "c:7-10 held"])
}

/// Every letter is in a window or is counted under the reason for which it is in none.
@Test func `letters in no window are counted`() {
  var random = RandomNumbers(seed: seed)
  for round in 0..<400 {
    let sequence = random.letters("ACGTACGTACGTN", Int.random(in: 0...200, using: &random))
    let windows = Windows(
      length: Int.random(in: 1...20, using: &random), step: Int.random(in: 1...25, using: &random),
      maximumUnknown: Int.random(in: 1...3, using: &random), keepsRest: Bool.random(using: &random),
      split: .tail(fraction: Double.random(in: 0...1, using: &random)))
    var covered = Set<Int>()
    let (train, heldOut) = sequence.withUnsafeBufferPointer { letters in
      windows.cut(letters, record: 0) { covered.formUnion($0.start..<$0.end) }
    }
    let all = train + heldOut
    let comment: Comment = "seed \(seed) round \(round)"
    #expect(all.letters == sequence.count && all.inNoWindow == sequence.count - covered.count, comment)
    if windows.keepsRest { #expect(all.inShortSegments == 0 && all.atEnds == 0, comment) }
    if windows.step <= windows.length { #expect(all.betweenWindows == 0, comment) }
    #expect(train.records == (train.letters > 0 ? 1 : 0), comment)
    #expect(train.withoutWindow == (train.letters > 0 && train.windows == 0 ? 1 : 0), comment)
  }
}

/// Regions cover a record without overlap; no position is in windows of both parts; no window has a long run of
/// unknowns, leaves its region, or is missing.
@Test func `windows of both parts never share a base`() {
  var random = RandomNumbers(seed: seed)
  for round in 0..<400 {
    let count = Int.random(in: 0...300, using: &random)
    let sequence = random.letters("ACGTACGTACGTN", count)
    let splits: [Windows.Split] = [
      .none, .tail(fraction: Double.random(in: 0...1, using: &random)),
      .blocks(
        size: Int.random(in: 1...80, using: &random), fraction: Double.random(in: 0...1, using: &random),
        seed: Int.random(in: 0...9, using: &random)),
    ]
    let windows = Windows(
      length: Int.random(in: 1...20, using: &random), step: Int.random(in: 1...25, using: &random),
      maximumUnknown: Int.random(in: 1...3, using: &random), split: splits.randomElement(using: &random)!)
    let comment: Comment = "seed \(seed) round \(round)"
    let regions = windows.regions(record: round, count: count)
    #expect(regions.map(\.start) == [0] + regions.dropLast().map(\.end) || count == 0, comment)
    #expect((regions.last?.end ?? 0) == count, comment)
    var sides = [Set<Bool>](repeating: [], count: count)
    for window in windows.cut(SequenceRecord(name: "r", sequence: sequence), record: round) {
      #expect(window.end - window.start == windows.length, comment)
      for i in window.start..<window.end { sides[i].insert(window.isHeldOut) }
      let runs = sequence[window.start..<window.end].split { $0 != UInt8(ascii: "N") }
      #expect(runs.allSatisfy { $0.count < windows.maximumUnknown }, comment)
      let region = regions.first { $0.start <= window.start && window.end <= $0.end }
      #expect(region?.isHeldOut == window.isHeldOut, comment)
    }
    #expect(sides.allSatisfy { $0.count < 2 }, comment)
  }
}
