package import Catalogs
import Console

extension WebAccess {
  /// Fetches with a live line of bytes. With `pins`, files whose digest nobody has stated are fetched too.
  package static func telling(pins: Bool = false) throws -> WebAccess {
    let live = LiveBytes("fetched")
    do throws(BadLimit) {
      return try WebAccess(agent: Version.text, pins: pins) { _, done, total in
        live.show(done, of: total)
        if done == total { live.end() }
      }
    } catch { throw Complaint.usage("\(error)") }
  }
}
