import Tensors
import Testing

@testable import Networks
@testable import Training

@Suite struct SafetensorsTests {
  private static func file(offsets: String) -> [UInt8] {
    var header = Array(#"{"weight":{"data_offsets":[\#(offsets)],"dtype":"F32","shape":[1]}}"#.utf8)
    while header.count % 8 != 0 { header.append(0x20) }
    return withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header + [0, 0, 128, 63]
  }

  private static func decode(_ bytes: [UInt8]) throws -> [Float] {
    var layout = ParameterLayout()
    layout.add("weight", [1], decays: false, .zeros)
    let buffer = ParameterBuffer(layout)
    _ = try Safetensors.decode(bytes, file: "f", into: [("", buffer)])
    return buffer.values(0)
  }

  /// Offsets of a file from elsewhere may be any integers.
  @Test(arguments: [
    "4,8", "-4,0", "0,8", "4,0", "0,-9223372036854775808", "9223372036854775807,-9223372036854775805",
    "9223372036854775803,9223372036854775807", "0", "0,4,8",
  ])
  func `offsets outside of the file are refused`(_ offsets: String) throws {
    #expect(try Self.decode(Self.file(offsets: "0,4")) == [1])
    #expect(throws: ModelError.self) { try Self.decode(Self.file(offsets: offsets)) }
  }
}
