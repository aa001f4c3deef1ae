import Foundation
import Testing

@testable import Blocks

@Suite struct OperationsTests {
  private static let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "Goldens/operations.txt")

  /// Loops that count one operation at a time, of which products agree with PyTorch's counter.
  @Test func `operations are those that loops count, of every kind of block`() throws {
    var kinds: Set<BlockKind> = []
    for line in try String(contentsOf: Self.goldens, encoding: .utf8).split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      let kind = try #require(BlockKind(named: words[0]))
      kinds.insert(kind)
      let options = words.dropFirst(6).map { $0.split(separator: "=") }
      let layer = Layer(
        kind, width: Int(words[2])!,
        options: Dictionary(uniqueKeysWithValues: options.map { (String($0[0]), Int($0[1])!) }))
      let shape = BlockShape(layer, hIn: Int(words[1])!, causal: words[3] == "1")
      let lengths = words[4].split(separator: ",").map { Int($0)! }
      #expect(shape.operations(lengths: lengths) == Double(words[5]), "\(line)")
    }
    #expect(kinds == Set(BlockKind.all))
  }

  @Test(arguments: [false, true], [nil, 0, 1, 3, 50])
  func `pairs are those of tokens that see each other`(causal: Bool, window: Int?) {
    for length in [0, 1, 2, 7, 20] {
      let seen = (0..<length).reduce(0) { sum, t in
        sum + (0..<length).count { s in (!causal || s <= t) && abs(t - s) <= window ?? length }
      }
      #expect(Operations.pairs(length, causal: causal, window: window) == Double(seen), "\(length)")
    }
  }
}
