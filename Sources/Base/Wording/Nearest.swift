/// The candidate most like `name`, or nil when none is near: at most a third of the characters of the longer one
/// differ, or `slack` where that is more.
package func nearest(to name: String, in candidates: some Sequence<String>, slack: Int = 1) -> String? {
  let wanted = Array(name.lowercased().unicodeScalars)
  guard !wanted.isEmpty, wanted.count <= 64 else { return nil }
  var best: (distance: Int, name: String)?
  for candidate in candidates.prefix(2000) where candidate != name && candidate.unicodeScalars.count <= 64 {
    let other = Array(candidate.lowercased().unicodeScalars)
    let limit = max(slack, max(wanted.count, other.count) / 3)
    guard abs(wanted.count - other.count) <= limit else { continue }
    let distance = editDistance(wanted, other)
    guard distance <= limit, distance < max(wanted.count, other.count) else { continue }
    if best.map({ distance < $0.distance || distance == $0.distance && candidate < $0.name }) ?? true {
      best = (distance, candidate)
    }
  }
  return best?.name
}

/// Damerau-Levenshtein distance (optimal string alignment): insertions, deletions, substitutions, swaps of neighbours.
package func editDistance<Element: Equatable>(_ a: [Element], _ b: [Element]) -> Int {
  var before: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    row.reserveCapacity(b.count + 1)
    for j in b.indices {
      var distance = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { distance = min(distance, before[j - 1] + 1) }
      row.append(distance)
    }
    before = last
    last = row
  }
  return last[b.count]
}
