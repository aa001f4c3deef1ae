import ArgumentParser
import Spaces

/// Times the reduction of the full space of five modules, four widths and depths 3 to 6.
struct SpaceBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "space", abstract: "Reduce the full search space to 360 architectures.")

  @Option(help: "Architectures to keep.") var count = 360
  @Option(help: "Threads.") var threads = 2
  @Option(help: "Smallest distances of the distance filter.") var minDistance = [1.5, 0]

  func run() throws {
    for distance in minDistance {
      let space = SearchSpace(minimumDistance: distance, count: count)
      let clock = ContinuousClock()
      var reduced: ReducedSpace?
      let time = try clock.measure { reduced = try space.reduce(threads: threads) }
      guard let reduced else { continue }
      print("min-distance \(distance), \(threads) threads: \(time)")
      for depth in reduced.depths { print("  depth \(depth.depth): \(line(depth.counts))") }
      print("  all: \(line(reduced.counts)), blocks \(reduced.blocks.count)")
    }
  }

  private func line(_ counts: ReducedSpace.Counts) -> String {
    "raw \(counts.raw), monotone \(counts.monotone), spread \(counts.spread), "
      + "bounded \(counts.bounded), kept \(counts.kept)"
  }
}
