import Artifacts
import Glibc
import System

/// The lines that a command writes: messages are reported, everything else goes to this process's standard error,
/// and so to the step's log.
struct CommandLog {
  let report: @Sendable (StageReport) -> Void
  private(set) var environment: [String: String] = [:]
  /// The failure that the command told: the first counts.
  private(set) var failure: StageFailure?
  private var lastErrors = LastWords()

  init(report: @escaping @Sendable (StageReport) -> Void) { self.report = report }

  mutating func take(_ stream: GuardProcess.Stream, _ bytes: [UInt8]) {
    // No terminal, whatever shows it, is to take it for orders.
    let line = ControlCharacters.escaped(String(decoding: bytes, as: UTF8.self))
    guard stream == .output else {
      _ = lastErrors.add(line)
      return log(line)
    }
    switch CommandMessage(line) {
    case .report(let report): self.report(report)
    case .environment(let name, let text): environment[name] = text
    case .failure(let failure): self.failure = self.failure ?? failure
    case .malformed: report(.warning("not a line of the protocol in stages/README.md: \(line)"))
    case .other: log(line)
    }
  }

  private func log(_ line: String) { _ = Descriptors.write(Array((line + "\n").utf8), to: 2) }

  /// The last lines of standard error, for the end of a sentence.
  var lastWords: String {
    lastErrors.isEmpty ? " and said nothing on standard error" : ": " + lastErrors.text
  }
}
