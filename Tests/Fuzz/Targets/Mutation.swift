import CFuzzer

/// libFuzzer's mutations, and two more: a word of the target is put in; a piece is repeated as often as it fits,
/// so that a reader shows that takes more than linear time or memory.
@_cdecl("LLVMFuzzerCustomMutator")
func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ limit: Int, _ seed: UInt32) -> Int {
  var random = SplitMix(state: UInt64(seed))
  let bytes = Array(UnsafeBufferPointer(start: data, count: size))
  let start = Int.random(in: 0...size, using: &random)
  switch Int.random(in: 0..<64, using: &random) {
  case 0:
    let piece = bytes[start...].prefix(Int.random(in: 1...64, using: &random))
    if piece.isEmpty { break }
    let room = limit - size
    let copies = Bool.random(using: &random) ? room / piece.count : Int.random(in: 0...64, using: &random)
    let repeated = Array(repeatElement(piece, count: min(copies, room / piece.count)).joined())
    return put(bytes[..<start] + repeated + bytes[start...], data, limit)
  case 1..<16:
    guard let word = words.randomElement(using: &random) else { break }
    let end = Bool.random(using: &random) ? start : min(size, start + word.count)
    return put(bytes[..<start] + word + bytes[end...], data, limit)
  default: break
  }
  return LLVMFuzzerMutate(data, size, limit)
}

private func put(_ bytes: ArraySlice<UInt8>, _ data: UnsafeMutablePointer<UInt8>, _ limit: Int) -> Int {
  let kept = bytes.prefix(limit)
  for (place, byte) in kept.enumerated() { data[place] = byte }
  return kept.count
}

/// SplitMix64: each seed that libFuzzer draws gives one mutation.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
