/// One file of a checkpoint. Names begin with the part that they belong to: `weights/` (what a fine-tune reads) or
/// `state/` (moments, step counts, cursor).
package struct CheckpointFile: Hashable, Sendable {
  package let name: String
  package let bytes: [UInt8]
  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}
