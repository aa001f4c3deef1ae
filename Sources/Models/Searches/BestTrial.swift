import Wording

/// The trial of a candidate on a task that counts: that with the best mean over replicates.
package struct BestTrial: Hashable, Sendable, Codable {
  /// The result of one trial of a candidate on a task, in one of its replicates.
  package struct Result {
    let candidate: [String]
    let task: String
    let trial: [String]
    /// More is better; nil for a failure, behind which there is nothing.
    let value: Double?

    package init(candidate: [String], task: String, trial: [String], value: Double?) {
      (self.candidate, self.task, self.trial, self.value) = (candidate, task, trial, value)
    }
  }

  package let candidate: [String]
  package let task: String
  package let trial: [String]
  /// Trials that there were.
  package let trials: Int

  /// The places of the results of best trials, ascending, and these trials in the order of the results; of equal ones
  /// the first by its ids.
  package static func among(_ results: [Result]) -> (places: [Int], chosen: [BestTrial]) {
    var (kept, chosen) = ([Int](), [BestTrial]())
    let groups = Dictionary(grouping: results.indices) { [results[$0].candidate, [results[$0].task]] }
    for (_, places) in groups.sorted(by: { $0.value[0] < $1.value[0] }) {
      let trials = Dictionary(grouping: places) { results[$0].trial }.sorted { $0.key.precedesInBytes($1.key) }
      let means = trials.map { _, places -> Double in
        let known = places.compactMap { results[$0].value }
        return known.count == places.count ? known.reduce(0, +) / Double(known.count) : -.infinity
      }
      let best = means.indices.reduce(0) { means[$1] > means[$0] ? $1 : $0 }
      kept += trials[best].value
      let first = results[places[0]]
      chosen.append(
        BestTrial(candidate: first.candidate, task: first.task, trial: trials[best].key, trials: trials.count))
    }
    return (kept.sorted(), chosen)
  }
}
