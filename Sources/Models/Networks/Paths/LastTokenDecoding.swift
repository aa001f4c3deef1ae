import Blocks
import Ops
import Tensors

/// The decoder of an auto-encoder that has the features of a sequence's last token alone: at each place the sinusoids
/// of the place are added to them, and then follow twice a norm, a linear map and a GELU, and a norm (MAD-lab 0f49a45,
/// `auto_encoder.py`). The first norm is the path's own.
struct LastTokenDecoding {
  let first: Affine
  let middle: Norm
  let second: Affine
  let last: Norm

  init(_ width: Int, _ parameters: inout Parameters) {
    first = parameters.affine("first", width, width)
    middle = parameters.norm("middle", width)
    second = parameters.affine("second", width, width)
    last = parameters.norm("last", width)
  }

  /// x, N x width, is normalised; the result is, too.
  func forward(_ x: TapeValue, on tape: Tape) -> TapeValue {
    let y = tape.gelu(tape.linear(x, weight: first.weight), bias: first.bias)
    let z = tape.gelu(tape.linear(tape.normalize(y, middle), weight: second.weight), bias: second.bias)
    return tape.normalize(z, last)
  }
}

extension Path {
  /// At every row the features of its sequence's last row, with the sinusoids of the row's own place.
  func spread(_ x: TapeValue, on tape: Tape) -> TapeValue {
    let last = zip(tape.starts, tape.starts.dropFirst()).flatMap { start, end in
      repeatElement(end - 1, count: Int(end - start))
    }
    return tape.sinusoids(tape.gatherRows(x, last))
  }
}
