import System

/// The resources that the steps of one node held and used in a run, beside what each was given. The demands that the
/// pipeline states are in its plan.
package struct NodeUse: Hashable, Sendable {
  package let node: String
  /// Steps that were started.
  package let steps: Int
  /// Attempts, of which there are more where some were retried.
  package let attempts: Int
  /// Most cores that an attempt was given.
  package let threads: Int
  /// Seconds of all attempts, and of the longest.
  package let seconds: Double
  package let longest: Double
  /// Core seconds that all attempts held.
  package let held: Double
  /// CPU seconds, bytes read and bytes written by finished attempts; nil where none tells.
  package let cpuSeconds: Double?
  package let bytesRead: Int?
  package let bytesWritten: Int?
  /// CPU seconds over the core seconds that the same attempts held: 1 where all cores were busy; nil where none tells.
  package let efficiency: Double?
  /// Bytes of the attempt with most; nil where none tells.
  package let peakMemory: Int?

  fileprivate init(_ node: String, _ spans: [StepSpan]) {
    self.node = node
    steps = Set(spans.map(\.step)).count
    attempts = spans.count
    threads = spans.map(\.threads).max() ?? 0
    seconds = spans.reduce(0) { $0 + $1.seconds }
    longest = spans.map(\.seconds).max() ?? 0
    held = spans.reduce(0) { $0 + $1.coreSeconds }
    peakMemory = spans.compactMap(\.peakMemory).max()
    let telling = spans.filter { $0.usage != nil }
    let usage = telling.compactMap(\.usage)
    cpuSeconds = usage.isEmpty ? nil : usage.reduce(0) { $0 + $1.cpuSeconds }
    bytesRead = usage.isEmpty ? nil : usage.reduce(0) { $0 + $1.bytesRead }
    bytesWritten = usage.isEmpty ? nil : usage.reduce(0) { $0 + $1.bytesWritten }
    let busy = telling.reduce(0) { $0 + $1.coreSeconds }
    efficiency = busy > 0 ? cpuSeconds.map { $0 / busy } : nil
  }
}

extension Timeline {
  /// The use of each node with started steps, in the order of their first starts.
  package var nodes: [NodeUse] {
    let names = steps.map(\.node)
    var (order, spansOf): ([String], [String: [StepSpan]]) = ([], [:])
    for span in spans {
      let node = names[span.step]
      if spansOf[node] == nil { order.append(node) }
      spansOf[node, default: []].append(span)
    }
    return order.map { NodeUse($0, spansOf[$0] ?? []) }
  }
}
