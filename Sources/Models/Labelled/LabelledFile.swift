/// One file of a task: its role, what messages call it, and what all of its rows have in common.
package struct LabelledFile: Hashable, Sendable {
  /// The content of a file.
  package enum Role: String, Sendable, CaseIterable {
    /// Named sequences, FASTA or a table of names and sequences, to which the other files refer.
    case sequences
    /// Labels, one a line, of the sequences of another file in its order.
    case labelLines = "label-lines"
    /// Rows of all splits.
    case table
    case train, dev, test
  }

  package let role: Role
  package let name: String
  /// The label and the split of its rows, where the file says them and not its content.
  package let label: String?
  package let split: String?

  package init(_ role: Role, _ name: String, label: String? = nil, split: String? = nil) {
    self.role = role
    self.name = name
    self.label = label
    self.split = split
  }
}
