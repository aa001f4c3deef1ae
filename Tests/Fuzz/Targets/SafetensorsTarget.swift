import Spaces
import Tensors

@testable import Networks
@testable import Training

/// A block's weights, its moments, and the description of a supernet. Values that were read are written
/// and read the same.
struct SafetensorsTarget: FuzzTarget {
  let name = "safetensors"
  let words = [
    "{", "}", "\"__metadata__\":", "\"steps\":\"", "\"dtype\":\"F32\"", "\"shape\":[", "\"data_offsets\":[",
    "\"first.weight\":", "\"second.weight\":", "\"weight\":", "\"bias\":", "-9223372036854775808",
    "9223372036854775807", ",", ":", "]", "\"format\":1", "\"vocabulary\":", "\"embedding_width\":", "\"causal\":true",
    "\"seed\":", "e\u{301}",
  ]

  private static let layout: ParameterLayout = {
    var layout = ParameterLayout()
    layout.add("weight", [2, 3], decays: true, .zeros)
    layout.add("bias", [3], decays: false, .zeros)
    return layout
  }()

  private typealias Buffers = [(prefix: String, buffer: ParameterBuffer)]

  /// The buffers of a file of weights, and those of a file of moments.
  private static var forms: [Buffers] {
    [
      [("", ParameterBuffer(layout))],
      [("first.", ParameterBuffer(layout)), ("second.", ParameterBuffer(layout))],
    ]
  }

  func check(_ bytes: [UInt8]) {
    for (form, twin) in zip(Self.forms, Self.forms) {
      guard let metadata = try? Safetensors.decode(bytes, file: "f", into: form) else { continue }
      let written = Safetensors.encode(form, metadata: metadata)
      guard let again = try? Safetensors.decode(written, file: "f", into: twin) else {
        fatalError("what was written cannot be read")
      }
      require(again == metadata && bits(form) == bits(twin), "what was written reads otherwise")
    }
    let checkpoint = Checkpoint([CheckpointFile(name: SupernetDescription.fileName, bytes: bytes)])
    if let description = try? SupernetDescription(checkpoint) {
      let file = CheckpointFile(name: SupernetDescription.fileName, bytes: description.bytes)
      require((try? SupernetDescription(Checkpoint([file]))) == description, "a description reads otherwise")
    }
  }

  private func bits(_ buffers: Buffers) -> [UInt32] {
    buffers.flatMap { $0.buffer.values(0) + $0.buffer.values(1) }.map(\.bitPattern)
  }

  var seeds: [[UInt8]] {
    let files = Self.forms.flatMap { form in
      form[0].buffer.set(0, [1, -2, .infinity, .nan, 0.5, -0])
      return [[:], ["steps": "12"]].map { Safetensors.encode(form, metadata: $0) }
    }
    return files + [SupernetDescription(vocabulary: 69, embedding: Embedding(width: 32), causal: true, seed: 7).bytes]
  }
}
