package import Artifacts
import System

/// The folder of a store: how anything in it gets its final name, and where damaged files go.
package struct StoreFolder: Sendable {
  /// The content of `FORMAT`, less its line end.
  package static let format = "bioarc-store 2"

  /// The path, without a slash at its end.
  package let root: String
  package let files: any FileSystem
  /// Takes news of things that were found out on the way.
  package let report: @Sendable (StoreEvent) -> Void

  package init(root: String, files: any FileSystem, report: @escaping @Sendable (StoreEvent) -> Void) {
    self.root = root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root
    self.files = files
    self.report = report
  }

  /// The folder of files that are being written, without a slash at its end.
  package var temporaryFolder: String { root + "/tmp" }
  /// The place of files of the web of which a part is here.
  package var fetchesFolder: String { root + "/fetches" }
  /// The folder of files that were found damaged, without a slash at its end.
  package var quarantineFolder: String { root + "/quarantine" }

  /// Throws `removed` when this folder is no store any more.
  package func checkPresent() throws(StoreError) {
    guard try files.contains(root + "/FORMAT") else { throw .removed(path: root) }
  }

  /// Makes folders of the store that are not there yet, or were removed; none of a store that is gone.
  package func makeFolders(_ path: String) throws(StoreError) {
    try checkPresent()
    try files.makeFolders(path, below: root)
  }

  /// A new file in `tmp/`.
  package func newTemporary(_ mode: FileMode) throws(StoreError) -> (path: String, file: any OpenFile) {
    while true {
      let path = temporaryFolder + "/" + ProcessIdentity.current.newName()
      do { return (path, try files.create(path, mode)) } catch let error where error.isAbsent {
        try makeFolders(temporaryFolder)
      } catch let error where error.isTaken {}
    }
  }

  /// Gives a finished temporary file its final name, and makes the folder if need be; the name is not durable yet.
  package func place(_ temporary: String, at path: String, replacing: Bool) throws(StoreError) {
    do {
      try files.move(temporary, to: path, replacing: replacing)
    } catch let error where error.isAbsent {
      try makeFolders(DiskFileSystem.parent(of: path))
      try files.move(temporary, to: path, replacing: replacing)
    }
  }

  /// Writes a small file whole and durably. Throws an error that `isTaken` when it may not replace one.
  package func write(_ bytes: [UInt8], to path: String, _ mode: FileMode = .readOnly, replacing: Bool)
    throws(StoreError)
  {
    let (temporary, file) = try newTemporary(mode)
    do {
      try file.write(bytes)
      try file.synchronize()
      try file.close()
      try place(temporary, at: path, replacing: replacing)
    } catch {
      try? files.remove(temporary)
      throw error
    }
    try files.synchronize(folder: DiskFileSystem.parent(of: path))
  }

  /// Moves a bad file out of the way and tells so. One that cannot be moved is removed: under its name it would pass
  /// for the good bytes that somebody makes in its stead. One that cannot be removed either still is never returned.
  package func quarantine(_ path: String, _ reason: String) {
    let shown = String(path.dropFirst(root.count + 1))
    // Not the whole path: a name has 255 bytes at most.
    let name = path[(path.lastIndex(of: "/") ?? path.startIndex)...] + "~" + ProcessIdentity.current.newName()
    do throws(StoreError) {
      try place(path, at: quarantineFolder + name, replacing: true)
      report(.quarantined(path: shown, reason: reason))
    } catch {
      // A file that is gone was moved by somebody else, who may have put good bytes in its place.
      guard (try? files.contains(path)) != false else { return }
      let isRemoved = (try? files.removeIfPresent(path)) != nil
      report(isRemoved ? .removed(path: shown, reason: reason) : .left(path: shown, reason: reason))
    }
  }

  /// Keeps bytes that were found damaged inside a file. Bytes that cannot be kept are lost, as they are useless.
  package func setAside(_ bytes: [UInt8], as name: String) {
    try? write(bytes, to: "\(quarantineFolder)/\(name)~\(ProcessIdentity.current.newName())", replacing: true)
  }

  /// `<root>/<folder>/ab/cdef...`, the place of a digest in a folder of many.
  package func sharded(_ folder: StaticString, _ digest: Digest) -> String {
    // Every look-up comes through here: one allocation, no intermediate strings.
    let count = root.utf8.count + folder.utf8CodeUnitCount + 67
    return String(unsafeUninitializedCapacity: count) { space in
      var end = 0
      func append(_ byte: UInt8) {
        space[end] = byte
        end += 1
      }
      for byte in root.utf8 { append(byte) }
      append(UInt8(ascii: "/"))
      folder.withUTF8Buffer { for byte in $0 { append(byte) } }
      append(UInt8(ascii: "/"))
      for (index, byte) in digest.bytes.enumerated() {
        for digit in [byte >> 4, byte & 15] {
          append(digit < 10 ? digit + UInt8(ascii: "0") : digit - 10 + UInt8(ascii: "a"))
        }
        if index == 0 { append(UInt8(ascii: "/")) }
      }
      return end
    }
  }
}
