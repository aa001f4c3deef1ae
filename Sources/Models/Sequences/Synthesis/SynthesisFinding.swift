/// The reason for which a synthetic set cannot be made.
package enum SynthesisFinding: Error, Hashable, Sendable {
  case negative(String, Int)
  case notAFraction(String, Double)
  /// A motif's first index lies before the sequence, or its last behind it.
  case outside(String, first: Int, length: Int)
  case impossibleBackground(gc: Double, cpg: Double)
  /// First motifs would lie among second ones.
  case crowded(pairs: Int, distance: Int)
  /// Too few places for two motifs whose distance decides.
  case narrow(length: Int, needed: Int)
  /// No new sequence was found for a record.
  case exhausted(split: String, record: Int)
}

extension SynthesisFinding: CustomStringConvertible {
  package var description: String {
    switch self {
    case .negative(let name, let count): "\(name) is \(count), but may not be negative"
    case .notAFraction(let name, let value): "\(name) is \(value), but must be in 0...1"
    case .outside(let name, let first, let length):
      "\(name) begins at index \(first) and does not fit a sequence of \(length): change length or upstream"
    case .impossibleBackground(let gc, let cpg):
      "no background has GC \(gc) and CpG \(cpg): TA would need a negative frequency; raise cpg or lower gc"
    case .crowded(let pairs, let distance):
      "\(pairs) pairs need \(pairs * PairSynthesis.margin) bases, and the distance is \(distance): state fewer 'pairs'"
    case .narrow(let length, let needed):
      "length is \(length), but an initiator and its downstream element need \(needed) bases to lie in several places"
    case .exhausted(let split, let record):
      "no new sequence was found for record \(record) of \(split): ask for fewer or longer ones"
    }
  }
}
