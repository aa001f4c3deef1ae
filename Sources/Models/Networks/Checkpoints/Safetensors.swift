import JSON
package import Tensors

/// One block as a safetensors file (huggingface.co/docs/safetensors): 8 bytes of header length, little-endian; a JSON
/// header from tensor name to dtype, shape and byte range, padded with spaces to 8 bytes; the numbers, little-endian
/// F32. Tensors lie in the order of the block's layout, without gaps.
package enum Safetensors {
  /// A file of every tensor of `buffers`; buffer `prefix`'s tensors are named prefix + name.
  package static func encode(_ buffers: [(prefix: String, buffer: ParameterBuffer)], metadata: [String: String])
    -> [UInt8]
  {
    var header: [String: JSON] = [:]
    if !metadata.isEmpty { header["__metadata__"] = .sorted(metadata.mapValues { .string($0) }) }
    var end = 0
    for (prefix, buffer) in buffers {
      for entry in buffer.layout.entries {
        header[prefix + entry.name] = .object([
          ("data_offsets", .array([.int(end), .int(end + entry.count * 4)])), ("dtype", .string("F32")),
          ("shape", .array(entry.shape.map(JSON.int))),
        ])
        end += entry.count * 4
      }
    }
    var text = Array(JSON.sorted(header).line.utf8)
    while text.count % 8 != 0 { text.append(0x20) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + text.count + end)
    withUnsafeBytes(of: UInt64(text.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: text)
    for (_, buffer) in buffers {
      for index in buffer.layout.entries.indices {
        buffer.values(index).withUnsafeBytes { bytes.append(contentsOf: $0) }
      }
    }
    return bytes
  }

  /// Fills `buffers` from a file and returns its metadata. Throws `ModelError.badCheckpoint` unless the file has
  /// exactly the tensors expected, in place.
  package static func decode(
    _ bytes: [UInt8], file: String, into buffers: [(prefix: String, buffer: ParameterBuffer)]
  ) throws -> [String: String] {
    func fail(_ reason: String) -> ModelError { .badCheckpoint(file: file, reason: reason) }
    guard bytes.count >= 8 else { throw fail("shorter than its length field") }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * $1) }
    guard length <= UInt64(bytes.count - 8) else { throw fail("a header of \(length) bytes in \(bytes.count)") }
    let start = 8 + Int(length)
    guard let entries = (try? JSON(parsing: Array(bytes[8..<start])))?.members else { throw fail("no JSON header") }
    let members = Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.value) })
    var expected = 0
    for (prefix, buffer) in buffers {
      for (index, entry) in buffer.layout.entries.enumerated() {
        expected += 1
        let name = prefix + entry.name
        guard let tensor = members[name] else { throw fail("no tensor \(name)") }
        guard tensor["dtype"]?.string == "F32", tensor["shape"]?.ints == entry.shape else {
          throw fail("tensor \(name) is not F32 \(entry.shape)")
        }
        guard let range = tensor["data_offsets"]?.ints, range.count == 2, range[0] >= 0, range[1] >= range[0],
          range[1] - range[0] == entry.count * 4, range[1] <= bytes.count - start
        else { throw fail("tensor \(name) lies outside the file") }
        buffer.set(index, floats(bytes, at: start + range[0], count: entry.count))
      }
    }
    let metadata = members["__metadata__"]
    guard members.count == expected + (metadata == nil ? 0 : 1) else {
      throw fail("tensors that the block does not have")
    }
    let pairs = (metadata?.members ?? []).compactMap { pair in pair.value.string.map { (pair.key, $0) } }
    return Dictionary(uniqueKeysWithValues: pairs)
  }

  private static func floats(_ bytes: [UInt8], at offset: Int, count: Int) -> [Float] {
    bytes.withUnsafeBytes { raw in
      (0..<count).map { index in
        let bits = raw.loadUnaligned(fromByteOffset: offset + 4 * index, as: UInt32.self)
        return Float(bitPattern: UInt32(littleEndian: bits))
      }
    }
  }
}
