import Arithmetic
import CKernels
import Glibc
package import Ops
package import Tensors

/// InfoNCE (van den Oord et al. 2018) as SimCLR has it (Chen et al. 2020): of N = 2B views, 2b and 2b + 1 belong
/// together. With u the rows of z divided by their length, and T the temperature,
///
///     loss = mean over i of -ln( exp(u_i . u_p(i) / T) / sum over j != i of exp(u_i . u_j / T) ),  p(i) = i xor 1.
///
/// It is symmetric: each view of a pair is asked for the other.
package enum InfoNCE {
  /// The loss, how many views have their partner as the nearest, and the gradient of z, which is N x C. All of it on
  /// the calling thread, in the order of the rows.
  package static func loss(_ z: [Float], views: Int, temperature: Double) -> (sum: LossSum, gradient: [Float]) {
    precondition(views > 0 && views % 2 == 0 && z.count % views == 0, "\(z.count) numbers of \(views) views")
    let columns = z.count / views
    var (unit, lengths) = (z, [Float](repeating: 0, count: views))
    for i in 0..<views {
      let squares = (0..<columns).reduce(0.0) { $0 + Double(z[i * columns + $1]) * Double(z[i * columns + $1]) }
      // PyTorch's floor for a vector without a direction.
      lengths[i] = Float(max(squares.squareRoot(), 1e-12))
      for c in 0..<columns { unit[i * columns + c] /= lengths[i] }
    }
    var scores = [Float](repeating: 0, count: views * views)
    GEMM.multiply(views, views, columns, unit, columns, unit, columns, transposeB: true, &scores, views)
    let sharpness = Float(1 / temperature)
    for place in scores.indices { scores[place] *= sharpness }
    // No view is its own partner. The kernel's e^x of this is 0 for all that counts: 1e-38.
    for i in 0..<views { scores[i * views + i] = -.greatestFiniteMagnitude / 2 }
    let partners = (0..<views).map { Int32($0 ^ 1) }
    var correct: Int64 = 0
    let loss = kernel_cross_entropy(
      &scores, partners, nil, 1 / Float(views), 0, Int64(views), Int64(views), true, &correct)
    return (
      LossSum(loss: loss, correct: Int(correct), rows: views),
      gradient(scores, unit: unit, lengths: lengths, temperature: temperature)
    )
  }

  /// From the gradient of the scores, G: du = (G + Gᵀ) u / T; dz = (du - (du . u) u) / |z|.
  private static func gradient(
    _ scores: [Float], unit: [Float], lengths: [Float], temperature: Double
  ) -> [Float] {
    let (views, columns) = (lengths.count, unit.count / lengths.count)
    let sharpness = Float(1 / temperature)
    var sums = scores
    for i in 0..<views {
      for j in 0..<views {
        sums[i * views + j] = i == j ? 0 : (scores[i * views + j] + scores[j * views + i]) * sharpness
      }
    }
    var gradient = [Float](repeating: 0, count: unit.count)
    GEMM.multiply(views, columns, views, sums, views, unit, columns, &gradient, columns)
    for i in 0..<views {
      let row = i * columns..<(i + 1) * columns
      let along = Float(row.reduce(0.0) { $0 + Double(gradient[$1]) * Double(unit[$1]) })
      for c in row { gradient[c] = (gradient[c] - along * unit[c]) / lengths[i] }
    }
    return gradient
  }
}

extension Reference {
  /// The loss as its formula, in double precision; its gradient is taken by differences.
  package static func infoNCE(_ z: [Double], views: Int, temperature: Double) -> Double {
    let columns = z.count / views
    let rows = (0..<views).map { Array(z[$0 * columns..<($0 + 1) * columns]) }
    let dot = { (a: [Double], b: [Double]) in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let similarity = { (i: Int, j: Int) in
      dot(rows[i], rows[j]) / (dot(rows[i], rows[i]) * dot(rows[j], rows[j])).squareRoot() / temperature
    }
    var loss = 0.0
    for i in 0..<views {
      let others = (0..<views).filter { $0 != i }.map { exp(similarity(i, $0)) }.reduce(0, +)
      loss += log(others) - similarity(i, i ^ 1)
    }
    return loss / Double(views)
  }
}
