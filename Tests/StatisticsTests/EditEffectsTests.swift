import Statistics
import TestSupport
import Testing

/// The search for the edit that moved a number: planted causes are named, and nothing else is.
@Suite struct EditEffectsTests {
  /// Measures what is asked for until nothing more is.
  private static func search(
    _ count: Int, atLeast: Double, _ measure: (EditEffects.Subset) -> EditEffects.Value?
  ) -> (effects: EditEffects, probes: Int) {
    var values: [EditEffects.Subset: EditEffects.Value] = [:]
    var failed: Set<EditEffects.Subset> = []
    while case let asked = EditEffects.next(count, values, failed: failed), !asked.isEmpty {
      for subset in asked {
        values[subset] = measure(subset)
        if values[subset] == nil { failed.insert(subset) }
      }
    }
    return (EditEffects(count, values, atLeast: atLeast), values.count)
  }

  private static func noisy(
    _ truth: @escaping (EditEffects.Subset) -> Double, seeds: Int, deviation: Double, _ random: inout RandomNumbers
  ) -> (EditEffects.Subset) -> EditEffects.Value {
    // The noise of a version and a seed is that of every look at it.
    let base = Int.random(in: 0..<1_000_000, using: &random)
    return { subset in
      let place = subset.reduce(0) { $0 | 1 << $1 }
      var own = RandomNumbers(seed: UInt64(base * 4096 + place))
      return EditEffects.Value(seeds: (0..<seeds).map { _ in truth(subset) + deviation * own.normal() })
    }
  }

  @Test(arguments: [3, 8]) func `one cause among edits is named, and others seldom are`(_ count: Int) {
    let trials = Trials.count(60)
    var (named, wrong) = (0, 0)
    for trial in 0..<trials {
      var random = RandomNumbers(seed: UInt64(100 * count + trial))
      let cause = Int.random(in: 0..<count, using: &random)
      let measure = Self.noisy({ $0.contains(cause) ? -1 : 0 }, seeds: 10, deviation: 0.5, &random)
      let (effects, probes) = Self.search(count, atLeast: 0.1, measure)
      let causes = effects.parts.indices.filter { effects.parts[$0]?.verdict == .cause }
      if causes.contains(cause) { named += 1 }
      if causes.contains(where: { $0 != cause }) { wrong += 1 }
      #expect(probes <= (count <= 4 ? 1 << count : 2 * count + 2 + 16))
    }
    #expect(named >= trials * 95 / 100, "\(named) of \(trials)")
    #expect(wrong <= Trials.allowed(0.05, of: trials), "\(wrong) of \(trials)")
  }

  @Test(arguments: [2, 3, 8]) func `without a cause neither an edit nor two together are named`(_ count: Int) {
    let trials = Trials.count(60)
    var wrong = 0
    for trial in 0..<trials {
      var random = RandomNumbers(seed: UInt64(7000 + 1000 * count + trial))
      let measure = Self.noisy({ _ in 0.7 }, seeds: 10, deviation: 0.5, &random)
      let effects = Self.search(count, atLeast: 0.1, measure).effects
      if effects.parts.contains(where: { $0?.verdict == .cause }) || !effects.interactions.isEmpty { wrong += 1 }
    }
    #expect(wrong <= Trials.allowed(0.05, of: trials), "\(wrong) of \(trials)")
  }

  @Test(arguments: [3, 8]) func `two edits that act together alone are an interaction`(_ count: Int) {
    let trials = Trials.count(40)
    var found = 0
    for trial in 0..<trials {
      var random = RandomNumbers(seed: UInt64(9000 + 10 * count + trial))
      let pair = Array((0..<count).shuffled(using: &random).prefix(2)).sorted()
      let measure = Self.noisy({ $0.isSuperset(of: pair) ? 1 : 0 }, seeds: 10, deviation: 0.25, &random)
      let effects = Self.search(count, atLeast: 0.1, measure).effects
      if effects.interactions.first?.edits == pair { found += 1 }
    }
    #expect(found >= trials * 95 / 100, "\(found) of \(trials)")
  }

  @Test func `parts are exact without noise, and add up`() {
    let truth = { (subset: EditEffects.Subset) in
      (subset.contains(0) ? 2.0 : 0) + (subset.contains(2) ? -1 : 0) + (subset.isSuperset(of: [0, 2]) ? 0.5 : 0)
    }
    let effects = Self.search(3, atLeast: 0.1) { subset in
      EditEffects.Value(seeds: [Double](repeating: truth(subset), count: 6))
    }.effects
    #expect(
      zip(effects.parts, [2.25, 0, -0.75]).allSatisfy { abs($0!.value - $1) < 1e-12 } && effects.total.value == 1.5)
    #expect(abs(effects.unresolved) < 1e-12)
    #expect(effects.parts.map { $0?.verdict } == [.cause, .negligible, .cause])
    #expect(effects.interactions.map(\.edits) == [[0, 2]] && effects.interactions[0].part.value == 0.5)
  }

  @Test(arguments: [2, 3, 4, 6]) func `versions that fail are done without`(_ count: Int) throws {
    let random = RandomNumbers(seed: 5)
    // Edit 0 has an effect of its own; edit 1 works only together with edit 0.
    let effects = Self.search(count, atLeast: 0.1) { subset in
      if subset.contains(1), !subset.contains(0) { return nil }
      var own = random
      let truth = (subset.contains(0) ? 1 : 0) + (subset.contains(1) ? -0.5 : 0)
      return EditEffects.Value(seeds: (0..<10).map { _ in truth + 0.01 * own.normal() })
    }.effects
    #expect(zip(effects.parts, [1, -0.5]).allSatisfy { abs(($0?.value ?? .nan) - $1) < 1e-9 }, "\(effects.parts)")
    #expect(effects.parts.prefix(2).allSatisfy { $0?.verdict == .cause } && effects.together == nil)
    #expect(effects.parts.dropFirst(2).allSatisfy { $0?.verdict == .negligible })
    #expect(abs(effects.unresolved) < 1e-9 && effects.interactions.isEmpty && effects.unmeasured.isEmpty)
  }

  @Test(arguments: [2, 3, 4, 6]) func `edits that work only together are taken as one`(_ count: Int) throws {
    let effects = Self.search(count, atLeast: 0.1) { subset in
      if subset.contains(0) != subset.contains(1) { return nil }
      let value = (subset.contains(0) ? 1 : 0) + (subset.contains(2) ? 0.25 : 0)
      return EditEffects.Value(seeds: [Double](repeating: value, count: 6))
    }.effects
    let together = try #require(effects.together)
    #expect(together.edits == [0, 1] && together.part.verdict == .cause && abs(together.part.value - 1) < 1e-12)
    #expect(effects.parts[0] == nil && effects.parts[1] == nil && abs(effects.unresolved) < 1e-12)
    if count > 2 { #expect(effects.parts[2]?.verdict == .cause && abs(effects.parts[2]!.value - 0.25) < 1e-12) }
    // Where all fails that is neither the old nor the new version, the whole difference is that of all edits.
    let ends = Self.search(count, atLeast: 0.1) { subset in
      subset.isEmpty || subset.count == count
        ? EditEffects.Value(seeds: [Double](repeating: Double(subset.count), count: 6)) : nil
    }.effects
    #expect(ends.together?.edits == Array(0..<count) && ends.together?.part.value == Double(count))
    // An edit without which nothing runs, nor with which: its part is not known.
    guard count > 4 else { return }
    let unknown = Self.search(count, atLeast: 0.1) { subset in
      subset == [0] || subset.count == count - 1 && !subset.contains(0)
        ? nil : EditEffects.Value(seeds: [Double](repeating: subset.contains(1) ? 1 : 0, count: 6))
    }.effects
    #expect(unknown.unmeasured == [0] && unknown.together == nil && unknown.parts[1]?.verdict == .cause)
  }

  @Test func `a difference that two seeds share is no cause, and none at all is none`() {
    let shared = Self.search(1, atLeast: 0.01) { subset in
      EditEffects.Value(seeds: subset.isEmpty ? [0.5, 0.6] : [0.6, 0.7])
    }.effects
    #expect(shared.parts[0]!.probability == nil && shared.parts[0]!.verdict == .undecided)
    let same = Self.search(1, atLeast: 0.01) { _ in EditEffects.Value(seeds: [0.5], resamples: [0.4, 0.6]) }.effects
    #expect(same.parts[0]!.verdict == .negligible && same.total.value == 0)
  }

  @Test func `one seed tells nothing of seeds, and rows tell of rows`() {
    let one = Self.search(1, atLeast: 0.01) { EditEffects.Value(seeds: [$0.isEmpty ? 0.5 : 0.6]) }.effects
    #expect(one.parts[0]!.probability == nil && one.parts[0]!.verdict == .undecided)
    var random = RandomNumbers(seed: 3)
    let shared = (0..<500).map { _ in 0.05 * random.normal() }
    // Rows on which both are measured move both: the difference has a tenth of the error.
    let rows = Self.search(1, atLeast: 0.01) { subset in
      let mean = subset.isEmpty ? 0.5 : 0.6
      return EditEffects.Value(seeds: [mean], resamples: shared.map { mean + $0 * (subset.isEmpty ? 1 : 1.1) })
    }.effects
    #expect(rows.parts[0]!.verdict == .cause && rows.parts[0]!.low! > 0.08 && rows.parts[0]!.high! < 0.12)
  }
}
