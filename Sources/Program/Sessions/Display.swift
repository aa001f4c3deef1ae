import Artifacts
import Console
package import Events
import Glibc
import ModelStages
import Plans
import Reports
package import Resolving
import Syntax
import System
import TaskStages
import Wording

/// Shows the events of a run: one live line per running stage on a terminal, plain lines elsewhere, JSON if asked.
package final class Display {
  /// The facts of one node for its line.
  private struct Line {
    var total = 0
    var settled = 0
    var running: [String: String] = [:]
    var seconds: [Double] = []
    var failed = 0
  }

  private let plan: Plan
  /// The places of the stages in the plan.
  private let indices: [String: Int]
  private let resolution: Resolution
  private let session: Session
  private let json: Bool
  private let isLive: Bool
  private var lines: [String: Line] = [:]
  private var drawn = 0
  private var lastDrawn = 0.0
  private var lastPlain: [String: Double] = [:]
  private var cores = 1
  /// By stage and text of a warning: the step that it was shown of, and all that gave it.
  private var warned: [String: (first: String, steps: Set<String>)] = [:]

  package init(_ session: Session, _ resolution: Resolution, json: Bool) {
    self.session = session
    plan = session.plan
    indices = Dictionary(plan.nodes.enumerated().map { ($1.name, $0) }) { first, _ in first }
    self.resolution = resolution
    self.json = json
    isLive = Terminal.isLive && !json
  }

  package func start() { redraw(force: true) }

  /// Removes the live lines; further output is printed below the lines that stay.
  package func stop() { erase() }

  package func show(_ event: Event) {
    if json { return Terminal.print(EventLine.encode(event)) }
    note(event)
    if let text = text(event) {
      erase()
      Terminal.complain(text)
    }
    redraw(force: false)
  }

  private func node(of step: String) -> String { StepAddress.node(of: step) }

  private func note(_ event: Event) {
    switch event {
    case .runStarted(_, _, let cores, _, _, _): self.cores = cores
    case .stepStarted(let step, _, _, _, _, _):
      lines[node(of: step), default: Line()].running[step] = ""
      lastPlain[step] = Clock.monotonic()
    case .progress(let step, let done, let total, let unit, let detail):
      let words = ControlCharacters.escaped("\(done)/\(total) \(unit)" + (detail.isEmpty ? "" : "  \(detail)"))
      lines[node(of: step), default: Line()].running[step] = words
    case .stepFinished(let step, _, let seconds, _, _):
      lines[node(of: step), default: Line()].running[step] = nil
      lines[node(of: step), default: Line()].seconds.append(seconds)
    case .stepFailed(let step, _, _, _, _):
      lines[node(of: step), default: Line()].running[step] = nil
      lines[node(of: step), default: Line()].failed += 1
    case .runFinished: for name in lines.keys { lines[name]?.running = [:] }
    case .stepBroken(let step, _, _, _), .stepInterrupted(let step, _), .stepElsewhere(let step, _),
      .stepFound(let step, _):
      lines[node(of: step), default: Line()].running[step] = nil
    default: break
    }
  }

  /// The line that an event leaves on the screen; nil for an event that is not worth one.
  private func text(_ event: Event) -> String? {
    switch event {
    case .stepStarted(let step, _, let reason, _, let attempt, _):
      attempt > 1 ? "\(step): attempt \(attempt) (\(reason))" : isLive || isLarge(step) ? nil : "\(step): started"
    case .progress(let step, _, _, _, _): plain(step)
    case .stepFinished(let step, let key, let seconds, _, _):
      isLarge(step)
        ? plainCount(step)
        : isLive && isArray(step) ? nil : "\(step): \(Words.seconds(seconds))\(figure(of: step, key))"
    case .warning(let step, let message):
      isNew(message, of: step) ? EventText.text(event).map { ControlCharacters.escaped($0) } : nil
    case .output: EventText.text(event).map { ControlCharacters.escaped($0) }
    case .stepFailed(_, _, _, _, let isAccepted): failure(event).map { $0 + (isAccepted ? "  [ranked last]" : "") }
    case .stepBroken: failure(event)
    case .stepFound(let step, _): isLarge(step) ? plainCount(step) : EventText.text(event)
    case .divergence(let step, let key, let ports):
      Terminal.red("\(step): divergence")
        + ": recomputing \(key.short) gave other bytes for \(ports.joined(separator: ", "))"
    // The errors that refuse a run are told where they are found.
    case .runFinished(let summary):
      summary.isRefused == true
        ? nil : (repeated + [EventText.summary(summary, emphasis: Terminal.red)]).joined(separator: "\n")
    case .stepResumed(let step, _, _): isLarge(step) ? nil : EventText.text(event)
    case .inputImported, .fetching, .stepInterrupted, .stepSkipped, .stepElsewhere: EventText.text(event)
    case .runStarted, .resolved, .metric: nil
    }
  }

  private func failure(_ event: Event) -> String? {
    EventText.text(event) { Terminal.red(ControlCharacters.escaped($0)) }
  }

  /// Whether no step of the same stage has given this warning: the items of an array often have the same.
  private func isNew(_ message: String, of step: String) -> Bool {
    let key = "\(node(of: step)): warning: \(message)"
    let isNew = warned[key] == nil
    warned[key, default: (step, [])].steps.insert(step)
    return isNew
  }

  /// Warnings that further steps gave, with their number.
  private var repeated: [String] {
    warned.sorted { $0.key < $1.key }.filter { $0.value.steps.count > 1 }.map { key, value in
      "\(value.first) and \(Words.count(value.steps.count - 1, "more step"))"
        + ControlCharacters.escaped(String(key.dropFirst(node(of: value.first).count)))
    }
  }

  /// Away from a terminal: one line of progress per step every 15 seconds.
  private func plain(_ step: String) -> String? {
    guard !isLive, let words = lines[node(of: step)]?.running[step] else { return nil }
    let now = Clock.monotonic()
    guard now - lastPlain[step, default: now] > 15 else { return nil }
    lastPlain[step] = now
    return "\(step): \(words)"
  }

  /// The outcome of the training that a step was, if it was one.
  private func figure(of step: String, _ key: Digest) -> String {
    guard let index = indices[node(of: step)], let figure = Results.figure(plan.nodes[index], key, session)
    else { return "" }
    return "  " + figure.text
  }

  private func isArray(_ step: String) -> Bool { step.contains("[") }

  /// Whether a step is one of so many that a line for each would tell nobody anything.
  private func isLarge(_ step: String) -> Bool {
    guard isArray(step), let index = indices[node(of: step)] else { return false }
    return resolution.grid(of: index)?.count ?? 0 > 50
  }

  /// Away from a terminal: the progress of a large stage, every 15 seconds.
  private func plainCount(_ step: String) -> String? {
    let name = node(of: step)
    let now = Clock.monotonic()
    guard !isLive, let index = indices[name], now - lastPlain[name, default: 0] > 15 else { return nil }
    lastPlain[name] = now
    let counts = resolution.counts(of: index)
    return "\(name): \(counts.settled)/\(counts.total)"
  }

  // MARK: Live lines

  private func erase() {
    guard drawn > 0 else { return }
    Terminal.write("\u{1B}[\(drawn)A\u{1B}[J", to: STDERR_FILENO)
    drawn = 0
  }

  private func redraw(force: Bool) {
    guard isLive else { return }
    let now = Clock.monotonic()
    guard force || drawn == 0 || now - lastDrawn > 0.1 else { return }
    lastDrawn = now
    erase()
    let width = Terminal.width - 1
    var text = ""
    for (index, node) in plan.nodes.enumerated() {
      guard let line = lines[node.name], !line.running.isEmpty else { continue }
      text += String(self.text(line, node.name, index).prefix(width)) + "\n"
      drawn += 1
    }
    Terminal.write(text, to: STDERR_FILENO)
  }

  private func text(_ line: Line, _ name: String, _ node: Int) -> String {
    let counts = resolution.counts(of: node)
    let total = counts.total
    var words = "\(name)"
    if total > 1 { words += "  \(counts.settled)/\(total)" }
    if line.failed > 0 { words += "  \(line.failed) failed" }
    if let (step, detail) = line.running.sorted(by: { $0.key < $1.key }).first {
      if total > 1 { words += "  " + step.dropFirst(name.count) }
      if !detail.isEmpty { words += "  " + detail }
    }
    let known = line.seconds.isEmpty ? resolution.durations(of: node) : line.seconds
    if total > 1, !known.isEmpty {
      let mean = known.reduce(0, +) / Double(known.count)
      words += "  ETA \(Words.seconds(mean * Double(total - counts.settled) / Double(min(cores, total))))"
    }
    return words
  }
}
