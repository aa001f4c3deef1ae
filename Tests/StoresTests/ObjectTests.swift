import Artifacts
import Compression
import Glibc
import Stores
import Testing

@testable import Files

@Suite struct ObjectTests {
  @Test(arguments: Backend.allCases) func `objects are read as they were written`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    for count in [0, 1, 2, 4096, 131_071, 131_072, 131_073, 1_000_000] {
      for bytes in [noise(count), [UInt8](repeating: 7, count: count)] {
        let (digest, size) = try test.store.put(bytes)
        #expect(digest == Digest.of(bytes) && size == count)
        #expect(try test.store.contains(digest))
        #expect(try test.store.bytes(digest, size: count) == bytes)
      }
    }
    #expect(try test.store.files.names(test.store.root + "/tmp") == [])
    #expect(test.events.all.isEmpty)
  }

  @Test(arguments: Backend.allCases) func `a writer that is dropped leaves no file`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    do {
      let writer = try test.store.writer()
      try writer.write(noise(300_000))
      #expect(try test.store.files.names(test.store.root + "/tmp").count == 1)
    }
    do {
      let writer = try test.store.writer()
      try writer.write(noise(10))
      try writer.close()
    }
    #expect(try test.store.files.names(test.store.root + "/tmp") == [])
    #expect(try !test.store.contains(.of(noise(10))))
  }

  @Test(arguments: Backend.allCases) func `an object that is missing is told to be so`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    #expect(throws: StoreError.missing(key("none"))) { try test.store.bytes(key("none"), size: 3) }
    #expect(throws: StoreError.missing(key("none"))) {
      try test.store.localPath(key("none"), size: 3, scratch: test.scratch)
    }
  }

  /// One flipped bit anywhere in a file is found, the file is set aside, and the object can be stored again.
  @Test(arguments: Backend.allCases) func `every flipped bit of an object is found`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let bytes = Array("ACGTTGCAACGT".utf8) + noise(40)
    let (digest, size) = try test.store.put(bytes)
    let length = try test.store.files.contents(test.objectPath(digest))!.count
    var harmless = 0
    for offset in 0..<length {
      try test.store.put(bytes)
      try test.damage(test.objectPath(digest), at: offset)
      do {
        // Two bits of the frame header (one unused, one of the window size) change nothing that is returned.
        #expect(try test.store.bytes(digest, size: size) == bytes)
        harmless += 1
        try test.store.files.remove(test.objectPath(digest))
      } catch StoreError.corrupt(digest) {
        #expect(try !test.store.contains(digest))
      }
    }
    #expect(harmless <= 2)
    #expect(test.events.all.count == length - harmless)
    #expect(try test.store.files.names(test.store.root + "/quarantine").count == length - harmless)
  }

  @Test(arguments: Backend.allCases) func `every truncation of an object is found`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let bytes = noise(100)
    let (digest, size) = try test.store.put(bytes)
    let whole = try test.store.files.contents(test.objectPath(digest))!
    for count in 0..<whole.count {
      try test.store.put(bytes)
      try test.overwrite(test.objectPath(digest), Array(whole[..<count]))
      #expect(throws: StoreError.corrupt(digest)) { try test.store.bytes(digest, size: size) }
    }
    try test.store.put(bytes)
    try test.overwrite(test.objectPath(digest), whole + [0])
    #expect(throws: StoreError.corrupt(digest)) { try test.store.bytes(digest, size: size) }
  }

  @Test(arguments: Backend.allCases) func `another object under its name is corrupt`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let (one, _) = try test.store.put(noise(500, seed: 1))
    let (two, _) = try test.store.put(noise(500, seed: 2))
    try test.overwrite(test.objectPath(one), try test.store.files.contents(test.objectPath(two))!)
    #expect(throws: StoreError.corrupt(one)) { try test.store.bytes(one, size: 500) }
    #expect(try test.store.bytes(two, size: 500) == noise(500, seed: 2))
  }

  /// A declared size bounds what is decompressed, and a size that is too large is a fault as well.
  @Test(arguments: Backend.allCases) func `a declared size bounds the bytes that are read`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let bomb = [UInt8](repeating: 0, count: 50_000_000)
    let (digest, _) = try test.store.put(bomb)
    #expect(try test.store.files.status(test.objectPath(digest)).size < 10_000)
    let reader = try test.store.reader(digest, size: 1000)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    #expect(throws: StoreError.corrupt(digest)) {
      var total = 0
      while true {
        let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
        total += count
        #expect(total <= 1000)
        if count == 0 { break }
      }
    }
    for wrong in [0, 99, 101, Int.max] {
      let (digest, _) = try test.store.put(noise(100))
      #expect(throws: StoreError.corrupt(digest)) { try test.store.bytes(digest, size: wrong) }
    }
  }

  /// The last bytes are given only after the digest was compared, so that nobody sees a whole bad object.
  @Test func `the end of an object is verified before it is given`() throws {
    let test = try TestStore(.memory)
    let (one, _) = try test.store.put(noise(300_000, seed: 1))
    let (two, _) = try test.store.put(noise(300_000, seed: 2))
    try test.overwrite(test.objectPath(one), try test.store.files.contents(test.objectPath(two))!)
    let reader = try test.store.reader(one, size: 300_000)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    var total = 0
    #expect(throws: StoreError.corrupt(one)) {
      while total < 300_000 { total += try buffer.withUnsafeMutableBytes { try reader.read(into: $0) } }
    }
    #expect(total < 300_000)
  }

  @Test(arguments: Backend.allCases) func `local copies are verified and read-only`(_ backend: Backend) throws {
    let test = try TestStore(backend)
    let bytes = noise(200_000)
    let (digest, size) = try test.store.put(bytes)
    let path = try test.store.localPath(digest, size: size, scratch: test.scratch)
    #expect(try DiskFileSystem().contents(path) == bytes)
    #expect(try test.store.localPath(digest, size: size, scratch: test.scratch) == path)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o222 == 0)
    try test.damage(test.objectPath(digest), at: 100)
    let other = test.folder.path + "/other"
    #expect(throws: StoreError.corrupt(digest)) { try test.store.localPath(digest, size: size, scratch: other) }
    #expect(try DiskFileSystem().names(other) == [])
  }
}
