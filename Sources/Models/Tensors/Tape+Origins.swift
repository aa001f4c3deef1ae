import Arithmetic

/// The origin of a number that is not finite, for the message of a training that failed.
extension Tape {
  /// The op that made the first value with such a number, and its block, as `linear of block 1.transformer.64-128`; nil
  /// when all values are finite. To be asked after a forward pass: a backward pass overwrites some values.
  package var firstNonFiniteValue: String? {
    for (number, origin) in origins.enumerated() {
      let base = values.base + valueOffsets[number]
      if (0..<origin.count).contains(where: { !base[$0].isFinite }) {
        let name = String("\(origin.op)".prefix { $0 != "(" })
        return origin.block < 0 ? name : "\(name) of block \(blockNames[origin.block])"
      }
    }
    return nil
  }

  /// The tensor nearest to the loss whose gradient has such a number, as `weight of block head.128`; nil when all are
  /// finite.
  package var firstNonFiniteGradient: String? {
    for (number, block) in blocks.enumerated().reversed() {
      for entry in block.layout.entries.reversed() {
        let base = parameterGradients.base + blockOffsets[number] + entry.offset
        if (0..<entry.count).contains(where: { !base[$0].isFinite }) {
          return "\(entry.name) of block \(blockNames[number])"
        }
      }
    }
    return nil
  }
}
