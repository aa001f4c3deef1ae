import Artifacts

/// The places of the records and objects of a push in its blobs. Nobody signs them: a wrong place yields bytes that are
/// not those of their digest.
struct Locations: Hashable {
  /// Bytes of a blob.
  struct Place: Hashable {
    let blob: Digest
    let offset: Int
    let length: Int
    var range: Range<Int> { offset..<offset + length }
  }
  /// A frame of records.
  struct Records: Hashable {
    let place: Place
    let count: Int
  }
  /// The frame of an object of so many bytes.
  struct Object: Hashable {
    let place: Place
    let size: Int
  }

  var records: [Records] = []
  var objects: [Digest: Object] = [:]

  private static let title = "bioarc-locations 1"
  static let mostBytes = 1 << 26
  /// Most bytes of a blob and of an object, and most records of a frame.
  static let mostOfBlob = 1 << 44
  private static let mostOfFrame = 1 << 20

  func encoded() -> [UInt8] {
    var text = Self.title + "\n"
    let words = { (place: Place) in "\(place.blob) \(place.offset) \(place.length)" }
    for frame in records { text += "records \(frame.count) \(words(frame.place))\n" }
    for (digest, object) in objects.sorted(by: { $0.key < $1.key }) {
      text += "object \(digest) \(object.size) \(words(object.place))\n"
    }
    return Array(text.utf8)
  }

  init() {}

  /// Throws `SharingError` for anything that `encoded` does not write byte for byte.
  init(decoding bytes: [UInt8]) throws(SharingError) {
    let wrong = SharingError.malformed("the places of records and objects are not written as they must be")
    var lines = Lines(bytes)
    guard lines.next() == Self.title else { throw wrong }
    while let line = lines.next() {
      let fields = line.split(separator: " ", omittingEmptySubsequences: false)
      let place = { (from: Int) -> Place? in
        guard fields.count == from + 3, let blob = Digest(hex: fields[from]), let offset = Int(fields[from + 1]),
          let length = Int(fields[from + 2]), (0...Self.mostOfBlob).contains(offset),
          (1...Self.mostOfBlob).contains(length)
        else { return nil }
        return Place(blob: blob, offset: offset, length: length)
      }
      if fields[0] == "records", let place = place(2), let count = Int(fields[1]),
        (1...Self.mostOfFrame).contains(count),
        place.length <= Frames.most
      {
        records.append(Records(place: place, count: count))
      } else if fields[0] == "object", let place = place(3), let digest = Digest(hex: fields[1]),
        let size = Int(fields[2]), (0...Self.mostOfBlob).contains(size)
      {
        objects[digest] = Object(place: place, size: size)
      } else {
        throw wrong
      }
    }
    guard encoded() == bytes else { throw wrong }
  }
}
