/// The artifact `design`: the course of an evolution.
struct DesignDocument: Codable {
  /// The parts of what was raised, in words.
  let parts: [String]
  let starts: Int
  /// Sequences that were scored.
  let scored: Int
  /// By round from 0, over starts: the mean, least and largest score of the best member.
  let rounds: [Round]
  /// Starts whose best member breaks a constraint, and the first reason.
  let broken: Int
  let reason: String?
  /// Starts of which no member is better than the start.
  let unchanged: Int
  /// Edits of the best members, in the mean.
  let meanEdits: Double

  struct Round: Codable {
    let scored: Int
    let mean: Double
    let least: Double
    let largest: Double
  }
}
