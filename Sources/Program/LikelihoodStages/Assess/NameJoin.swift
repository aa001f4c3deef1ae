/// Labels under the names of scores.
struct NameJoin {
  /// By name of a score.
  private(set) var values: [String: Double] = [:]
  /// Labels that were found under another name.
  private(set) var byAlias = 0
  /// Names of labels that no score has, sorted.
  private(set) var unused: [String] = []

  /// A label goes to the score of its name; else, where it is a further name of genes with scores, to those that have
  /// no label of their own.
  init(_ labels: [String: Double], scored: Set<String>, aliases: [String: [String]]) {
    for (name, value) in labels where scored.contains(name) { values[name] = value }
    for (name, value) in labels.sorted(by: { $0.key < $1.key }) where !scored.contains(name) {
      let others = (aliases[name] ?? []).filter { scored.contains($0) && values[$0] == nil }
      for other in others { values[other] = value }
      if others.isEmpty { unused.append(name) } else { byAlias += 1 }
    }
  }
}
