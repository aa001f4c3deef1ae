import Randomness
package import Sequences

/// Directed evolution (Arnold 1998): from each start a population of its own, whose members are changed at random and
/// of which the best go on. A pure function of the seed, the starts, the setting and the scores.
package struct Evolution: Sendable {
  package struct Setting: Sendable {
    package var rounds = 20
    /// Members of a population that go on, and new ones of a round.
    package var survivors = 8
    package var offspring = 32
    /// Edits of a new member: 1, and each further one with this chance.
    package var more = 0.5
    /// Chances of a substitution, an insertion and a deletion, in parts of their sum.
    package var kinds = [1.0, 0, 0]
    package var seed = 0

    package init() {}
  }

  /// One change of a sequence.
  package struct Edit: Hashable, Sendable {
    package let round: Int
    /// The place in the sequence as it was before the edit, from 0.
    package let place: Int
    /// Letters before and after; empty for an insertion and a deletion.
    package let from: String
    package let to: String
    /// Scores before and after all edits of the round.
    package let before: Double
    package let after: Double
  }

  package struct Member: Hashable, Sendable {
    package let start: Int
    package let sequence: [UInt8]
    package let score: Double
    package let edits: [Edit]
    /// Letters by which it breaks constraints; those of a start that breaks some become fewer from round to round.
    package let excess: Int
    /// By place, that of the start where the letter is of it.
    fileprivate let origins: [Int?]
  }

  private let setting: Setting
  private let constraints: Constraints
  private let alphabet: Alphabet
  private let starts: [[UInt8]]
  private let random: Philox
  /// Tries for a change that keeps to the constraints before a member is given up in a round.
  private static let tries = 50

  package init(_ starts: [[UInt8]], _ alphabet: Alphabet, _ setting: Setting, _ constraints: Constraints) {
    (self.setting, self.constraints, self.alphabet, self.starts) = (setting, constraints, alphabet, starts)
    random = Philox(seed: setting.seed, stream: .evolution)
  }

  /// A change before it has a score.
  private struct Draft {
    let parent: Member
    var sequence: [UInt8]
    var origins: [Int?]
    var changes: [(place: Int, from: String, to: String)] = []
  }

  /// The populations after all rounds, each best first; nil where `isCancelled`.
  ///
  /// - Parameters:
  ///   - scores: of new sequences, the higher the better; every sequence is asked once.
  ///   - round: is told the number of the round, sequences scored so far, and the populations.
  package func run(
    scores: ([[UInt8]]) throws -> [Double], isCancelled: () -> Bool,
    round told: (_ round: Int, _ scored: Int, _ populations: [[Member]]) -> Void
  ) rethrows -> [[Member]]? {
    var known: [[UInt8]: Double] = [:]
    func ask(_ sequences: [[UInt8]]) throws {
      var new: [[UInt8]] = []
      var asked: Set<[UInt8]> = []
      for sequence in sequences where known[sequence] == nil && asked.insert(sequence).inserted { new.append(sequence) }
      for (sequence, score) in zip(new, try scores(new)) { known[sequence] = score }
    }
    try ask(starts)
    var populations = starts.enumerated().map { index, sequence in
      [
        Member(
          start: index, sequence: sequence, score: known[sequence]!, edits: [],
          excess: constraints.excess(of: sequence, alphabet), origins: sequence.indices.map { $0 })
      ]
    }
    told(0, known.count, populations)
    for round in 1...max(1, setting.rounds) where setting.rounds > 0 {
      if isCancelled() { return nil }
      let drafts = populations.enumerated().map { start, population in
        (0..<setting.offspring).compactMap { draft(round, start, $0, population) }
      }
      try ask(drafts.joined().map(\.sequence))
      for (start, drafts) in drafts.enumerated() {
        var seen = Set(populations[start].map(\.sequence))
        for draft in drafts where seen.insert(draft.sequence).inserted {
          populations[start].append(member(draft, round, known[draft.sequence]!))
        }
        populations[start].sort { a, b in
          if a.excess != b.excess { return a.excess < b.excess }
          return a.score != b.score ? a.score > b.score : a.sequence.lexicographicallyPrecedes(b.sequence)
        }
        populations[start] = Array(populations[start].prefix(setting.survivors))
      }
      told(round, known.count, populations)
    }
    return populations
  }

  private func member(_ draft: Draft, _ round: Int, _ score: Double) -> Member {
    let edits = draft.changes.map {
      Edit(round: round, place: $0.place, from: $0.from, to: $0.to, before: draft.parent.score, after: score)
    }
    return Member(
      start: draft.parent.start, sequence: draft.sequence, score: score, edits: draft.parent.edits + edits,
      excess: constraints.excess(of: draft.sequence, alphabet), origins: draft.origins)
  }

  /// A changed member of a population that breaks constraints by no more letters; nil where none of many tries does.
  private func draft(_ round: Int, _ start: Int, _ child: Int, _ population: [Member]) -> Draft? {
    for attempt in 0..<Self.tries {
      var draws = 0
      // Counters of a draw: the round with the try, the start, and the child with the number of the draw.
      let next = { () -> Double in
        defer { draws += 1 }
        return random.uniform(round * Self.tries + attempt, start, child << 16 | draws & 0xffff)
      }
      let below = { (bound: Int) in min(bound - 1, Int(next() * Double(bound))) }
      let parent = population[below(population.count)]
      var draft = Draft(parent: parent, sequence: parent.sequence, origins: parent.origins)
      var count = 1
      while next() < setting.more { count += 1 }
      for _ in 0..<count { change(&draft, next, below) }
      guard !draft.changes.isEmpty, draft.sequence != parent.sequence,
        parent.edits.count + draft.changes.count <= constraints.edits,
        constraints.excess(of: draft.sequence, alphabet) <= parent.excess
      else { continue }
      return draft
    }
    return nil
  }

  private func isFixed(_ place: Int) -> Bool { constraints.fixed.contains { $0.contains(place) } }

  /// One more edit of a draft, where the place that is drawn is not fixed.
  private func change(_ draft: inout Draft, _ next: () -> Double, _ below: (Int) -> Int) {
    var kind = next() * setting.kinds.reduce(0, +)
    let number = setting.kinds.firstIndex { chance in
      kind -= chance
      return kind < 0
    }
    let letter = { (text: UInt8) in String(UnicodeScalar(text)) }
    switch number {
    case 1:
      let place = below(draft.sequence.count + 1)
      // Between two fixed letters that are neighbours nothing comes in.
      if place > 0, place < draft.origins.count, let left = draft.origins[place - 1], let right = draft.origins[place],
        isFixed(left), isFixed(right), right == left + 1
      { return }
      let new = alphabet.bases[below(alphabet.bases.count)]
      draft.sequence.insert(new, at: place)
      draft.origins.insert(nil, at: place)
      draft.changes.append((place, "", letter(new)))
    case 2:
      guard draft.sequence.count > 1 else { return }
      let place = below(draft.sequence.count)
      if let origin = draft.origins[place], isFixed(origin) { return }
      draft.changes.append((place, letter(draft.sequence.remove(at: place)), ""))
      draft.origins.remove(at: place)
    default:
      guard !draft.sequence.isEmpty else { return }
      let place = below(draft.sequence.count)
      if let origin = draft.origins[place], isFixed(origin) { return }
      let others = alphabet.bases.filter { $0 != draft.sequence[place] }
      let new = others[below(others.count)]
      draft.changes.append((place, letter(draft.sequence[place]), letter(new)))
      draft.sequence[place] = new
    }
  }
}
