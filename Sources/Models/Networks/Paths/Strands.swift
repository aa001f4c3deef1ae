/// The strands of DNA on which a model is trained, and those of which its outputs are.
package enum Strands: String, Sendable, CaseIterable {
  /// The strand that is given.
  case forward
  /// Trained on either strand, drawn anew for each example and epoch; outputs are means over both.
  case both
  /// Trained on both strands of each example together, and outputs are means over both: the two never differ (Zhou et
  /// al. 2022, post-hoc and conjoined reverse complements).
  case average

  /// Strands of an example that a step of training reads.
  package var trained: Int { self == .average ? 2 : 1 }
  /// Strands over which outputs are means.
  package var read: Int { self == .forward ? 1 : 2 }
}
