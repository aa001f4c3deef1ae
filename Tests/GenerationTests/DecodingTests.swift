import Randomness
import Spaces
import Tensors
import Testing
import Tokens

@testable import Blocks
@testable import Networks

/// A causal network of a path with the weights that it starts with.
func network(
  _ text: String, vocabulary: Int = 12, positions: Positions = .none, seed: Int = 3, threads: Int = 1
) throws -> TokenNetwork {
  let architecture = try Preset.named(text).map(\.architecture) ?? Architecture(parsing: text)
  let description = SupernetDescription(
    vocabulary: vocabulary, architectures: [architecture], positions: positions, causal: true, seed: seed)
  let supernet = Supernet(description)
  let path = try supernet.path(architecture, head: .tokens)
  let checkpoint = Checkpoint(names: supernet.checkpointNames(of: path), read: supernet.checkpointBytes)
  return try TokenNetwork(architecture, of: checkpoint, threads: threads)
}

func tokens(_ count: Int, vocabulary: Int = 12, seed: Int = 1) -> [Int32] {
  let random = Philox(seed: seed, stream: .synthesis)
  return (0..<count).map { Int32(5 + random.integer(below: vocabulary - 5, $0)) }
}

/// The scores of all tokens in one pass, and those of pieces of the given lengths, one after another.
private func bothWays(_ network: TokenNetwork, _ ids: [Int32], pieces: [Int]) throws -> (whole: [Float], cut: [Float]) {
  let tape = Tape()
  tape.begin(lengths: [ids.count], training: false)
  let whole = tape.array(network.path.tokenLogits(ids[...], rows: Array(0..<Int32(ids.count)), on: tape))
  let (decoding, memory) = (try Decoding(network), SequenceMemory())
  var (cut, first): ([Float], Int) = ([], 0)
  for length in pieces {
    cut += try decoding.read([ids[first..<first + length]], after: [memory], everyRow: true)
    first += length
  }
  precondition(first == ids.count && memory.tokens == first)
  return (whole, cut)
}

private func distance(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).map { abs($0 - $1) }.max() ?? .infinity }

/// Every kind, with the options that change how far or where it looks.
private let kinds = [
  "c32", "c32(kernel=5,dilation=7)", "c32(groups=4,kernel=3)", "c32(groups=32)", "l32", "t32", "t64(heads=4)",
  "t32(rope=0)", "t32(window=16)", "t32(heads=2,rope=5000,stretch=4,window=40)", "m32", "m24(conv=3,state=5)",
  "h32(length=64)", "h32(length=64,groups=4)", "h32(form=modal)", "h32(form=modal,groups=4,modes=3,short=5)", "g32",
  "g32(dilation=3,kernel=5,tail=2)", "e16(stem=5)-g32-g24", "c16(mlp=swiglu,norm=rms)-h32(form=modal,mlp=gated)-t32",
  "c16-l24-t32-m16-h32(length=128)-g16",
]

@Suite struct DecodingTests {
  @Test(arguments: kinds) func `scores token by token are those of one pass`(text: String) throws {
    let network = try network(text)
    for length in [1, 2, 100, 4000] {
      let ids = tokens(length)
      let (whole, cut) = try bothWays(network, ids, pieces: [Int](repeating: 1, count: length))
      #expect(whole.count == length * 12)
      #expect(distance(whole, cut) < 1e-4, "\(text) at \(length)")
    }
  }

  @Test(arguments: kinds) func `scores behind a prompt in pieces are those of one pass`(text: String) throws {
    let network = try network(text)
    let (whole, cut) = try bothWays(network, tokens(700), pieces: [300, 1, 1, 150, 2, 40, 1, 205])
    #expect(distance(whole, cut) < 1e-4)
  }

  @Test(arguments: Preset.all.filter { !$0.text.contains("pool") }.map(\.name))
  func `presets go on as they read`(name: String) throws {
    let preset = try #require(Preset.named(name))
    // Widths of 768 take long, and are of the same blocks.
    let text = preset.text.contains("768") ? preset.text.replacing("768", with: "192") : name
    let network = try network(text, positions: preset.positions > 0 ? .learned(128) : .none)
    let (whole, cut) = try bothWays(network, tokens(100), pieces: [40] + [Int](repeating: 1, count: 60))
    #expect(distance(whole, cut) < 1e-4)
  }

  @Test(arguments: [Positions.learned(200), .sinusoidal]) func `places are those of the sequence`(
    positions: Positions
  ) throws {
    let network = try network("t32(rope=0)-c16", positions: positions)
    let (whole, cut) = try bothWays(network, tokens(200), pieces: [77, 1, 1, 121])
    #expect(distance(whole, cut) < 1e-4)
    if positions != .sinusoidal {
      let memory = SequenceMemory()
      let decoding = try Decoding(network)
      _ = try decoding.read([tokens(200)[...]], after: [memory])
      #expect(throws: ModelError.self) { try decoding.read([[6]], after: [memory]) }
    }
  }

  @Test(arguments: kinds) func `a sequence does not see those beside it`(text: String) throws {
    let (network, alone) = (try network(text), try Decoding(network(text)))
    let beside = try Decoding(network)
    let sequences = (0..<3).map { tokens(60 + 7 * $0, seed: $0) }
    let memories = (sequences.map { _ in SequenceMemory() }, sequences.map { _ in SequenceMemory() })
    for lengths in [[33, 48, 1], [1, 1, 1], [1, 2, 5]] {
      let pieces = sequences.indices.map { sequences[$0][memories.0[$0].tokens...].prefix(lengths[$0]) }
      let together = try beside.read(pieces, after: memories.0)
      for index in sequences.indices {
        let own = try alone.read([pieces[index]], after: [memories.1[index]])
        #expect(own == Array(together[index * 12..<(index + 1) * 12]), "\(text) \(index)")
      }
    }
  }

  @Test(arguments: kinds) func `a copy of a memory goes on by itself`(text: String) throws {
    let (decoding, memory) = (try Decoding(network(text)), SequenceMemory())
    _ = try decoding.read([tokens(90)[...]], after: [memory])
    let copy = memory.copy()
    let expected = try decoding.read([[6]], after: [copy])
    _ = try decoding.read([[7, 8, 9]], after: [copy])
    #expect(copy.tokens == 94 && memory.tokens == 90)
    #expect(try decoding.read([[6]], after: [memory]) == expected)
  }

  @Test(arguments: ["m32", "h32(form=modal)", "l32", "c32(dilation=7)", "t32(window=16)", "h32(length=64)", "g32"])
  func `memory does not grow with the sequence`(text: String) throws {
    let (decoding, memory) = (try Decoding(network(text)), SequenceMemory())
    let ids = tokens(3000)
    var floats: [Int] = []
    for (index, id) in ids.enumerated() {
      _ = try decoding.read([[id]], after: [memory])
      if index == 999 || index == 2999 { floats.append(memory.floats) }
    }
    #expect(floats[0] == floats[1] && floats[0] > 0)
  }

  @Test func `masked networks do not say what comes next`() throws {
    let architecture = try Architecture(parsing: "c16")
    let supernet = Supernet(
      SupernetDescription(vocabulary: 12, architectures: [architecture], causal: false, seed: 1))
    let path = try supernet.path(architecture, head: .tokens)
    let network = try TokenNetwork(
      architecture, of: Checkpoint(names: supernet.checkpointNames(of: path), read: supernet.checkpointBytes),
      threads: 1)
    #expect(throws: ModelError.self) { try Decoding(network) }
  }
}
