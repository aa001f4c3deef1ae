import Artifacts
import Testing

@testable import Remotes

/// The duties of every remote: run over each kind, by real servers.
@Suite struct ConformanceTests {
  private func manifest(_ text: String, _ blobs: [(digest: Digest, size: Int)]) -> [UInt8] {
    let type = "application/vnd.bioarc.object.v1+zstd"
    let layers = blobs.map { "{\"mediaType\":\"\(type)\",\"digest\":\"sha256:\($0.digest)\",\"size\":\($0.size)}" }
    let empty = Digest.of(Array("{}".utf8))
    return Array(
      """
      {"schemaVersion":2,"mediaType":"\(LayoutIndex.mediaType)","artifactType":"\(LayoutIndex.artifactType)",\
      "config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"sha256:\(empty)","size":2},\
      "layers":[\(layers.joined(separator: ","))],"annotations":{"a":"\(text)"}}
      """.utf8)
  }

  @Test(arguments: Place.allCases) func `a place that is empty has nothing`(_ place: Place) throws {
    guard let (_, remote, kept) = try place.make() else { return }
    defer { withExtendedLifetime(kept) {} }
    let digest = Digest.of(noise(10))
    #expect(try remote.tags() == [])
    #expect(try !remote.holds(digest, size: 10))
    #expect(failure { _ = try remote.read(digest, 0..<10) }?.isAbsent == true)
    #expect(failure { _ = try remote.manifest("p-none") }?.isAbsent == true)
  }

  @Test(arguments: Place.allCases) func `blobs have the bytes that were written`(_ place: Place) throws {
    guard let (writer, remote, kept) = try place.make() else { return }
    defer { withExtendedLifetime(kept) {} }
    for bytes in [noise(1), noise(4096, seed: 2), noise(3_000_001, seed: 3)] {
      let digest = Digest.of(bytes)
      var (opened, sent) = (0, 0)
      let open = {
        opened += 1
        return MemoryReader(bytes[...])
      }
      try writer.put(digest, size: bytes.count, open, progress: { sent += $0 })
      #expect(opened == 1 && sent == bytes.count)
      #expect(try remote.holds(digest, size: bytes.count))
      #expect(try !remote.holds(digest, size: bytes.count + 1))
      for range in [0..<bytes.count, 0..<1, bytes.count - 1..<bytes.count, bytes.count / 3..<bytes.count / 2] {
        #expect(try remote.read(digest, range) == Array(bytes[range]))
      }
      #expect(
        failure { _ = try remote.read(digest, 0..<bytes.count + 1) }.map { "\($0)".contains("ends before") } ?? false)
      #expect(failure { _ = try remote.read(digest, bytes.count..<bytes.count + 5) } != nil)
    }
    // The second time the bytes are the same.
    #expect(try writer.put(noise(4096, seed: 2)).size == 4096)
  }

  @Test(arguments: Place.allCases) func `a push is there when it is named`(_ place: Place) throws {
    guard let (writer, remote, kept) = try place.make() else { return }
    defer { withExtendedLifetime(kept) {} }
    let blob = try writer.put(noise(1000))
    let tags = ["p-lab-b-00000001", "p-lab-a-00000002", "p-lab-a.x_y-00000001"]
    for tag in tags {
      try writer.publish(tag, manifest(tag, [blob]))
      #expect(try remote.manifest(tag) == manifest(tag, [blob]))
    }
    #expect(try remote.tags() == ["p-lab-a-00000002", "p-lab-a.x_y-00000001", "p-lab-b-00000001"])
    #expect(try remote.holds(Digest.of(Array("{}".utf8)), size: 2))
    // Again, as after an answer that was lost.
    try writer.publish(tags[0], manifest(tags[0], [blob]))
    #expect(try remote.tags().count == 3)
    try writer.removeTag(tags[0])
    try writer.removeTag("p-none")
    #expect(try remote.tags() == ["p-lab-a-00000002", "p-lab-a.x_y-00000001"])
    #expect(failure { _ = try remote.manifest(tags[0]) }?.isAbsent == true)
    #expect(failure { try writer.publish("p-a/b", manifest("", [])) } != nil)
    #expect(failure { try writer.publish("latest", manifest("", [])) } != nil)
  }

  @Test(arguments: Place.allCases) func `blobs are listed where that can be done, and removed`(_ place: Place) throws {
    guard let (writer, remote, kept) = try place.make() else { return }
    defer { withExtendedLifetime(kept) {} }
    let blobs = try (1...5).map { try writer.put(noise($0 * 100, seed: UInt64($0))) }.sorted { $0.digest < $1.digest }
    if let listed = try writer.blobs() {
      #expect(listed.map(\.digest) == blobs.map(\.digest) && listed.map(\.size) == blobs.map(\.size))
      #expect(listed.allSatisfy { $0.modified ?? 0 > 1.7e9 })
    } else {
      #expect(place == .registry)
    }
    try writer.remove(blobs[2].digest)
    try writer.remove(Digest.of([1, 2, 3]))
    #expect(try !writer.holds(blobs[2].digest, size: blobs[2].size))
    #expect(try remote.holds(blobs[1].digest, size: blobs[1].size))
  }

  @Test(arguments: Place.allCases) func `many threads use one remote`(_ place: Place) async throws {
    guard let (writer, remote, kept) = try place.make() else { return }
    defer { withExtendedLifetime(kept) {} }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<12 {
        group.addTask {
          let bytes = noise(20_000, seed: UInt64(100 + index))
          let blob = try writer.put(bytes)
          let read = try remote.read(blob.digest, 5..<20_000)
          #expect(read == Array(bytes[5...]))
        }
      }
      try await group.waitForAll()
    }
  }

  /// Requests are what a remote costs; nothing is asked that is known.
  @Test(arguments: Place.allCases) func `few requests are sent`(_ place: Place) throws {
    guard let (writer, remote, kept) = try place.make() else { return }
    defer { withExtendedLifetime(kept) {} }
    func count(_ remote: any Remote, _ body: () throws -> Void) rethrows -> Int {
      let before = remote.requests
      try body()
      return remote.requests - before
    }
    let blob = try writer.put(noise(1000))
    let bytes = noise(2000, seed: 2)
    let put = try count(writer) {
      try writer.put(.of(bytes), size: 2000, { MemoryReader(bytes[...]) }, progress: { _ in })
    }
    let first = try count(writer) { try writer.publish("p-a", manifest("a", [blob])) }
    let second = try count(writer) { try writer.publish("p-b", manifest("b", [blob])) }
    let tags = try count(remote) { _ = try remote.tags() }
    let named = try count(remote) { _ = try remote.manifest("p-a") }
    let read = try count(remote) { _ = try remote.read(blob.digest, 10..<20) }
    let holds = try count(remote) { _ = try remote.holds(blob.digest, size: 1000) }
    let counts = [put, first, second, tags, named, read, holds]
    let what = "to put, publish first and again, list tags, read a manifest and a range, look for a blob"
    print("figure: requests at \(place) \(what): \(counts)")
    switch place {
    case .memory, .folder: #expect(counts == [0, 0, 0, 0, 0, 0, 0])
    case .s3: #expect(counts == [1, 7, 5, 1, 1, 1, 1])
    case .registry: #expect(counts == [2, 4, 2, 1, 1, 1, 1])
    case .siteWithRanges, .siteWithout: #expect(counts == [0, 0, 0, 1, 1, 1, 1])
    }
  }
}
