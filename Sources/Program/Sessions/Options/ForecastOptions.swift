package import ArgumentParser
package import Explaining
package import Reports
package import Resolving
import Wording

/// Options on the times that are expected.
package struct ForecastOptions: ParsableArguments {
  package init() {}

  @Option(
    name: [.customShort("j", allowingJoined: true), .long],
    help: "Cores that times are expected for, or with Slurm jobs at a time. Default: as 'run' has it.")
  package var jobs: Int?
  @Option(help: "The place in which the steps would run.") package var executor = ExecutorKind.local

  package func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("-j takes a number of at least 1") }
  }

  /// The forecast of a resolution, in words, without steps that are counted elsewhere.
  package func text(
    _ resolution: Resolution, past: Past, isCounted: @escaping (StepIndex) -> Bool = { _ in false }
  ) throws -> ForecastText {
    let cores = executor.steps(jobs)
    let forecast = try Forecaster(resolution, past: past, cores: cores, isCounted: isCounted).forecast()
    return ForecastText(
      forecast: forecast, plan: resolution.plan, cores: cores,
      place: executor == .slurm ? "in \(Words.count(cores, "job")) at a time" : "on \(Words.count(cores, "core"))")
  }
}
