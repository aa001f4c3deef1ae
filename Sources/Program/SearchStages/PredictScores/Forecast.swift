/// The `forecast` artifact: foreseen results, the best first.
struct Forecast: Codable {
  struct Row: Codable {
    let architecture: String
    /// The mean over tasks, in deviations over known architectures.
    let score: Double
  }
  let method: String
  /// Architectures from whose results others are foreseen.
  let known: Int
  let tasks: [String]
  let architectures: [Row]
}
