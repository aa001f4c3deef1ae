package import Foundation

/// The checkout that the tests run in.
package enum Repository {
  package static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Real data, or nil where there is none: `BIOARC_DATA`, else `../shared/data` beside the checkout.
  package static let data: URL? = {
    let path = ProcessInfo.processInfo.environment["BIOARC_DATA"]
    let url = path.map { URL(fileURLWithPath: $0) } ?? root.appendingPathComponent("../shared/data").standardizedFileURL
    return FileManager.default.fileExists(atPath: url.path) ? url : nil
  }()

  /// The built program: `BIOARC_PROGRAM`, else the release build.
  package static let program =
    ProcessInfo.processInfo.environment["BIOARC_PROGRAM"].map { URL(fileURLWithPath: $0) }
    ?? root.appendingPathComponent(".build/release/bioarc")

  /// Swift files below `folder`, as paths from the root.
  package static func swiftFiles(_ folder: String) throws -> [String] {
    let base = root.appendingPathComponent(folder)
    guard let paths = FileManager.default.enumerator(atPath: base.path) else { return [] }
    return paths.compactMap { ($0 as? String).map { "\(folder)/\($0)" } }.filter { $0.hasSuffix(".swift") }.sorted()
  }

  package static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }
}
