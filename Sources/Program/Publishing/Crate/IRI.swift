import Artifacts
import Web

/// Names of things in a crate's metadata.
enum IRI {
  /// A relative path, or a part of a name, with everything escaped that has a meaning in an address.
  static func path(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    let bytes = text.utf8.flatMap { byte -> [UInt8] in
      let isPlain =
        (48...57).contains(byte) || (65...90).contains(byte & 0xDF) && byte < 0x80 || "-._~/=,+".utf8.contains(byte)
      return isPlain ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The name of bytes by their digest (RFC 6920), wherever they are.
  static func bytes(_ digest: Digest) -> String { "ni:///sha-256;\(Base64.encodedForURL(digest.bytes))" }

  static func stage(_ name: String) -> String { "#stage/\(path(name))" }
  static func parameter(_ stage: String, _ name: String) -> String { "\(self.stage(stage))/with/\(path(name))" }
  static func input(_ stage: String, _ port: String) -> String { "\(self.stage(stage))/in/\(path(port))" }
  static func output(_ stage: String, _ port: String) -> String { "\(self.stage(stage))/out/\(path(port))" }
  /// A stage of the pipeline file.
  static func step(_ node: String) -> String { "#how-to/\(path(node))" }
  /// The run of a step.
  static func action(_ address: String) -> String { "#run/\(path(address))" }
  /// An input of the pipeline.
  static func input(_ name: String) -> String { "#input/\(path(name))" }
  /// A result of the pipeline.
  static func result(_ name: String) -> String { "#result/\(path(name))" }
  static func lab(_ name: String) -> String { "#lab/\(path(name))" }
}
