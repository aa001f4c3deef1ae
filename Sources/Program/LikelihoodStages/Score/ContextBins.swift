import Glibc
import Rankings

/// Bits per letter by the number of tokens that were seen of a token, of the first sequences: bin k holds 2^k up to
/// 2^(k + 1) - 1 tokens.
struct ContextBins {
  /// Sequences that are kept apart, for intervals.
  static let most = 2000

  private struct Bin {
    var letters = 0
    var nats = 0.0
  }

  /// By sequence, by bin.
  private var sequences: [[Bin]] = []
  /// Sequences that were not kept apart.
  private(set) var leftOut = 0
  private var isOpen = false

  /// Begins a sequence.
  mutating func begin() {
    isOpen = sequences.count < Self.most
    if isOpen { sequences.append([]) } else { leftOut += 1 }
  }

  /// Adds a token of the sequence that was begun last.
  mutating func add(_ token: TokenScore) {
    guard isOpen, token.context > 0 else { return }
    let bin = Int.bitWidth - 1 - token.context.leadingZeroBitCount
    let last = sequences.count - 1
    while sequences[last].count <= bin { sequences[last].append(Bin()) }
    sequences[last][bin].letters += token.letters
    sequences[last][bin].nats -= token.logProbability
  }

  /// The bins with a letter, with means over sequences and their bootstrap intervals.
  /// - Parameter sequences: all that were read.
  func document(_ architecture: String, isCausal: Bool) -> ContextDocument {
    let bins = sequences.reduce(0) { max($0, $1.count) }
    let measures = (0..<bins).map { bin in
      sequences.map { sequence -> Double? in
        guard bin < sequence.count, sequence[bin].letters > 0 else { return nil }
        return sequence[bin].nats / M_LN2 / Double(sequence[bin].letters)
      }
    }
    let means = Bootstrap.means(of: measures)
    let rows = (0..<bins).compactMap { bin -> ContextDocument.Bin? in
      let letters = sequences.reduce(0) { $0 + (bin < $1.count ? $1[bin].letters : 0) }
      guard letters > 0 else { return nil }
      return ContextDocument.Bin(
        least: 1 << bin, most: (1 << (bin + 1)) - 1, sequences: measures[bin].count { $0 != nil }, letters: letters,
        bits: means[bin])
    }
    return ContextDocument(
      architecture: architecture, isCausal: isCausal, sequences: sequences.count, leftOut: leftOut, bins: rows)
  }
}
