package import Arithmetic

extension Tape {
  /// op(W) of a parameter, k x n, its numbers `first` and on with rows `stride` apart, packed.
  package func packed(
    _ parameter: Parameter, from first: Int = 0, _ k: Int, _ n: Int, stride: Int, transposed: Bool,
    precise: Bool = false
  ) -> GEMM.Packed {
    let form = PackedWeights.Form(
      offset: parameter.offset + first, k: k, n: n, transposed: transposed, half: half && !precise)
    return blocks[parameter.block].packed.matrix(form) { room in
      GEMM.pack(k, n, weights(parameter) + first, stride, transpose: transposed, half: form.half, into: room)
    }
  }
}
