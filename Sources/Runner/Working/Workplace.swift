import Files
import Stores

/// Things that a worker's steps have in turn: a scratch folder, and the guard of their commands.
struct Workplace: Sendable {
  let scratch: ScratchFolder
  /// None before the first command.
  private var guardian: GuardProcess?

  init(in store: Store) throws(StoreError) { scratch = try ScratchFolder(in: store) }

  /// Runs a command to its end; see `GuardProcess.wait`.
  mutating func run(
    _ request: CommandRequest, isInterrupted: () -> Bool, line: (GuardProcess.Stream, [UInt8]) -> Void
  ) throws -> GuardProcess.Ending {
    let guardian = try start(request)
    let ending = guardian.wait(isInterrupted: isInterrupted, line: line)
    if ending.isLast { self.guardian = nil }
    return ending
  }

  private mutating func start(_ request: CommandRequest) throws -> GuardProcess {
    if let guardian {
      if guardian.start(request) { return guardian }
      // The guard was killed while it had nothing to do.
      self.guardian = nil
      guardian.end()
    }
    let guardian = try GuardProcess()
    self.guardian = guardian
    _ = guardian.start(request)
    return guardian
  }

  /// Empties the place for the next step; false when that cannot be.
  func clear() -> Bool { scratch.clear(keeping: CommandStep.folders) }

  /// Leaves nothing of the place.
  mutating func close() {
    guardian?.end()
    guardian = nil
    scratch.remove()
  }
}
