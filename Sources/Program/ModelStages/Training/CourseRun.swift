package import Artifacts
import Blocks
import Networks
package import Training

/// A course as a step of a pipeline: begun from the newest saved state, trained to its horizon, its state saved on the
/// way and its progress told.
package struct CourseRun<C: Course> {
  package let course: C
  /// The state from which the course goes on; nil where it began from nothing.
  let saved: Checkpoint?
  private let context: StageContext
  private let unit: CourseUnit
  /// Units of the whole training.
  private let horizon: Int
  /// How often the state is saved.
  private let interval: Duration
  /// Steps after which the state is kept: where other trainings may branch off.
  private let branches: Set<Int>
  private var lastSave: (step: Int, time: ContinuousClock.Instant)

  private var steps: Int { horizon * unit.steps }

  /// Begins a course that goes on until `horizon` of its units are finished.
  /// - Parameter total: the units of the training whose schedule it follows, where it ends before; nil: `horizon`.
  package init(_ context: StageContext, _ setup: C.Setup, until horizon: Int, of total: Int? = nil) throws {
    self.context = context
    self.horizon = horizon
    unit = C.unit(of: setup)
    interval = .seconds(context[TrainingParameters.checkpointSeconds])
    let steps = horizon * unit.steps
    context.segments.setUnit(steps: unit.steps)
    let newest = try context.segments.newest(atOrBefore: steps)
    if let newest { context.report(.resumed(at: newest.step, total: steps)) }
    lastSave = (newest?.step ?? 0, .now)
    let fall = Fall.of(
      StageSettings(values: context.parameters), in: FallUnit(unit), total: total ?? horizon)
    let start = fall?.steps(unit: unit.steps).start
    branches = Set(context[TrainingParameters.checkpointSteps] + (start.map { [$0] } ?? []))
    if let misfit = fall?.misfit(in: total ?? horizon) { context.report(.warning(misfit.message)) }
    saved = try newest.map { try Checkpoint($0.state) }
    course = try C(setup, from: saved)
    context.tell(inherited: course.inherited)
  }

  /// Trains to the horizon. The state is saved whenever that is due and at the end, and `document` with it. Throws
  /// `Interrupted` once the state is saved.
  ///
  /// - Parameters:
  ///   - report: hears of each step and returns the loss to show.
  ///   - beforeSave: is called before each save.
  package mutating func train(
    saving document: (name: String, bytes: () throws -> [UInt8])? = nil,
    report: (StepReport) -> Double = { $0.loss }, beforeSave: () -> Void = {}
  ) throws {
    var progress = TrainingProgress(context, total: steps)
    while true {
      let isFinished = try course.train(
        until: steps, isCancelled: { context.isInterrupted() || isSaveDue },
        report: { progress.tell($0, loss: report($0), lead: lead(of: $0)) })
      beforeSave()
      try save(document)
      if isFinished { return }
      if context.isInterrupted() { throw Interrupted() }
    }
  }

  /// `epoch 2/5`, where the unit is not the step.
  private func lead(of report: StepReport) -> String {
    unit == .step ? "" : "\(unit.name) \((report.step - 1) / unit.steps + 1)/\(horizon)  "
  }

  private var isSaveDue: Bool {
    course.step != lastSave.step
      && (branches.contains(course.step) || ContinuousClock.now - lastSave.time >= interval)
  }

  private mutating func save(_ document: (name: String, bytes: () throws -> [UInt8])?) throws {
    let (step, state) = (course.step, course.state)
    try context.segments.save(step: step, isKept: branches.contains(step)) { create in
      for name in state.names + (document.map { [$0.name] } ?? []) {
        let writer = try create(Checkpoint.flat(name))
        try writer.write(try name == document?.name ? document!.bytes() : state.read(name))
        try writer.close()
      }
    }
    lastSave = (step, .now)
  }
}

extension StageContext {
  /// Warns of blocks that have no trained weights, where there are any.
  package func tell(inherited: (blocks: Int, total: Int)?) {
    if let (blocks, total) = inherited, blocks < total {
      report(.warning("\(total - blocks) of \(total) blocks have no trained weights: they start anew"))
    }
  }

  /// Runs a stage that trains: its parameters are checked, and what cannot be trained is a failure of the stage.
  package func runTraining(_ declaration: StageDeclaration, _ body: () throws -> Void) throws {
    try check(declaration)
    do { try body() } catch let error as ModelError {
      let code =
        switch error {
        case .notFinite: "not-finite"
        case .badCheckpoint: "bad-checkpoint"
        case .badInput: "bad-input"
        }
      throw StageFailure(code: code, "\(error)")
    } catch let error as BlockProblem { throw StageFailure(code: "bad-architecture", "\(error)") }
  }
}
