/// The state of a course as named files, or a part of it, each of which is read when it is needed.
package struct Checkpoint {
  /// Every file's name.
  package let names: [String]
  /// The bytes of a file of `names`.
  package let read: (String) throws -> [UInt8]

  package init(names: [String], read: @escaping (String) throws -> [UInt8]) {
    self.names = names
    self.read = read
  }

  /// A checkpoint of files in memory.
  package init(_ files: [CheckpointFile]) {
    let table = Dictionary(files.map { ($0.name, $0.bytes) }) { first, _ in first }
    self.init(names: files.map(\.name)) { name in
      guard let bytes = table[name] else { throw ModelError.badCheckpoint(file: name, reason: "missing") }
      return bytes
    }
  }

  package func bytes(ifPresent name: String) throws -> [UInt8]? { names.contains(name) ? try read(name) : nil }
}
