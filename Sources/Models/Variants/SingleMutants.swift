package import Sequences

/// Every single substitution of a window of a record.
package enum SingleMutants {
  /// By place, the letters of the alphabet that are not there; places of letters that are none of the alphabet's bases
  /// have no mutants. Names are as `M182T`, with positions from 1.
  package static func all(
    of letters: [UInt8], in range: Range<Int>, record: String, _ alphabet: Alphabet
  ) -> [Variant] {
    let bases = alphabet.bases
    return range.flatMap { place -> [Variant] in
      let letter = letters[place]
      guard bases.contains(letter) else { return [] }
      return bases.filter { $0 != letter }.map { other in
        let name = String(decoding: [letter], as: UTF8.self) + "\(place + 1)" + String(decoding: [other], as: UTF8.self)
        return Variant(name, record: record, [.init(place, [letter], [other])])
      }
    }
  }
}
