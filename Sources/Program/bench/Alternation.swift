import ArgumentParser
import JSON

/// Medians of rounds in which we and each peer work in turn, so that other load of the machine strikes all alike.
/// A turn is two steps, of which the second counts: the first finds the other's data in the caches and its threads,
/// which spin for a while before they sleep, on the cores.
struct Alternation {
  /// Our seconds.
  let ours: Double
  /// By peer: its seconds, or why there are none, and the peak memory of its process in bytes.
  let theirs: [(seconds: Double?, error: String?, peak: Int)]

  /// The quickest peer's seconds over ours; nil without a peer that answered.
  var ratio: Double? { theirs.compactMap(\.seconds).min().map { $0 / ours } }

  /// `step` gives the seconds of one round of ours; `peers` are asked for one of theirs with a line each. A peer whose
  /// first answer is an error is left alone after it.
  init(rounds: Int, step: () throws -> Double, peers: [(peer: Peer, line: String)]) throws {
    var own: [Double] = []
    var times = [[Double]](repeating: [], count: peers.count)
    var replies = [Reply?](repeating: nil, count: peers.count)
    for _ in 0..<max(1, rounds) {
      _ = try step()
      own.append(try step())
      for (number, peer) in peers.enumerated() where replies[number]?.error == nil {
        let reply = try Reply(peer.peer.ask(peer.line))
        if let seconds = reply.seconds { times[number].append(seconds) }
        replies[number] = reply
      }
    }
    ours = Self.median(own)
    theirs = peers.indices.map { number in
      (times[number].isEmpty ? nil : Self.median(times[number]), replies[number]?.error, replies[number]?.peak ?? 0)
    }
  }

  private struct Reply: Decodable {
    var seconds: Double?
    var peak: Int?
    var error: String?

    init(_ line: String?) throws {
      guard let line else { throw ValidationError("the peer ended: can that Python import torch?") }
      self = try JSON.decode(Self.self, Array(line.utf8))
    }
  }

  static func median(_ numbers: [Double]) -> Double { numbers.sorted()[numbers.count / 2] }
}
