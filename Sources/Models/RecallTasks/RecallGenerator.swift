import Randomness

/// Makes the examples of a task, each a pure function of (task, seed, split, its number).
///
/// In training, recalls ask for every next token, and in dev and test for values of keys that came before. All else is
/// asked for alike in the three.
package struct RecallGenerator: Sendable {
  package let task: RecallTask
  let random: Philox
  /// By key, its value in all sequences of a memorization.
  let values: [Int]

  /// Requires a task without a `problem`.
  package init(_ task: RecallTask, seed: Int) {
    if let problem = task.problem { preconditionFailure(problem) }
    self.task = task
    random = Philox(seed: seed, stream: .recall)
    // Splits have the rounds below.
    let order = random.permutation(task.plain - task.keys, round: RecallExample.Split.allCases.count)
    values = task.kind == .memorization ? order.prefix(task.keys).map { task.keys + $0 } : []
  }

  /// One example of a split.
  package func example(_ number: Int, of split: RecallExample.Split) -> RecallExample {
    var draws = ExampleDraws(random, split, number)
    let isTraining = split == .train
    return switch task.kind {
    case .recall, .noisyRecall: recall(isTraining, &draws)
    case .fuzzyRecall: fuzzyRecall(isTraining, &draws)
    case .selectiveCopying: copying(&draws)
    case .compression: compression(&draws)
    case .memorization: memorization(&draws)
    }
  }

  /// Keys with their values; the value of a key is drawn once. A pair is two tokens of noise by chance, but for one
  /// place, so that there is a key to ask for. The last pair is of a key that came before, drawn from these.
  private func recall(_ isTraining: Bool, _ draws: inout ExampleDraws) -> RecallExample {
    let (keys, plain, pairs) = (task.keys, task.plain, task.length / 2)
    var (tokens, targets, known, order) = ([Int](), [Int](), [Int: Int](), [Int]())
    let kept = task.noise > 0 ? draws.below(pairs - 1) : 0
    for pair in 0..<pairs - 1 {
      if task.noise > 0, pair != kept, draws.uniform() < task.noise {
        for _ in 0..<2 { tokens.append(plain + draws.below(task.noiseVocabulary)) }
        targets += [RecallExample.none, RecallExample.none]
        continue
      }
      let key = draws.below(keys)
      let before = known[key]
      let value = before ?? keys + draws.below(plain - keys)
      if before == nil {
        known[key] = value
        order.append(key)
      }
      tokens += [key, value]
      targets += [RecallExample.none, before ?? RecallExample.none]
    }
    let asked = order[draws.below(order.count)]
    tokens += [asked, known[asked]!]
    targets += [RecallExample.none, known[asked]!]
    return RecallExample(shifting: tokens, targets: isTraining ? nil : targets)
  }

  /// As many of the tokens as are to be copied, blanks before any of them; then the token that asks for the copy, and a
  /// blank for each.
  private func copying(_ draws: inout ExampleDraws) -> RecallExample {
    let (plain, copies) = (task.plain, task.copies)
    let tokens = (0..<copies).map { _ in draws.below(plain) }
    var blanks = [Int](repeating: 0, count: copies)
    let (blank, end) = (plain, plain + 1)
    for _ in 0..<task.length - 2 * copies - 1 { blanks[draws.below(copies)] += 1 }
    let sparse = zip(blanks, tokens).flatMap { [Int](repeating: blank, count: $0) + [$1] }
    return RecallExample(
      sparse + [end] + [Int](repeating: blank, count: copies),
      [Int](repeating: RecallExample.none, count: task.length - copies) + tokens)
  }

  /// Any tokens and one that ends them; all are asked for in their places.
  private func compression(_ draws: inout ExampleDraws) -> RecallExample {
    let tokens = (0..<task.length - 1).map { _ in draws.below(task.plain) } + [task.plain]
    return RecallExample(tokens, tokens)
  }

  /// Keys, and behind each a token in the place of its value, which is asked for.
  private func memorization(_ draws: inout ExampleDraws) -> RecallExample {
    let keys = (0..<task.length / 2).map { _ in draws.below(task.keys) }
    return RecallExample(keys.flatMap { [$0, task.plain] }, keys.flatMap { [RecallExample.none, values[$0]] })
  }
}
