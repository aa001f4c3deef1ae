import Foundation
import TestSupport
import Testing

/// Successive halving with a planted truth, on the built program.
@Suite struct HalvingTests {
  /// Nine architectures for one task: motifs of six letters and more decide. Three see nine letters at once;
  /// convolutions of one letter see none of the motifs, however wide they are and however often they are stacked.
  private static let pipeline = """
    bioarc: 1
    name: halving
    params: { seed: 1 }
    stages:
      promoters:
        stage: synthesize
        with: { train: 1200, dev: 400, test: 100, seed: $params.seed }
      tokens: { stage: tokenize, with: { scheme: kmer, k: 1 }, in: { sequences: $promoters } }
      rung-1:
        stage: fine-tune
        for:
          architecture:
            blind-8: "c8(kernel=1)"
            blind-12: "c12(kernel=1)"
            blind-16: "c16(kernel=1)"
            blind-8-8: "c8(kernel=1)-c8(kernel=1)"
            blind-12-12: "c12(kernel=1)-c12(kernel=1)"
            blind-16-16: "c16(kernel=1)-c16(kernel=1)"
            seeing-8: c8
            seeing-12: c12
            seeing-16: c16
        with: { epochs: 3, lr: 0.006, seed: $params.seed }
        in: { tokenizer: $tokens.tokenizer, architecture: $architecture, task: $promoters }
      after-1:
        stage: rank
        in: { scores: { from: $rung-1.metrics, over: { candidate: [architecture] } } }
      best-third: { stage: select, with: { share: 0.333 }, in: { ranking: $after-1.ranking } }
      rung-2:
        stage: fine-tune
        for: { architecture: $best-third.architectures }
        with: { epochs: 6, lr: 0.006, seed: $params.seed }
        in: { tokenizer: $tokens.tokenizer, architecture: $architecture, task: $promoters }
      after-2:
        stage: rank
        in: { scores: { from: $rung-2.metrics, over: { candidate: [architecture] } } }

    """

  @Test func `halving ends at an architecture that can see what was planted`() throws {
    let lab = try Lab(Self.pipeline)
    let trials = Trials.count(3)
    var found = 0
    for seed in 1...trials {
      let events = try lab.run(["--set", "seed=\(seed)"])
      // A third goes on, from the end of its third epoch.
      let longer = events.started.filter { $0.hasPrefix("rung-2[") }
      #expect(longer.count == 3, "\(events.started)")
      #expect(try ExtendTests.losses(events, #require(longer.first)) == [4, 5, 6])
      let best = try lab.bioarc("cat", "after-2.best", "--set", "seed=\(seed)").output
      if !best.contains("kernel=1") { found += 1 }
    }
    // The ranking that nothing ranks again answers the question, and comes first on the page.
    let page = try lab.bioarc("report", "--text").output
    let places = ["after-2", "after-1"].map { page.range(of: " in \($0)")?.lowerBound }
    #expect(try #require(places[0]) < #require(places[1]), "\(page)")
    #expect(found >= trials * 9 / 10, "\(found) of \(trials)")
  }
}
