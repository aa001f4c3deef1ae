/// A sequence with a name. `sequence` holds upper-case ASCII letters of its alphabet.
package struct SequenceRecord: Hashable, Sendable {
  package var name: String
  package var sequence: [UInt8]
  package init(name: String, sequence: [UInt8]) {
    self.name = name
    self.sequence = sequence
  }
}
