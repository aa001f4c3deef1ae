package import Artifacts
package import DataStages
import Inputs
import JSON
import Tables
import Wording

extension ArtifactView {
  /// The tensors of a checkpoint, from the headers of its safetensors files: 8 bytes of length, then JSON.
  package static func tensors(_ artifact: any InputArtifact) throws -> ArtifactView {
    var cells: [[TableCell]] = []
    var total = 0
    var tensors: [JSON] = []
    for name in try artifact.names where name.hasSuffix(".safetensors") {
      let bytes = try artifact.bytes(name)
      guard bytes.count >= 8 else { continue }
      let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard length <= UInt64(bytes.count - 8),
        let entries = try JSONArtifact.parse(Array(bytes[8..<8 + Int(length)])).members
      else { continue }
      for (tensor, entry) in entries.sorted(by: { $0.key < $1.key }) where tensor != "__metadata__" {
        guard let shape = entry["shape"]?.array, let type = entry["dtype"]?.string else { continue }
        let sizes = shape.compactMap(\.int)
        let count = sizes.reduce(1) { $0.multiplied(saturatingBy: $1) }
        total = total.added(saturatingTo: count)
        cells.append([
          .text(String(name.dropLast(".safetensors".count))), .text(tensor),
          .text(sizes.map(String.init).joined(separator: " x ")), .text(type), .count(count),
        ])
        tensors.append(
          .object([
            ("block", .string(name)), ("tensor", .string(tensor)), ("shape", .array(shape)), ("dtype", .string(type)),
          ]))
      }
    }
    return ArtifactView(
      lines: ["\(cells.count) tensors, \(Words.grouped(total)) numbers"],
      tables: [Table(["block", "tensor", "shape", "type", "numbers"], numeric: [4], cells: cells)],
      json: .array(tensors))
  }
}
