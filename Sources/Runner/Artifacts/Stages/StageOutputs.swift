/// The outputs that a stage writes. Nothing is visible to others before the step has ended well.
package protocol StageOutputs: Sendable {
  /// A writer of one file of an output; "" for the one file of a `.file` port.
  func create(_ port: String, _ name: String) throws -> any ByteWriter
}

extension StageOutputs {
  /// Writes one whole file of an output.
  package func write(_ port: String, _ name: String = "", _ bytes: [UInt8]) throws {
    let writer = try create(port, name)
    try writer.write(bytes)
    try writer.close()
  }
}
