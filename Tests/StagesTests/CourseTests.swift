import Artifacts
import Networks
import Synchronization
import Testing
import Training

@testable import ModelStages
@testable import TaskStages

/// The seam at which another engine attaches: a course that the program does not know is begun, stopped, saved, resumed
/// and told of as those that it knows.
@Suite struct CourseTests {
  /// Adds up the numbers of its steps.
  private final class Counter: Course {
    struct Setup {
      var stepsPerRound = 4
      /// The step that cannot be taken.
      var bad = -1
    }
    private let bad: Int
    private(set) var step = 0
    private var sum = 0
    let inherited: (blocks: Int, total: Int)? = (1, 3)

    static func unit(of setup: Setup) -> CourseUnit { CourseUnit("round", steps: setup.stepsPerRound) }

    init(_ setup: Setup, from state: Checkpoint?) throws {
      bad = setup.bad
      guard let state else { return }
      let number = { (name: String) in Int(String(decoding: try state.read(name), as: UTF8.self)) }
      guard let step = try number("state/step"), let sum = try number("weights/sum") else {
        throw ModelError.badCheckpoint(file: "state/step", reason: "not a count")
      }
      (self.step, self.sum) = (step, sum)
    }

    var state: Checkpoint {
      Checkpoint([
        CheckpointFile(name: "state/step", bytes: Array("\(step)".utf8)),
        CheckpointFile(name: "weights/sum", bytes: Array("\(sum)".utf8)),
      ])
    }

    func train(until horizon: Int, isCancelled: () -> Bool, report: (StepReport) -> Void) throws -> Bool {
      while step < horizon {
        if isCancelled() { return false }
        guard step != bad else { throw ModelError.notFinite(quantity: "sum", step: step) }
        sum += step
        step += 1
        report(
          StepReport(step: step, loss: Double(sum), gradientNorm: 1, rate: 1, tokens: 1, operations: 0, seconds: 1))
      }
      return true
    }

    func evaluate(_ question: Int) -> Int { question * sum }
  }

  private enum CountingStage: Stage {
    static let rounds = ParameterKey<Int>("rounds", .int(1...100), default: 5, neutral: 5, role: .horizon, help: "")
    static let bad = ParameterKey<Int>("bad", .int(-1...100), default: -1, neutral: -1, help: "")
    static let declaration = StageDeclaration(
      name: "counting", version: 1, summary: "Counts.",
      parameters: [rounds.parameter, bad.parameter] + TrainingParameters.resources, inputs: [],
      outputs: [OutputPort("metrics", .metrics, .file, help: "The sum.")], example: "")

    static func run(_ context: StageContext) throws {
      try context.runTraining(declaration) {
        var run = try CourseRun<Counter>(context, .init(bad: context[bad]), until: context[rounds])
        var losses = try run.saved.map { String(decoding: try $0.read("losses"), as: UTF8.self) } ?? ""
        try run.train(saving: ("losses", { Array(losses.utf8) })) { report in
          losses += "\(Int(report.loss)) "
          return report.loss
        }
        try context.outputs.write("metrics", "", Array("\(run.course.evaluate(2)) of \(losses)".utf8))
      }
    }
  }

  private func run(
    _ parameters: [String: Value] = [:], from saved: [Int: [String: [UInt8]]] = [:], interruptAfter polls: Int? = nil
  ) -> (run: MemoryRun, error: (any Error)?) {
    let run = MemoryRun(interruptAfter: polls)
    run.segments.withLock { $0 = saved }
    do { try run.run(CountingStage.self, parameters) } catch { return (run, error) }
    return (run, nil)
  }

  private func states(_ run: MemoryRun) -> [Int: [String: [UInt8]]] { run.segments.withLock { $0 } }

  @Test func `a course is run to its horizon`() {
    let run = run(["checkpoint-steps": .list([.int(3), .int(7)])]).run
    let sums = (1...20).map { $0 * ($0 - 1) / 2 }
    let text = "380 of " + sums.map { "\($0) " }.joined()
    #expect(run.files.withLock { $0["metrics"]?[""] } == Array(text.utf8))
    #expect(states(run).keys.sorted() == [3, 7, 20] && run.kept.withLock { $0 } == [3, 7])
    #expect(states(run)[7]?.keys.sorted() == ["losses", "state:step", "weights:sum"])
    #expect(run.warnings == ["2 of 3 blocks have no trained weights: they start anew"])
    let lines = run.reports.withLock { $0 }.compactMap {
      if case .progress(let done, 20, "steps", let detail) = $0 { "\(done) \(detail.prefix(22))" } else { nil }
    }
    #expect(lines.count == 20 && lines[4] == "5 round 2/5  loss 10.000", "\(lines)")
  }

  @Test(arguments: [1, 2, 9, 19]) func `a course that was stopped and resumed ends the same`(polls: Int) {
    let direct = run().run
    let first = run(interruptAfter: polls)
    #expect(first.error is Interrupted && states(first.run).keys.sorted() == [polls])
    let second = run(from: states(first.run))
    #expect(second.error == nil && second.run.digest == direct.digest)
    #expect(second.run.reports.withLock { $0.first } == .resumed(at: polls, total: 20))
    #expect(states(second.run)[20] == states(direct)[20])
  }

  @Test func `a course with a later horizon goes on from its state`() {
    let shorter = run(["rounds": .int(2)]).run
    #expect(states(shorter).keys.sorted() == [8])
    let longer = run(from: states(shorter)).run
    #expect(longer.digest == run().run.digest)
    #expect(longer.reports.withLock { $0.first } == .resumed(at: 8, total: 20))
  }

  @Test func `a setup that cannot be trained is a failure of the stage`() {
    let failures = [
      run(["bad": .int(6)]).error,
      run(from: [4: ["losses": [], "state:step": Array("four".utf8), "weights:sum": []]]).error,
    ].map { $0 as? StageFailure }
    #expect(failures[0] == StageFailure(code: "not-finite", "the sum of step 6 is not a finite number"))
    #expect(failures[1] == StageFailure(code: "bad-checkpoint", "checkpoint file state/step: not a count"))
  }
}
