import System
import Wording

/// A live line of work that goes on for a while: how much is done, and how fast. Nothing is shown where standard error
/// is no terminal.
package struct LiveCount {
  private let noun: String
  private let began = Clock.monotonic()
  private var shown = 0.0

  package init(_ noun: String) { self.noun = noun }

  package mutating func show(_ done: Int) {
    let now = Clock.monotonic()
    guard Terminal.isLive, now - shown > 0.2 else { return }
    shown = now
    let rate = Double(done) / max(0.001, now - began)
    Terminal.write("\r\u{1B}[K\(Words.grouped(done)) \(noun), \(Words.grouped(Int(rate))) a second", to: 2)
  }

  /// Removes the line.
  package func end() { if shown > 0 { Terminal.write("\r\u{1B}[K", to: 2) } }
}
