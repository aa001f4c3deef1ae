import ArgumentParser
import Blocks
import Generation
import Glibc
import JSON
import Networks
import Spaces
import Tensors

/// Generation token by token, in alternation with a cached loop in PyTorch.
struct GenerationBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generation", abstract: "Tokens drawn one by one from a causal path, beside a cached PyTorch loop.",
    discussion: """
      The peer knows modal Hyena and attention with a window, with gated MLPs and RMSNorms, as in StripedHyena.

      EXAMPLES
        bench generation --python venv/bin/python
        bench generation --length 650000 --rounds 1 --python none
      """)

  /// A million parameters: attention in the third of five layers.
  @Option(help: "The architecture.") var path =
    "e128-"
    + (0..<5).map { $0 == 2 ? "t128(mlp=gated,norm=rms,window=1024)" : "h128(form=modal,mlp=gated,norm=rms)" }
    .joined(separator: "-")
  @Option(help: "Tokens of a round.") var length = 2000
  @Option(help: "Sequences drawn together.") var together = 1
  @Option(help: "Tokens of the vocabulary.") var vocabulary = 9
  @Option(help: "Measured rounds; medians are shown.") var rounds = 5
  @Option(help: "A Python that can import torch; `none` leaves the peer out.")
  var python = Peer.python

  /// The work that the peer is given.
  private struct Work: Encodable {
    let layers: [[String: Int]]
    let width: Int
    let length: Int
    let together: Int
    let vocabulary: Int
  }

  func run() throws {
    let architecture = try Architecture(parsing: path)
    let supernet = Supernet(
      SupernetDescription(vocabulary: vocabulary, architectures: [architecture], causal: true, seed: 1))
    let initial = try supernet.path(architecture, head: .tokens)
    let network = try TokenNetwork(
      architecture, of: Checkpoint(names: supernet.checkpointNames(of: initial), read: supernet.checkpointBytes),
      threads: 1)
    print("\(path): \(network.parameterCount) parameters, \(length) tokens, \(together) together")
    let peers = try python == "none" ? [] : [(peer: Peer(python, "generation_peer.py"), line: line(architecture))]
    defer { for (peer, _) in peers { peer.end() } }
    let times = try Alternation(rounds: rounds, step: { try seconds(network) }, peers: peers)
    let rate = Double(length * together) / times.ours
    var text = "ours \(rate.text(0)) tokens/s, \(times.ours.text(2)) s"
    if let theirs = times.theirs.first {
      text +=
        theirs.seconds.map {
          ", PyTorch \((Double(length * together) / $0).text(0)) tokens/s (\(theirs.peak >> 20) MiB)"
        } ?? ", PyTorch failed: \(theirs.error ?? "no answer")"
    }
    if let ratio = times.ratio { text += ", ratio \(ratio.text(2))" }
    print(text, "| our process so far: \(Memory.peak >> 20) MiB")
  }

  /// Seconds of one round, at whose quarters the floats are told that the sequences have left behind.
  private func seconds(_ network: TokenNetwork) throws -> Double {
    let decoding = try Decoding(network)
    let memories = (0..<together).map { _ in SequenceMemory() }
    let sampling = Sampling()
    let allowed = Array(5..<Int32(vocabulary))
    var tokens = [[Int32]](repeating: [5], count: together)
    let clock = ContinuousClock.now
    for step in 0..<length {
      let scores = try decoding.read(tokens.map { $0[...] }, after: memories)
      for index in tokens.indices {
        let own = scores[index * vocabulary..<(index + 1) * vocabulary]
        // Any number of 0 to 1 serves.
        let uniform = Double((step * 7919 + index * 104_729) % 1000) / 1000
        tokens[index] = [sampling.draw(own, allowed: allowed, uniform: uniform)]
      }
      if length > 100_000, (step + 1) % (length / 4) == 0 {
        let floats = memories.reduce(0) { $0 + $1.floats }
        let seconds = (ContinuousClock.now - clock) / .seconds(1)
        print("  \(step + 1) tokens: \(seconds.text(1)) s, \(floats * 4) bytes left behind")
        fflush(nil)
      }
    }
    return (ContinuousClock.now - clock) / .seconds(1)
  }

  private func line(_ architecture: Architecture) throws -> String {
    let layers = architecture.layers.map { layer in
      ["width": layer.width, "inner": layer["inner"], "isHyena": layer.kind.name == "hyena" ? 1 : 0].merging(
        layer.kind.name == "hyena"
          ? ["modes": layer["modes"], "short": layer["short"]]
          : ["heads": layer["heads"], "window": layer["window"]]
      ) { $1 }
    }
    let work = Work(
      layers: layers, width: architecture.layers[0].width, length: length, together: together, vocabulary: vocabulary)
    return String(decoding: try JSON.encode(work, .line), as: UTF8.self)
  }
}
