package import Sequences

/// The words of k letters of sequences, thinned out: of each w neighbouring words the one with the least hash (Roberts
/// et al. 2004, "Reducing storage requirements for biological sequence comparison"; Schleimer et al. 2003, winnowing).
///
/// Two sequences that share k + w - 1 letters share a minimizer. Words of DNA are of the strand whose number is
/// smaller, so that both strands have the same; words with another letter than the alphabet's bases are none.
package struct Minimizers: Sendable {
  package let alphabet: Alphabet
  /// k: up to 31 letters of DNA, or 12 of proteins.
  package let length: Int
  /// w; 1 takes every word.
  package let window: Int
  /// By byte: the number of a base, or -1.
  private let numbers: [Int8]

  /// The most letters of a word: its number has 64 bits.
  package static func longest(_ alphabet: Alphabet) -> Int { alphabet == .dna ? 31 : 12 }

  package init(_ alphabet: Alphabet, length: Int, window: Int) {
    precondition(
      (1...Self.longest(alphabet)).contains(length) && window > 0, "words of \(length), windows of \(window)")
    (self.alphabet, self.length, self.window) = (alphabet, length, window)
    var numbers = [Int8](repeating: -1, count: 256)
    for (number, letter) in alphabet.bases.enumerated() { numbers[Int(letter)] = Int8(number) }
    self.numbers = numbers
  }

  /// Calls `body` with the hash of each minimizer, and the place behind its last letter, until it returns false. A run
  /// of fewer than w words has one.
  package func forEach(_ sequence: [UInt8], _ body: (_ hash: UInt64, _ end: Int) -> Bool) {
    var recent = [(hash: UInt64, end: Int)](repeating: (0, 0), count: window)
    var (count, best) = (0, 0)
    var isGoingOn = true
    func endRun() {
      if count > 0, count < window, isGoingOn {
        let least = recent[..<count].min { ($0.hash, $1.end) < ($1.hash, $0.end) }!
        isGoingOn = body(least.hash, least.end)
      }
      count = 0
    }
    forEachWord(sequence, endOfRun: endRun) { hash, end in
      if window == 1 { return body(hash, end) }
      let place = count % window
      recent[place] = (hash, end)
      count += 1
      if count < window { return true }
      if count == window || best == place {
        // The last of equals stays longest.
        best = recent.indices.min {
          (recent[$0].hash, recent[$1].end) < (recent[$1].hash, recent[$0].end)
        }!
      } else if hash <= recent[best].hash {
        best = place
      } else {
        return true
      }
      isGoingOn = body(recent[best].hash, recent[best].end)
      return isGoingOn
    }
    endRun()
  }

  /// Calls `body` with the hash of each word until it returns false; `endOfRun` where a letter that is no base ends a
  /// run.
  private func forEachWord(_ sequence: [UInt8], endOfRun: () -> Void, _ body: (UInt64, Int) -> Bool) {
    let bits = UInt64(alphabet == .dna ? 2 : 5)
    let mask: UInt64 = (1 << (bits * UInt64(length))) - 1
    let top = bits * UInt64(length - 1)
    var (forward, reverse): (UInt64, UInt64) = (0, 0)
    var run = 0
    for (place, letter) in sequence.enumerated() {
      let number = numbers[Int(letter)]
      guard number >= 0 else {
        if run >= length { endOfRun() }
        run = 0
        continue
      }
      forward = (forward << bits | UInt64(number)) & mask
      reverse = alphabet == .dna ? reverse >> bits | (3 - UInt64(number)) << top : .max
      run += 1
      if run >= length, !body(Self.hash(min(forward, reverse)), place + 1) { return }
    }
  }

  /// The finisher of SplitMix64, which maps numbers one to one.
  private static func hash(_ word: UInt64) -> UInt64 {
    var z = word &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
