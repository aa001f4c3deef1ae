package import Foundation

/// The folder `Goldens` beside a test: files with the texts that the program must give. `BIOARC_RECORD=1` writes them
/// anew, and then the test fails.
package struct GoldenFolder {
  package let url: URL

  /// The folder beside the file that calls this.
  package init(beside file: String = #filePath) {
    url = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("Goldens")
  }

  /// The difference of `text` from the golden file `name`; nil: there is none.
  package func difference(_ text: String, _ name: String) throws -> String? {
    let file = url.appendingPathComponent(name)
    if ProcessInfo.processInfo.environment["BIOARC_RECORD"] == "1" {
      try Data(text.utf8).write(to: file)
      return "\(name) was recorded"
    }
    guard let expected = try? String(contentsOf: file, encoding: .utf8) else {
      return "there is no golden \(name); record it with BIOARC_RECORD=1"
    }
    return text == expected ? nil : "\(name) has\n\(expected)\nand not\n\(text)"
  }

  /// Names in the folder `bad`, sorted: files, or folders of files, each with its message in `.expected` beside it.
  package var bad: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: url.appendingPathComponent("bad").path)
        .filter { !$0.hasSuffix(".expected") }.sorted()
    }
  }

  /// The bytes of a file in the folder `bad`.
  package func bad(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: url.appendingPathComponent("bad/\(name)")))
  }

  /// The difference of the message of a file in the folder `bad` from the one beside it; nil: there is none.
  /// A reading that throws nothing says `accepted`.
  package func difference(bad name: String, reading: () throws -> Void) throws -> String? {
    var message = "accepted"
    do { try reading() } catch { message = "\(error)" }
    return try difference(message + "\n", "bad/\(name).expected")
  }
}
