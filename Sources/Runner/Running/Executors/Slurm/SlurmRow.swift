import System

/// A task of an array job in the answer of squeue.
struct SlurmRow: Equatable {
  let job: Int
  let index: Int
  let state: String
  /// The status as wait(2) gives it: the code times 256, or the signal.
  let status: Int32
  /// The name of the submission.
  let comment: String
  let nodes: String
  /// The reason why it waits, or its end.
  let reason: String

  enum Phase { case pending, running, ended }

  var phase: Phase {
    switch state {
    case "PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "RESV_DEL_HOLD", "SPECIAL_EXIT": .pending
    case "BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED",
      "REVOKED", "TIMEOUT":
      .ended
    default: .running
    }
  }

  /// Whether a pending job waits for something else than its turn, so that somebody should know.
  var isStuck: Bool {
    phase == .pending
      && ![
        "None", "Priority", "Resources", "BeginTime", "Cleaning", "Dependency", "Licenses", "Prolog", "",
        "JobArrayTaskLimit", "(null)",
      ].contains(reason)
  }

  /// The end of the task, in words.
  var ending: String {
    let code =
      switch ExitStatus(status) {
      case .exited(let code): code == 0 ? "" : ", exit code \(code)"
      case .killed(let signal): ", signal \(signal)"
      }
    return "ended as \(state)\(code)\(nodes.isEmpty ? "" : " on \(nodes)")"
  }

  /// Reads one line; nil for a line that is no row.
  init?(_ line: Substring) {
    let fields = line.split(separator: ";", maxSplits: 6, omittingEmptySubsequences: false).map { field in
      String(field.drop { $0 == " " }.prefix { $0 != " " })
    }
    guard fields.count == 7, let job = Int(fields[0]), let index = Int(fields[1]) else { return nil }
    self.job = job
    self.index = index
    state = fields[2]
    status = Int32(fields[3]) ?? 0
    comment = fields[4]
    nodes = fields[5]
    reason = fields[6]
  }

  static func rows(_ output: String) -> [SlurmRow] {
    output.split(whereSeparator: \.isNewline).compactMap { SlurmRow($0) }
  }
}
