import CKernels
package import Tensors

extension Tape {
  /// The long convolution of sequences that go on, by a modal filter: its recurrence, with a state of constant size. u
  /// is R x 3C as in `longConvolution`, the result R x C. Neighbouring features, `groups` of them, share a filter.
  package func continuedConvolution(_ u: TapeValue, modes: Modes, groups: Int, bias: Parameter) -> TapeValue {
    let (C, N) = (u.columns / 3, modes.decay.shape[0])
    let y = makeValue(rows: u.rows, columns: C, with: bias)
    // Rows of doubles, each in the room of two floats.
    for (b, kept) in keptRows(columns: 2 * N * C, most: 6).enumerated() {
      if kept.count == 0 { start(kept, modes, groups) }
      kept.base.withMemoryRebound(to: Double.self, capacity: 6 * N * C) { numbers in
        kernel_modal_steps(
          numbers, pointer(u) + Int(starts[b]) * 3 * C, weights(bias), pointer(y) + Int(starts[b]) * C,
          Int64(starts[b + 1] - starts[b]), Int64(N), Int64(C))
      }
    }
    return y
  }

  /// Poles and residues of every feature, and states of zero.
  private func start(_ kept: KeptRows, _ modes: Modes, _ groups: Int) {
    let (N, filters) = (modes.decay.shape[0], modes.decay.shape[1])
    let (poles, C, count) = (poles(modes), filters * groups, N * filters)
    kept.appendZeros(6)
    kept.base.withMemoryRebound(to: Double.self, capacity: 6 * N * C) { numbers in
      for n in 0..<N {
        for c in 0..<C {
          let from = n * filters + c / groups
          let parts = [
            poles[from], poles[count + from], Double(weights(modes.real)[from]), Double(weights(modes.imaginary)[from]),
          ]
          for (row, part) in parts.enumerated() { numbers[(row * N + n) * C + c] = part }
        }
      }
    }
  }

  /// The long convolution of sequences that go on, by the values of a filter: `filter` gives at least as many lags as
  /// it is asked for, lags x C. Products of the last `most` tokens are kept: contributions of lags beyond are left out.
  /// Tokens are summed one after another, also of a first piece: by transforms a sequence's last bits would depend on
  /// what is read beside it.
  package func continuedConvolution(
    _ u: TapeValue, most: Int, bias: Parameter, filter: (_ lags: Int) -> TapeValue
  ) -> TapeValue {
    let C = u.columns / 3
    let (filters, products) = (keptRows(columns: C, most: nil), keptRows(columns: C, most: most))
    for (b, kept) in filters.enumerated() {
      let needed = min(most, products[b].count + Int(starts[b + 1] - starts[b]))
      if kept.count >= needed { continue }
      // Twice as many as are needed, so that the values are computed anew only now and then.
      let lags = min(most, max(256, 2 * needed))
      let values = filter(lags)
      kept.removeAll()
      kept.append(pointer(values), count: lags)
    }
    let y = makeValue(rows: u.rows, columns: C, with: bias)
    for (b, kept) in products.enumerated() {
      for row in Int(starts[b])..<Int(starts[b + 1]) {
        let from = pointer(u) + row * 3 * C
        kept.append((0..<C).map { from[C + $0] * from[2 * C + $0] }, count: 1)
        kernel_lagged_step(
          from, kept.base, Int64(kept.count), filters[b].base, weights(bias), pointer(y) + row * C, Int64(C))
      }
    }
    return y
  }
}
