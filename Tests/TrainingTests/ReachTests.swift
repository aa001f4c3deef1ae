import Blocks
import Randomness
import Spaces
import Tensors
import Testing
import Tokens

@testable import Networks

/// How far features reach, by gradients.
@Suite struct ReachTests {
  private let length = 21

  private func path(_ text: String, causal: Bool) throws -> Path {
    let description = SupernetDescription(
      vocabulary: 40, embedding: Embedding(width: 8), positions: .none, causal: causal, seed: 3)
    return try Supernet(description).path(Architecture(parsing: text), head: .tokens)
  }

  /// Every token of the sequence is another, so that a row of the table is the embedding of one place.
  private func ids() -> [Int32] { (0..<Int32(length)).map { $0 + 7 } }

  private func reach(_ path: Path, of row: Int, along direction: [Float]) -> [Double] {
    let tape = Tape()
    tape.begin(lengths: [length], training: true)
    return path.reach(ids()[...], of: row, along: direction, on: tape)
  }

  /// The features behind the last norm at a row, along a direction.
  private func value(_ path: Path, of row: Int, along direction: [Float]) -> Double {
    let tape = Tape()
    tape.begin(lengths: [length], training: false)
    let bound = path.bind(to: tape)
    let features = path.chosen(path.body(ids()[...], bound, tape), [Int32(row)], tape)
    return zip(tape.array(tape.normalize(features, bound.norm)), direction).reduce(0) {
      $0 + Double($1.0) * Double($1.1)
    }
  }

  @Test(arguments: ["c8(kernel=3)-t8", "h8(form=modal)-g8(dilation=2,kernel=3)", "m8-l8"], [false, true])
  func `reach is the square of central differences`(_ text: String, causal: Bool) throws {
    let (path, row) = (try path(text, causal: causal), 10)
    let direction = (0..<8).map { $0 % 3 == 0 ? Float(-1) : 1 }
    let found = reach(path, of: row, along: direction)
    let blocks = [path.embedding.block.weights] + [path.gate?.block.weights].compactMap(\.self)
    for place in [0, 4, 8, 9, 10, 11, 13, 20] {
      var sum = 0.0
      for table in blocks {
        let before = table.values(0)
        for column in 0..<8 {
          let index = Int(ids()[place]) * 8 + column
          let step: Float = 1.0 / 64
          let values = [step, -step].map { step in
            var changed = before
            changed[index] += step
            table.set(0, changed)
            return value(path, of: row, along: direction)
          }
          let slope = (values[0] - values[1]) / Double(2 * step)
          sum += slope * slope
        }
        table.set(0, before)
      }
      #expect(abs(found[place] - sum) < 2e-2 * max(sum, 1e-3), "\(text) at \(place): \(found[place]), \(sum)")
      // Transforms of a long filter round.
      if causal, place > row { #expect(found[place] < 1e-12) }
    }
    #expect(found[row] > 0)
  }

  @Test(arguments: [
    ("c8(kernel=3)-c8(kernel=3,dilation=2)", 7), ("g8(kernel=3)-g8(dilation=3,kernel=3)", 9),
    ("t8(window=2)-c8(kernel=3)", 7),
  ])
  func `nothing comes from beyond what shapes allow`(_ text: String, _ sees: Int) throws {
    let path = try path(text, causal: false)
    #expect(try Architecture(parsing: text).receptiveField() == sees)
    let found = reach(path, of: 10, along: [Float](repeating: 1, count: 8).enumerated().map { $0.offset == 0 ? -1 : 1 })
    for (place, square) in found.enumerated() {
      #expect((square > 0) == (abs(place - 10) <= sees / 2), "\(text) at \(place): \(square)")
    }
  }

  @Test func `reach does not depend on threads`() throws {
    let description = SupernetDescription(vocabulary: 40, embedding: Embedding(width: 8), causal: false, seed: 3)
    let architecture = try Architecture(parsing: "h8-t8")
    let supernet = Supernet(description)
    let path = try supernet.path(architecture, head: .tokens)
    var files = [CheckpointFile(name: SupernetDescription.fileName, bytes: description.bytes)]
    for name in supernet.checkpointNames(of: path) {
      files.append(CheckpointFile(name: name, bytes: try supernet.checkpointBytes(name)))
    }
    var tokens = PackedTokens()
    for piece in 0..<5 { tokens.append((0..<30).map { Int32(($0 * 7 + piece) % 33 + 7) }[...]) }
    let all = try [1, 2, 4].map { threads in
      let network = try TaskNetwork(
        architecture, head: TaskHead(.tokens(2)), of: Checkpoint(files), givesOutputs: false, half: false,
        threads: threads)
      return try network.reach(of: tokens, random: Philox(seed: 1, stream: .reach), threads: threads)
    }
    #expect(all[0] != nil && all[0] == all[1] && all[1] == all[2])
    #expect(try #require(all[0]).count == 30)
  }

  /// Tokens that are pooled see what the others of their group see: the one that is asked is in the middle of it.
  @Test(arguments: [2, 3, 4, 8]) func `a pooled field lies around the token that is asked`(_ factor: Int) throws {
    let text = "p8(factor=\(factor))-g8(kernel=3)"
    let description = SupernetDescription(vocabulary: 80, embedding: Embedding(width: 8), causal: false, seed: 3)
    let (supernet, architecture) = (Supernet(description), try Architecture(parsing: text))
    let path = try supernet.path(architecture, head: .tokens)
    var files = [CheckpointFile(name: SupernetDescription.fileName, bytes: description.bytes)]
    for name in supernet.checkpointNames(of: path) {
      files.append(CheckpointFile(name: name, bytes: try supernet.checkpointBytes(name)))
    }
    let network = try TaskNetwork(
      architecture, head: TaskHead(.tokens(2)), of: Checkpoint(files), givesOutputs: false, half: false, threads: 1)
    var tokens = PackedTokens()
    tokens.append((0..<64).map { Int32($0 + 7) }[...])
    let squares = try #require(try network.reach(of: tokens, random: Philox(seed: 1, stream: .reach), threads: 1))
    let seen = squares.indices.filter { squares[$0] > 0 }
    let middle = network.middle(of: 64)
    #expect(seen.count == 3 * factor && architecture.receptiveField() == 3 * factor)
    #expect(abs((middle - seen.first!) - (seen.last! - middle)) <= 1, "\(middle) in \(seen)")
  }
}
