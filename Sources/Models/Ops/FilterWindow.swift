/// How a filter of Hyena falls off with the lag: channel c of C by exp(-t rate[c]), t = lag / length.
package struct FilterWindow: Hashable, Sendable {
  /// The lag at which t = 1.
  package let length: Int
  package init(length: Int) { self.length = length }

  /// -ln(0.01) / 1.5 for the first channel to -ln(0.01) / 0.3 for the last, evenly (HyenaDNA, Nguyen et al. 2023).
  package func rate(_ c: Int, of C: Int) -> Double {
    let (slow, fast) = (4.605170185988091 / 1.5, 4.605170185988091 / 0.3)
    return C == 1 ? slow : slow + (fast - slow) * Double(c) / Double(C - 1)
  }
}
