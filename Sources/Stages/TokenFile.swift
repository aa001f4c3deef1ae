import Artifacts
import Randomness
import Sequences
import Supernets
import FoundationEssentials
/// TEMPORARY
struct TokenArrayTMP { var vocabularySize: Int; var offsets: [Int]; var ids: [Int32]; var count: Int { offsets.count - 1 } }
struct TokenFile { static let train = "train.tokens"; static let heldOut = "held-out.tokens"
  let array: TokenArrayTMP
  init(_ a: any InputArtifact, _ name: String) throws {
    let d = try a.bytes(name)
    let w: [Int32] = d.withUnsafeBytes { Array($0.bindMemory(to: Int32.self)) }
    let n = Int(w[1]); array = TokenArrayTMP(vocabularySize: Int(w[0]), offsets: w[2..<(3+n)].map(Int.init), ids: Array(w[(3+n)...]))
  }
  static func write(_ e: EncodedSequences, _ v: Int, _ out: any ByteWriter) throws {
    let w: [Int32] = [Int32(v), Int32(e.count)] + e.offsets.map(Int32.init) + e.ids
    try w.withUnsafeBytes { try out.write($0) }
    try out.close()
  }
}
struct TokenBatches { let f: TokenFile; let size: Int; let length: Int; let seed: Int
  init(_ f: TokenFile, size: Int, length: Int, seed: Int) { self.f = f; self.size = size; self.length = length; self.seed = seed }
  func batch(step: Int) -> TokenBatch {
    var b = TokenBatch(); let p = Philox(seed: seed, stream: .batches)
    for i in 0..<size { let s = p.integer(below: f.array.count, step, i); let r = f.array.offsets[s]..<f.array.offsets[s+1]; b.append(f.array.ids[r].prefix(length)) }
    return b
  }
}
