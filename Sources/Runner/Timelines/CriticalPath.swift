/// The spans that determined the end of a run, and those that would have with unlimited cores.
///
/// A span needs the last span before it of its own step, and of each source of its step, that had ended when it
/// began. Two questions are answered about that graph of n spans and m edges:
///
/// * `chain` is what happened: from the span that ended last, back to that of its needs which ended last, and so on.
///   The waits and durations of its links add up to the end of the last.
/// * `path`, `slack` and `improvement` are what could have happened with unlimited cores, where each span takes as long
///   as it did and starts when the last of its needs ends, the first ones at 0. The run then lasts L seconds, the
///   largest sum of durations along a path. The slack of a span is the time by which it could be longer with L as it
///   is: L less the largest sum of a path through it. Its potential improvement is L - L', where L' is L had this span
///   alone taken no time: the definition of Buck2 (`buck2 log critical-path`). It is above 0 only for spans of every
///   longest path.
package struct CriticalPath: Sendable {
  /// A span of a chain.
  package struct Link: Hashable, Sendable {
    /// Its place among the spans of the timeline.
    package let span: Int
    /// Seconds from the end of the link before, or the beginning of the run, to its start.
    package let wait: Double
    /// Seconds that it took.
    package let seconds: Double
  }

  /// By time.
  package let chain: [Link]
  /// One of the longest paths, as places among the spans, by time.
  package let path: [Int]
  /// L, in seconds.
  package let unlimited: Double
  /// By span, in seconds.
  package let slack: [Double]
  /// By span, in seconds.
  package let improvement: [Double]

  /// - Parameter sources: by step of the timeline, the steps whose outputs it binds, as `Dependencies.sources`.
  ///
  /// Takes O(n + m + k log k) time for k spans on the path.
  package init(_ timeline: Timeline, sources: [[Int]]) {
    let spans = timeline.spans
    let needs = Self.needs(timeline, sources)
    chain = Self.chain(spans, needs)
    // Sums of durations of the longest path up to the end of a span, and from its start on. Needs come before.
    var head = spans.map(\.seconds), tail = head
    var before = [Int](repeating: -1, count: spans.count)
    for (place, needed) in needs.enumerated() {
      guard let last = needed.max(by: { head[$0] < head[$1] }) else { continue }
      head[place] += head[last]
      before[place] = last
    }
    for (place, needed) in needs.enumerated().reversed() {
      for other in needed { tail[other] = max(tail[other], spans[other].seconds + tail[place]) }
    }
    let longest = head.max() ?? 0
    unlimited = longest
    slack = spans.indices.map { max(0, longest - (head[$0] + tail[$0] - spans[$0].seconds)) }
    var path: [Int] = []
    var next = head.indices.max { head[$0] < head[$1] } ?? -1
    while next >= 0 {
      path.append(next)
      next = before[next]
    }
    path.reverse()
    self.path = path
    var improvement = [Double](repeating: 0, count: spans.count)
    for (place, other) in zip(path, Self.detours(path, needs, head, tail)) {
      improvement[place] = max(0, min(spans[place].seconds, longest - other))
    }
    self.improvement = improvement
  }

  /// By span, the spans that it needs, all before it in order.
  static func needs(_ timeline: Timeline, _ sources: [[Int]]) -> [[Int]] {
    let spans = timeline.spans
    // By step its last span so far, and by span the one before it of its step; -1 for none.
    var last = [Int](repeating: -1, count: timeline.steps.count)
    var before = [Int](repeating: -1, count: spans.count)
    return spans.indices.map { place in
      let (step, start) = (spans[place].step, spans[place].start)
      var needed: [Int] = []
      needed.reserveCapacity(sources[step].count + 1)
      for other in sources[step] + [step] {
        var span = last[other]
        while span >= 0, spans[span].end > start { span = before[span] }
        if span >= 0 { needed.append(span) }
      }
      (before[place], last[step]) = (last[step], place)
      return needed
    }
  }

  private static func chain(_ spans: [StepSpan], _ needs: [[Int]]) -> [Link] {
    var chain: [Link] = []
    var next = spans.indices.max { spans[$0].end < spans[$1].end }
    while let place = next {
      next = needs[place].max { spans[$0].end < spans[$1].end }
      let free = next.map { spans[$0].end } ?? 0
      chain.append(Link(span: place, wait: spans[place].start - free, seconds: spans[place].seconds))
    }
    return chain.reversed()
  }

  /// For each span of a longest path, the largest sum of durations of a path without it.
  ///
  /// In the order of spans, a path without the one at place p lies before p, or behind p, or has an edge from before to
  /// behind it. An edge (a, b) thus gives head(a) + tail(b) to all spans of the path between a and b, which are
  /// neighbours on it: a maximum over ranges, kept by powers of two that cover a range and handed down in the end.
  private static func detours(_ path: [Int], _ needs: [[Int]], _ head: [Double], _ tail: [Double]) -> [Double] {
    // By span, how many of the path are before it.
    var count = 0
    let isOnPath = path.reduce(into: [Bool](repeating: false, count: needs.count)) { $0[$1] = true }
    let preceding = isOnPath.map { isIt in
      defer { count += isIt ? 1 : 0 }
      return count
    }
    var levels = [[Double]](repeating: [], count: Int.bitWidth - path.count.leadingZeroBitCount)
    for level in levels.indices { levels[level] = [Double](repeating: 0, count: path.count) }
    /// Gives `value` to the spans of the path from `start` up to `end`, without that.
    func give(_ value: Double, from start: Int, to end: Int) {
      guard start < end else { return }
      let level = Int.bitWidth - 1 - (end - start).leadingZeroBitCount
      for place in [start, end - 1 << level] { levels[level][place] = max(levels[level][place], value) }
    }
    for (place, needed) in needs.enumerated() {
      for other in needed {
        give(head[other] + tail[place], from: preceding[other] + (isOnPath[other] ? 1 : 0), to: preceding[place])
      }
      // Paths that end here are before all that comes later, and paths that begin here behind all that was earlier.
      give(head[place], from: preceding[place] + (isOnPath[place] ? 1 : 0), to: path.count)
      give(tail[place], from: 0, to: preceding[place])
    }
    for level in levels.indices.dropFirst().reversed() {
      for place in levels[level].indices {
        for part in [place, place + 1 << (level - 1)] where part < path.count {
          levels[level - 1][part] = max(levels[level - 1][part], levels[level][place])
        }
      }
    }
    return levels.first ?? []
  }
}
