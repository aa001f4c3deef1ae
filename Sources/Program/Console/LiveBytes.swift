import System
import Wording

/// A live line of bytes that go somewhere: how many of all, how fast, and how long the rest will take. Nothing is shown
/// where standard error is no terminal.
package final class LiveBytes {
  private let verb: String
  private let began = Clock.monotonic()
  private var shown = 0.0
  private var done = 0

  /// - Parameter verb: the word before the amounts, as `fetched`.
  package init(_ verb: String) { self.verb = verb }

  /// Adds bytes; of how many in all is not known.
  package func add(_ bytes: Int) { show(done + bytes, of: nil) }

  package func show(_ done: Int, of total: Int?) {
    self.done = done
    let now = Clock.monotonic()
    guard Terminal.isLive, now - shown > 0.2 else { return }
    shown = now
    let rate = Double(done) / max(0.001, now - began)
    var text = "\(verb) \(Words.bytes(done))"
    if let total, total > done { text += " of \(Words.bytes(total))" }
    text += ", \(Words.bytes(Int(rate))) a second"
    if let total, total > done, rate > 0 { text += ", \(Words.seconds(Double(total - done) / rate)) left" }
    Terminal.write("\r\u{1B}[K\(text)", to: 2)
  }

  /// Removes the line.
  package func end() { if shown > 0 { Terminal.write("\r\u{1B}[K", to: 2) } }
}
