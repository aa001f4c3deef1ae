import Blocks
import Ops
import Spaces
import Tensors

/// The second half of a masked autoencoder (He et al. 2022): it reads what an encoder made of the visible tokens, in
/// their places, and a learned vector in all other places. It is not needed any more once the encoder is trained.
package struct Decoder {
  let entry: PathPart<DecoderEntry>
  let positions: PathPart<Parameter>?
  let layers: [PathPart<ShapedBlock>]
  let norm: PathPart<Norm>

  /// The start of the names of its blocks.
  static let prefix = "decoder."

  static func entryName(_ encoder: Int, _ width: Int) -> String { "\(prefix)entry.\(encoder)-\(width)" }

  var blocks: [BlockState] {
    [entry.block] + (positions.map { [$0.block] } ?? []) + layers.map(\.block) + [norm.block]
  }

  /// The tensors of its parts on a tape.
  struct Bound {
    let entry: DecoderEntry
    let positions: Parameter?
    let layers: [ShapedBlock]
    let norm: Norm
  }

  /// Binds the blocks to a tape, in the order of `blocks`.
  func bind(to tape: Tape) -> Bound {
    Bound(
      entry: entry.bind(to: tape), positions: positions?.bind(to: tape), layers: layers.map { $0.bind(to: tape) },
      norm: norm.bind(to: tape))
  }
}

/// The tensors by which an encoder's features enter a decoder: a linear map of visible tokens, and the vector of those
/// that are not.
package struct DecoderEntry {
  let map: Affine
  /// 1 x width.
  let hidden: Parameter

  init(encoder: Int, width: Int, _ parameters: inout Parameters) {
    map = parameters.affine("map", width, encoder)
    hidden = parameters.tensor("hidden", [1, width], decays: true, .uniform(limit: 0.5))
  }
}
