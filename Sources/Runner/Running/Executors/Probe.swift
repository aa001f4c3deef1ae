import Artifacts
import Glibc
import JSON
package import Stores
import System

/// The answer of a worker that was started for a test: it shows that it can read and write the store
/// from where it runs.
package struct Probe: Codable, Sendable {
  /// The text that the worker was given to read.
  let question: String
  let host: String
  let version: String
  /// Seconds since 1970 by the worker's clock.
  let time: Double
  /// An object that the worker has written and read back.
  let digest: Digest
  let size: Int

  /// The answer that a worker prints.
  package static func answer(store: Store, question: [UInt8], version: String) throws -> String {
    let text = String(decoding: question, as: UTF8.self)
    var host = [CChar](repeating: 0, count: 256)
    gethostname(&host, 255)
    let name = host.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    let object = try store.put(Array("an object that 'bioarc doctor' had written on \(name)\n".utf8))
    _ = try store.bytes(object.digest, size: object.size)
    let probe = Probe(
      question: text, host: name, version: version, time: Clock.wall(), digest: object.digest, size: object.size)
    return String(decoding: JSONLines.encode(probe).dropLast(), as: UTF8.self)
  }

  /// Checks of the answer, when it was asked and read at these times by this host's clock.
  func checks(_ question: String, store: Store, version: String, asked: Double, seen: Double) -> [Check] {
    let isRead = self.question == question
    var checks = [
      Check(
        name: "shared files", isGood: isRead,
        finding: isRead
          ? "\(host) reads what this host writes, and this host what it writes"
          : "\(host) sees another file than this host wrote")
    ]
    let bytes = try? store.bytes(digest, size: size)
    checks.append(
      Check(
        name: "store on the node", isGood: bytes != nil,
        finding: bytes != nil
          ? "\(host) has written an object that this host reads" : "this host does not see an object of \(host)'s"))
    checks.append(
      Check(
        name: "program on the node", isGood: self.version == version,
        finding: self.version == version ? version : "\(self.version), but this is \(version)"))
    let off = time < asked ? time - asked : time > seen ? time - seen : 0
    let seconds = Int(saturating: abs(off).rounded())
    checks.append(
      Check(
        name: "clock", isGood: true,
        finding: seconds < 2
          ? "that of \(host) agrees"
          : "that of \(host) is \(seconds) s \(off < 0 ? "behind" : "ahead"), which is no harm"))
    return checks
  }

  /// Checks that can be made of a store from here.
  package static func checks(of store: Store) -> [Check] {
    do {
      let object = try store.put(Array("an object that 'bioarc doctor' has written\n".utf8))
      _ = try store.bytes(object.digest, size: object.size)
    } catch {
      return [Check(name: "store", isGood: false, finding: "\(error)")]
    }
    var status = statvfs()
    guard statvfs(store.root, &status) == 0 else {
      return [Check(name: "store", isGood: true, finding: "\(store.root): an object was written and read back")]
    }
    let free = Double(status.f_bavail) * Double(status.f_frsize) / 1e9
    return [
      Check(
        name: "store", isGood: true,
        finding: "\(store.root): an object was written and read back; \(free.rounded()) GB free")
    ]
  }
}
