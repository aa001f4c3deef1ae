import Artifacts
import Training

/// Training states as segments: files of a checkpoint under names that a tree can hold.
struct Segments {
  private let context: StageContext
  private let interval: Duration
  /// The steps after which the state is kept: where other trainings may branch off.
  private let boundaries: Set<Int>
  private var last = (step: 0, time: ContinuousClock.now)

  init(_ context: StageContext) {
    self.context = context
    interval = .seconds(context[CheckpointParameters.seconds])
    let named = context[CheckpointParameters.steps]
    boundaries = Set(
      context[OptimizerParameters.schedule] == "constant" ? named : named + [context[OptimizerParameters.decayFrom]])
  }

  /// The newest state at or before `step`, if there is one.
  mutating func newest(atOrBefore step: Int) throws -> Checkpoint? {
    guard let (found, state) = try context.segments.newest(atOrBefore: step) else { return nil }
    last.step = found
    context.report(.resumed(at: found, total: step))
    return try Self.checkpoint(state, prefix: "")
  }

  /// Whether the state after `step` steps is to be saved before training goes on.
  private func isDue(at step: Int) -> Bool {
    step != last.step && (boundaries.contains(step) || ContinuousClock.now - last.time >= interval)
  }

  /// Trains on until the horizon from where the course is, saving its state whenever that is due and at the end;
  /// `extra` files of the stage are saved with it. Throws `Interrupted` once its state is saved.
  mutating func train<C: Course>(
    _ course: C, until horizon: Int, on material: C.Material, extra: [(name: String, bytes: () throws -> [UInt8])] = [],
    report: (StepReport) -> Void, afterwards: () -> Void = {}
  ) throws {
    while true {
      let isFinished = try course.train(
        until: horizon, on: material, isCancelled: { context.isInterrupted() || isDue(at: course.step) }, report: report
      )
      afterwards()
      try save(step: course.step, course.checkpointNames + extra.map(\.name)) { name in
        try extra.first { $0.name == name }?.bytes() ?? course.checkpointBytes(name)
      }
      if isFinished { return }
      if context.isInterrupted() { throw Interrupted() }
    }
  }

  /// Saves a state made of the named files.
  private mutating func save(step: Int, _ names: [String], _ bytes: (String) throws -> [UInt8]) throws {
    try context.segments.save(step: step, isKept: boundaries.contains(step)) { create in
      for name in names {
        let writer = try create(Self.flat(name))
        try writer.write(try bytes(name))
        try writer.close()
      }
    }
    last = (step, .now)
  }

  /// A checkpoint out of a tree. `prefix` is what the names in the tree lack.
  static func checkpoint(_ artifact: any InputArtifact, prefix: String) throws -> Checkpoint {
    Checkpoint(names: try artifact.names.map { prefix + nested($0) }) { name in
      try artifact.bytes(flat(String(name.dropFirst(prefix.count))))
    }
  }

  // A tree is flat: the folder of a checkpoint's file is the part of its name before a colon.
  static func flat(_ name: String) -> String { String(name.map { $0 == "/" ? ":" : $0 }) }
  private static func nested(_ name: String) -> String { String(name.map { $0 == ":" ? "/" : $0 }) }
}
