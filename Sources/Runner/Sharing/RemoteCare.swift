import Artifacts
package import Remotes

/// The care of a remote: what of it nobody names, and whether its bytes are those of their digests.
package struct RemoteCare {
  /// The outcome of a look at all of a remote.
  package struct Report {
    package internal(set) var pushes = 0
    package internal(set) var blobs = 0
    /// Blobs that were read, and their bytes.
    package internal(set) var read = 0
    package internal(set) var bytes = 0
    /// Faults, a sentence each.
    package internal(set) var findings: [String] = []
  }

  private let remote: any Remote

  package init(_ remote: any Remote) { self.remote = remote }

  /// The blobs that no push names and that are older than a time, in seconds since 1970. Throws `RemoteError`, also
  /// where a manifest cannot be read: then nobody knows what it names.
  package func unnamed(before time: Double) throws -> [RemoteBlob] {
    guard let blobs = try remote.blobs() else {
      throw RemoteError.unsupported("'\(remote.name)' keeps account of blobs itself: nothing is to be collected here")
    }
    var named: Set<Digest> = [.of(PushManifest.empty)]
    for tag in try remote.tags() {
      let bytes = try remote.manifest(tag)
      named.insert(.of(bytes))
      named.formUnion(try PushManifest.digests(bytes))
    }
    return blobs.filter { !named.contains($0.digest) && ($0.modified.map { $0 < time } ?? false) }
  }

  /// Reads claims and places of all pushes, looks whether their packs are there, and compares a share of these with
  /// their digests.
  package func check(share: Double, progress: (_ bytes: Int) -> Void) throws -> Report {
    var report = Report()
    var seen: Set<Digest> = []
    for tag in try remote.tags() {
      report.pushes += 1
      do {
        let push = try Push.read(tag, from: remote)
        _ = try push.locations()
        for layer in push.manifest.layers where seen.insert(layer.digest).inserted {
          report.blobs += 1
          try check(layer, share, &report, progress)
        }
      } catch let error as SharingError { report.findings.append("the push \(tag): \(error)") } catch let
        error as RemoteError where !error.isPassing
      { report.findings.append("the push \(tag): \(error)") }
    }
    return report
  }

  private func check(
    _ layer: PushManifest.Layer, _ share: Double, _ report: inout Report, _ progress: (_ bytes: Int) -> Void
  ) throws {
    guard try remote.holds(layer.digest, size: layer.size) else {
      report.findings.append("the blob \(layer.digest) of \(layer.size) bytes is not there")
      return
    }
    // The choice is by the digest, so that others can repeat it.
    guard Double(layer.digest.leadingWord >> 11) * 0x1p-53 < share else { return }
    var hasher = DigestHasher()
    for start in stride(from: 0, to: layer.size, by: BlobRuns.most) {
      let bytes = try remote.read(layer.digest, start..<min(layer.size, start + BlobRuns.most))
      bytes.withUnsafeBytes { hasher.update($0) }
      progress(bytes.count)
    }
    report.read += 1
    report.bytes += layer.size
    if hasher.finish() != layer.digest {
      report.findings.append(
        "the blob \(layer.digest) has other bytes than its digest: 'bioarc push --repair' heals it")
    }
  }
}
