package import Artifacts
package import Files
import Glibc
internal import Synchronization
import System

/// The event log of one run: lines, only ever added to. The few that tell of the run as a whole are in a second file
/// too, so that the runs of a store can be listed without reading all that happened in them.
package final class RunLog: Sendable {
  package let id: String
  private let files: any FileSystem
  private let path: String
  private let summaryPath: String
  /// Whether the last line may be torn by a write that failed.
  private let isTorn = Mutex(false)

  init(_ id: String, _ files: any FileSystem, _ path: String, summary: String) {
    self.id = id
    self.files = files
    self.path = path
    summaryPath = summary
  }

  /// Adds one line, which holds no line end. Several threads and processes may append at once.
  package func append(_ line: String, isSummary: Bool = false) throws(StoreError) {
    if isSummary { try append(line, to: summaryPath) }
    try append(line, to: path)
  }

  private func append(_ line: String, to path: String) throws(StoreError) {
    precondition(!line.utf8.contains(UInt8(ascii: "\n")), "an event is one line")
    let result: Result<Void, StoreError> = isTorn.withLock { isTorn in
      do throws(StoreError) {
        let file = try files.append(path)
        let start: [UInt8] = isTorn ? [UInt8(ascii: "\n")] : []
        isTorn = true
        try file.write(start + Array(line.utf8) + [UInt8(ascii: "\n")])
        isTorn = false
        try file.close()
        return .success(())
      } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Makes what was appended durable.
  package func synchronize() throws(StoreError) {
    let file = try files.append(path)
    try file.synchronize()
    try file.close()
  }
}

/// Logs of runs.
extension Store {
  private var runFolder: String { root + "/runs" }
  private func logPath(_ id: String) -> String { "\(runFolder)/\(id)/events.jsonl" }
  private func summaryPath(_ id: String) -> String { "\(runFolder)/\(id)/summary.jsonl" }
  private func ownerPath(_ id: String) -> String { "\(runFolder)/\(id)/owner" }

  /// A new run, with an id that sorts by time: `20260102T030405.678Z-1a2b3c4d`.
  ///
  /// Its file `owner` names this process, so that others can tell whether it is in progress, and then the inputs that
  /// it will read, a line each: they are needed before any step tells of it.
  package func newRun(reading inputs: [ArtifactReference] = []) throws(StoreError) -> RunLog {
    while true {
      let id = Self.runID(at: .now, random: UInt32.random(in: .min ... .max))
      let folder = runFolder + "/" + id
      do {
        try files.makeFolder(folder)
      } catch let error where error.isAbsent {
        try self.folder.makeFolders(runFolder)
        continue
      } catch let error where error.isTaken { continue }
      let lines =
        [ProcessIdentity.current.newName()] + inputs.map { "\($0.digest.hex) \($0.size) \($0.layout.rawValue)" }
      try self.folder.write(Array((lines.joined(separator: "\n") + "\n").utf8), to: ownerPath(id), replacing: true)
      return RunLog(id, files, logPath(id), summary: summaryPath(id))
    }
  }

  /// The ids of all runs, newest first.
  package func runs() throws(StoreError) -> [String] {
    try files.namesIfPresent(runFolder).filter(Self.isRunID).reversed()
  }

  /// The lines of a run's log, without a last one that was cut off; nil when there is no such run.
  package func events(_ id: String) throws(StoreError) -> [String]? { try lines(of: id, logPath(id)) }

  /// The lines of the log that tell of the run as a whole.
  package func summary(_ id: String) throws(StoreError) -> [String]? { try lines(of: id, summaryPath(id)) }

  /// The bytes of all that is kept of a run.
  package func bytes(ofRun id: String) throws(StoreError) -> Int { try folder.holding(runFolder + "/" + id).bytes }

  /// Removes all that is kept of a run, which must not be in progress; false where it is another user's and stays.
  package func remove(run id: String) throws(StoreError) -> Bool { try files.removeAll(runFolder + "/" + id) }

  private func lines(of id: String, _ path: String) throws(StoreError) -> [String]? {
    guard Self.isRunID(id), try files.contains(runFolder + "/" + id) else { return nil }
    guard let bytes = try files.contents(path) else { return [] }
    guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
    return bytes[..<end].split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
  }

  static func runID(at time: Int64, random: UInt32) -> String {
    var seconds = time_t(time / 1_000_000_000)
    var date = tm()
    gmtime_r(&seconds, &date)
    let digits = { (value: Int, width: Int) in
      String(repeating: "0", count: max(0, width - "\(value)".count)) + "\(value)"
    }
    let day = digits(Int(date.tm_year) + 1900, 4) + digits(Int(date.tm_mon) + 1, 2) + digits(Int(date.tm_mday), 2)
    let clock = digits(Int(date.tm_hour), 2) + digits(Int(date.tm_min), 2) + digits(Int(date.tm_sec), 2)
    let hex = String(random, radix: 16)
    let tail = String(repeating: "0", count: 8 - hex.count) + hex
    return "\(day)T\(clock).\(digits(Int(time / 1_000_000 % 1_000), 3))Z-\(tail)"
  }

  static func isRunID(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    return bytes.count == 29 && bytes[8] == UInt8(ascii: "T") && bytes[20] == UInt8(ascii: "-")
      && bytes.allSatisfy { $0 != UInt8(ascii: "/") && $0 > 32 && $0 < 127 }
  }
}
