extension RecallGenerator {
  /// Keys and values of 1 to m different tokens each; in dev and test keys have m. One pair is asked for at the end,
  /// and comes once before at a place that is drawn, or as chance draws its key. Padding fills the front, as sequences
  /// end where the next pair might be too long.
  ///
  /// The original draws that place so that a short pair may lie behind the end, and nothing then tells its value; here
  /// it always lies before.
  func fuzzyRecall(_ isTraining: Bool, _ draws: inout ExampleDraws) -> RecallExample {
    let most = task.motif
    let (keys, values) = (0..<task.keys, task.keys..<task.plain)
    func key(_ draws: inout ExampleDraws) -> [Int] {
      let size = isTraining ? 1 + draws.below(most) : most
      return draws.different(size, of: keys)
    }
    func value(_ draws: inout ExampleDraws) -> [Int] {
      let size = 1 + draws.below(most)
      return draws.different(size, of: values)
    }
    let asked = key(&draws)
    let answer = value(&draws)
    let size = asked.count + answer.count
    let end = task.length - size - 2 * most
    // A pair has 2 m tokens at most: one begins within as many of any place.
    let place = draws.below(end - 2 * most + 1)
    var (tokens, targets, known) = ([Int](), [Int](), [[Int]: [Int]]())
    while tokens.count < end {
      let isDue = known[asked] == nil && tokens.count >= place
      let own = isDue ? asked : key(&draws)
      let before = known[own]
      let its = before ?? (own == asked ? answer : value(&draws))
      known[own] = its
      tokens += own + its
      targets += [Int](repeating: RecallExample.none, count: own.count)
      targets += before ?? [Int](repeating: RecallExample.none, count: its.count)
    }
    tokens += asked + answer
    targets += [Int](repeating: RecallExample.none, count: asked.count) + answer
    let padding = task.length + 1 - tokens.count
    return RecallExample(
      shifting: [Int](repeating: task.plain, count: padding) + tokens,
      targets: isTraining ? nil : [Int](repeating: RecallExample.none, count: padding) + targets)
  }
}
