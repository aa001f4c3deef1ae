/// Bytes on disk, and when they were last made, named or touched, by the clock of the file system.
package struct Holding: Hashable, Sendable {
  package var bytes = 0
  package var time = Int64.min

  package init() {}

  /// Adds a file.
  package mutating func add(_ status: FileStatus) {
    bytes += status.size
    time = max(time, status.modified, status.changed)
  }

  /// Adds the files of another holding.
  package mutating func add(_ other: Holding) {
    bytes += other.bytes
    time = max(time, other.time)
  }
}

extension StoreFolder {
  /// The size of a file, or of all files below a folder that this user may see, and the newest of their times.
  package func holding(_ path: String) throws(StoreError) -> Holding {
    var total = Holding()
    do {
      let status = try files.status(path)
      guard status.isFolder else {
        total.add(status)
        return total
      }
      for name in try files.names(path) { total.add(try holding(path + "/" + name)) }
    } catch StoreError.permission {} catch let error where error.isAbsent {}
    return total
  }
}
