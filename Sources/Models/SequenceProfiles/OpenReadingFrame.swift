import Sequences

/// A stretch of codons from a start (ATG, GTG or TTG, those of bacteria) to the next stop of its frame (TAA, TAG, TGA):
/// of the starts behind one stop the first.
package struct OpenReadingFrame: Hashable, Sendable {
  /// The place of the start codon on the strand that it is read on.
  package let start: Int
  /// Codons, without the stop.
  package let codons: Int
  package let isReverse: Bool
  /// Places in `starts` and `stops`.
  package let startCodon: Int
  package let stopCodon: Int

  package static let starts = ["ATG", "GTG", "TTG"]
  package static let stops = ["TAA", "TAG", "TGA"]

  /// Every frame of at least so many codons that ends within the sequence, on both strands: by strand and place.
  package static func all(in sequence: [UInt8], minimum: Int) -> [OpenReadingFrame] {
    all(on: sequence, isReverse: false, minimum) + all(on: Complement.reversed(sequence), isReverse: true, minimum)
  }

  private static func all(on strand: [UInt8], isReverse: Bool, _ minimum: Int) -> [OpenReadingFrame] {
    let (starts, stops) = (Self.starts.map { Array($0.utf8) }, Self.stops.map { Array($0.utf8) })
    var found: [OpenReadingFrame] = []
    for frame in 0..<3 {
      var open: (start: Int, codon: Int)?
      for place in stride(from: frame, through: strand.count - 3, by: 3) {
        let codon = strand[place..<place + 3]
        if let stop = stops.firstIndex(where: { codon.elementsEqual($0) }) {
          if let open, (place - open.start) / 3 >= minimum {
            found.append(
              OpenReadingFrame(
                start: open.start, codons: (place - open.start) / 3, isReverse: isReverse, startCodon: open.codon,
                stopCodon: stop))
          }
          open = nil
        } else if open == nil, let start = starts.firstIndex(where: { codon.elementsEqual($0) }) {
          open = (place, start)
        }
      }
    }
    return found.sorted { $0.start < $1.start }
  }
}
