/// A change of a record: one edit, or several at places that do not overlap.
package struct Variant: Hashable, Sendable {
  /// Letters of the record in whose place others stand. An insertion has no letters of the record, a deletion no
  /// others.
  package struct Edit: Hashable, Sendable {
    /// The place of the first letter, from 0.
    package let start: Int
    package let reference: [UInt8]
    package let alternative: [UInt8]

    package init(_ start: Int, _ reference: [UInt8], _ alternative: [UInt8]) {
      (self.start, self.reference, self.alternative) = (start, reference, alternative)
    }

    package var end: Int { start + reference.count }
  }

  package let name: String
  /// Empty: of the only record.
  package let record: String
  /// By ascending place.
  package let edits: [Edit]

  /// - Parameter edits: at least one, in any order.
  package init(_ name: String, record: String, _ edits: [Edit]) {
    precondition(!edits.isEmpty, "a variant without an edit")
    (self.name, self.record) = (name, record)
    self.edits = edits.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
  }

  /// The letters of the record that it spans.
  package var range: Range<Int> { edits[0].start..<edits.reduce(0) { max($0, $1.end) } }

  /// Whether letters stand for as many others, place by place.
  package var isSubstitution: Bool { edits.allSatisfy { $0.reference.count == $0.alternative.count } }

  /// The reason for which letters are not those that the variant changes; nil where they are.
  package func fault(in letters: some RandomAccessCollection<UInt8>) -> VariantFault? {
    guard edits[0].start >= 0, range.upperBound <= letters.count else { return .outside }
    guard zip(edits, edits.dropFirst()).allSatisfy({ $0.end <= $1.start }) else { return .overlap }
    let isRight = edits.allSatisfy { edit in
      let first = letters.index(letters.startIndex, offsetBy: edit.start)
      return letters[first...].prefix(edit.reference.count).elementsEqual(edit.reference)
    }
    return isRight ? nil : .wrongReference
  }

  /// The letters of a window of the record with the variant in them. Requires edits inside of the window.
  /// - Parameter start: the place of the window's first letter in the record.
  package func applied(to window: [UInt8], from start: Int) -> [UInt8] {
    var result: [UInt8] = []
    var place = start
    for edit in edits {
      result += window[(place - start)..<(edit.start - start)]
      result += edit.alternative
      place = edit.end
    }
    return result + window[(place - start)...]
  }
}
