/// The steps and the time of a run, as far as they can be told before.
package struct Forecast: Sendable {
  /// The steps of one node.
  package struct Part: Sendable {
    /// Steps that run.
    package internal(set) var certain = 0
    /// Steps that run unless what they read comes out as before.
    package internal(set) var waiting = 0
    /// None of the waiting steps has run before, so that nothing can come out as before: all of them run.
    package internal(set) var isNew = false
    /// An axis is not known yet, so neither is the number of steps that wait: `waiting` is 0.
    package internal(set) var isOpen = false
    /// The steps of an open node in the newest run that knew, a guess and no bound; 0 when no run did.
    package internal(set) var asBefore = 0
    /// Seconds of all `certain` steps, and of all `waiting` ones or as many as before, one after the other; nil when
    /// nothing is known of such steps.
    package internal(set) var certainSeconds: Double? = 0
    package internal(set) var waitingSeconds: Double? = 0
    /// Whether the seconds are those of other steps: of the same stage with other parameters.
    var isGuess = false
    /// Steps whose results are reused.
    package internal(set) var reused = 0
    /// Seconds that the results which are reused took.
    package internal(set) var saved = 0.0

    /// Steps that run for sure, and their seconds.
    var sure: Int { certain + (isNew ? waiting : 0) }
    var sureSeconds: Double { (certainSeconds ?? 0) + (isNew ? waitingSeconds ?? 0 : 0) }
  }

  /// By node of the plan.
  package let parts: [Part]
  /// Seconds that the certain steps will take, and all that may run, on so many cores; open nodes have as many steps as
  /// before. Nodes without history count nothing in it: see `unknown`.
  package let certainSeconds: Double
  package let atMostSeconds: Double
  /// Nodes with steps whose time is not known.
  package let unknown: [Int]

  /// Nodes whose times are those of other steps.
  package var guessed: [Int] { parts.indices.filter { parts[$0].isGuess } }

  /// Steps that run for sure.
  package var certain: Int { parts.reduce(0) { $0 + $1.sure } }
  /// Steps that run unless what they read comes out as before.
  package var waiting: Int { parts.reduce(0) { $0 + $1.certain + $1.waiting } - certain }
  /// nil: an axis gets its items in the run.
  package var atMost: Int? { parts.contains(where: \.isOpen) ? nil : certain + waiting }
  /// Steps whose results are reused.
  package var reused: Int { parts.reduce(0) { $0 + $1.reused } }
  /// Seconds that the results which are reused took.
  package var saved: Double { parts.reduce(0) { $0 + $1.saved } }
  /// Whether no step runs or may run.
  package var isNothing: Bool { atMost == 0 }
}
