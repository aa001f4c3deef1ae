import System
import Testing

@testable import LinearModels

/// Rows of windows beside the same rows with all their features written out.
@Suite struct LetterRowsTests {
  @Test func `windows give the products of their features`() {
    let (count, width, placed, depth, m) = (37, 3, 15, 2, 3)
    var (places, numbers, dense) = ([Int32](), [Float](), [Float]())
    for row in 0..<count {
      var features = [Float](repeating: 0, count: placed)
      for place in 0..<width {
        let feature = (row * 7 + place * 3) % 6
        places.append(feature == 5 ? -1 : Int32(place * 5 + feature))
        if feature < 5 { features[place * 5 + feature] = 1 }
      }
      let own = (0..<depth).map { Float((row * 5 + $0 * 11) % 13) / 7 - 1 }
      numbers += own
      dense += features + own
    }
    let rows = LetterRows(places: places, width: width, placed: placed, numbers: numbers, depth: depth)
    let all = DenseRows(dense, features: placed + depth)
    #expect(rows.count == count && rows.features == all.features)
    let workers = WorkerPool(threads: 2)
    let targets = (0..<count).flatMap { row in (0..<m).map { $0 == row * row % 3 ? 1.0 : 0 } }
    func model(_ rows: some FeatureRows) -> LinearModel? {
      LinearModel(features: rows.features, outputs: m).fitted(rows, targets, .softmax, strength: 1, workers)
    }
    let (a, b) = (model(rows), model(all))
    #expect(zip(a?.weights ?? [], b?.weights ?? []).allSatisfy { abs($0 - $1) < 1e-6 } && a != nil)
    let (x, y) = (a!.evaluate(rows, workers), a!.evaluate(all, workers))
    #expect(zip(x, y).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  @Test func `scores of words do not depend on threads or on which letters are asked for`() throws {
    let examples: [WordScores.Example] = (0..<600).map { row in
      let letters = (0..<90).map { Array("ACGT".utf8)[(row * 31 + $0 * $0 * 7 + $0 * row) % 4] }
      return (letters, (0..<90).map { Int32($0 / 30 % 2) })
    }
    let scores = try #require(WordScores(examples, classes: 2, WorkerPool(threads: 1)) { false })
    let others = try #require(WordScores(examples, classes: 2, WorkerPool(threads: 3)) { false })
    let sequence = examples[5].sequence
    let all = scores.numbers(of: sequence, at: Array(0..<90))
    #expect(all == others.numbers(of: sequence, at: Array(0..<90)) && all.count == 90 * scores.columns)
    for places in [[0], [40, 44, 89]] {
      let own = scores.numbers(of: sequence, at: places)
      for (row, place) in places.enumerated() {
        for column in 0..<scores.columns {
          #expect(abs(own[row * scores.columns + column] - all[place * scores.columns + column]) < 1e-5)
        }
      }
    }
    let none = WordScores(examples, classes: 2, WorkerPool(threads: 1)) { true }
    if none != nil { Issue.record("a learning that was cancelled has ended") }
  }
}
