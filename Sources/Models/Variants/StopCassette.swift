/// Stops in a gene, that end its protein early in any frame.
package struct StopCassette: Sendable {
  /// Fifteen letters with five stops: TAA TAA TAA of one frame, and with them TAG TGA.
  package static let letters = Array("TAATAATAATAGTGA".utf8)
  /// Letters between copies, and before the first.
  package static let spacing = 12

  /// The two ways in which studies have written them.
  package enum Form: String, Sendable, CaseIterable {
    /// A copy behind every twelfth letter of the coding sequence, as for Evo 2.
    case insert
    /// One copy in the place of the letters from the twelfth on, as for dnaHNet.
    case substitute
  }

  /// The letters of a window and those of its mutant.
  package struct Pair: Hashable, Sendable {
    package let reference: [UInt8]
    package let mutant: [UInt8]
    package let copies: Int
  }

  /// A window around a gene along the gene's strand: the gene in the middle, or for one longer than the window its
  /// start behind a quarter of the window. The window is whole as far as the record goes.
  /// - Parameters:
  ///   - gene: on the forward strand.
  ///   - count: letters of the record.
  /// - Returns: on the forward strand.
  package static func window(_ gene: Range<Int>, isReverse: Bool, length: Int, of count: Int) -> Range<Int> {
    let size = min(length, count)
    let before = gene.count <= size ? (size - gene.count) / 2 : size / 4
    let first = isReverse ? gene.upperBound + before - size : gene.lowerBound - before
    let start = max(0, min(first, count - size))
    return start..<start + size
  }

  /// The mutant of a window; nil where no copy has room in the gene.
  /// - Parameters:
  ///   - window: letters along the gene's strand.
  ///   - gene: places of the gene in the window, from below 0 or beyond its end where it is longer.
  package static func pair(_ window: [UInt8], gene: Range<Int>, _ form: Form) -> Pair? {
    let end = min(gene.upperBound, window.count)
    switch form {
    case .substitute:
      let start = gene.lowerBound + spacing
      guard start >= 0, start + letters.count <= end else { return nil }
      return Pair(
        reference: window, mutant: window[..<start] + letters + window[(start + letters.count)...], copies: 1)
    case .insert:
      let places = stride(from: gene.lowerBound + spacing, to: end, by: spacing).filter { $0 > 0 }
      guard !places.isEmpty else { return nil }
      var mutant: [UInt8] = []
      var last = 0
      for place in places {
        mutant += window[last..<place] + letters
        last = place
      }
      return Pair(reference: window, mutant: mutant + window[last...], copies: places.count)
    }
  }
}
