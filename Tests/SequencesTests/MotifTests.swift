import Foundation
import Testing

@testable import Sequences

/// Matrices of motifs, and the search for them.
@Suite struct MotifTests {
  private static let letters = Array("ACGT".utf8)

  /// The heights of Schneider and Stephens by hand: 2 bits less 3 / (2 n ln 2) where all sites agree.
  @Test func `heights are information with the correction for few sites`() {
    let matrix = MotifMatrix(
      letters: Self.letters, counts: [[10, 0, 0, 0], [5, 5, 0, 0], [3, 3, 2, 2], [0, 0, 0, 0]])
    let e = 3 / (2 * 10 * Foundation.log(2.0))
    #expect(abs(matrix.heights[0][0] - (2 - e)) < 1e-12 && matrix.heights[0][1] == 0)
    #expect(abs(matrix.heights[1][0] - (1 - e) / 2) < 1e-12 && matrix.heights[1][0] == matrix.heights[1][1])
    // Hardly any information, less than the correction.
    #expect(matrix.heights[2] == [0, 0, 0, 0] && matrix.heights[3] == [0, 0, 0, 0])
    #expect(matrix.consensus.hasPrefix("AAa") && matrix.sites == 10)
  }

  /// The values of logomaker 0.8.7, `transform_matrix(counts, from_type="counts", to_type="information",
  /// pseudocount=0)`, less the correction for few sites, which it does not make.
  @Test func `heights are those of logomaker but for the correction`() {
    let counts = [[40, 3, 2, 5], [10, 20, 10, 10], [0, 50, 0, 0], [13, 12, 12, 13]]
    let theirs: [[Double]] = [
      [0.784781476533736, 0.0588586107400302, 0.0392390738266868, 0.098097684566717],
      [0.015614381022527563, 0.031228762045055126, 0.015614381022527563, 0.015614381022527563],
      [0, 2, 0, 0],
      [0.0003001606412475223, 0.00027707136115155906, 0.00027707136115155906, 0.0003001606412475223],
    ]
    let ours = MotifMatrix(letters: Self.letters, counts: counts).heights
    for (row, (heights, logo)) in zip(ours, theirs).enumerated() {
      let bits = logo.reduce(0, +)
      let corrected = max(0, bits - 3 / (2 * 50 * Foundation.log(2.0)))
      for (letter, height) in heights.enumerated() {
        #expect(abs(height - logo[letter] * corrected / bits) < 1e-12, "position \(row), letter \(letter)")
      }
    }
  }

  @Test func `a matrix comes back from the layout of JASPAR`() throws {
    let matrix = MotifMatrix(letters: Self.letters, counts: [[10, 0, 0, 0], [0, 2, 300, 1]])
    let text = matrix.jaspar("m1", "two, words") + "\n" + matrix.jaspar("m2", "")
    let found = try #require(MotifMatrix.parse(jaspar: text))
    #expect(found.map(\.name) == ["m1", "m2"] && found.map(\.text) == ["two, words", ""])
    #expect(found.allSatisfy { $0.matrix == matrix })
    #expect(text.split(separator: "\n")[1] == "A  [  10   0 ]")
    #expect(MotifMatrix.parse(jaspar: "A [ 1 ]") == nil)
  }

  @Test func `the best windows do not overlap`() {
    let scores: [Double] = [0, 1, 5, 5, 1, 0, 0, 2, 2, 0, -1, 0]
    let found = MotifSearch.best(scores, sequence: 3, length: 2, count: 3, above: 1.5)
    #expect(found.map(\.start) == [2, 7] && found.map(\.score) == [10, 4] && found[0].sequence == 3)
    #expect(MotifSearch.best([1], sequence: 0, length: 2, count: 1, above: 0).isEmpty)
  }

  /// Two planted words with noise, at any place of a window, are found as two matrices with their consensus; their
  /// share of hits is that of the plants.
  @Test func `planted words are found, in trials`() {
    let trials = ProcessInfo.processInfo.environment["BIOARC_STRESS"] == "1" ? 100 : 6
    for trial in 0..<trials {
      var draws = SynthesisDraws(seed: 11, record: trial, attempt: 0)
      let words = ["TATAAAAG", "CCGGTCAC"].map { $0.utf8.map { $0 } }
      var sequences: [[UInt8]] = []
      var windows: [MotifSearch.Window] = []
      for sequence in 0..<60 {
        var letters = (0..<60).map { _ in Self.letters[draws.integer(below: 4)] }
        let start = 10 + draws.integer(below: 30)
        var site = words[sequence % 2]
        if draws.uniform() < 0.5 { site[draws.integer(below: 8)] = Self.letters[draws.integer(below: 4)] }
        letters.replaceSubrange(start..<start + 8, with: site)
        sequences.append(letters)
        windows.append(.init(sequence: sequence, start: start + draws.integer(below: 5) - 2, score: draws.uniform()))
        windows.append(.init(sequence: sequence, start: draws.integer(below: 52), score: draws.uniform() / 2))
      }
      let found = MotifSearch(sequences, letters: Self.letters, length: 8).motifs(windows, count: 2)
      let names = found.map { $0.matrix.consensus.uppercased() }
      for word in words {
        let text = String(decoding: word, as: UTF8.self)
        let core = [0, 1, 2].map { String(text.dropFirst($0).prefix(6)) }
        #expect(names.contains { name in core.contains { name.contains($0) } }, "trial \(trial): \(names)")
      }
      #expect(found.allSatisfy { $0.windows.count >= 20 && $0.windows.count <= 45 }, "trial \(trial)")
    }
  }
}
