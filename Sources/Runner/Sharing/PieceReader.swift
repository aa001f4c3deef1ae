import Artifacts

/// The bytes of a range of a blob that is too long for one request, piece by piece.
final class PieceReader: ByteReader {
  private let read: (Range<Int>) throws -> [UInt8]
  private var rest: Range<Int>
  private var piece = MemoryReader([])

  init(_ range: Range<Int>, _ read: @escaping (Range<Int>) throws -> [UInt8]) { (rest, self.read) = (range, read) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      let count = piece.read(into: buffer)
      if count > 0 || rest.isEmpty { return count }
      let next = rest.lowerBound..<min(rest.upperBound, rest.lowerBound + BlobRuns.most)
      piece = MemoryReader(try read(next)[...])
      rest = next.upperBound..<rest.upperBound
    }
  }
}
