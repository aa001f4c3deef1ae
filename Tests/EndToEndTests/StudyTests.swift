import Foundation
import TestSupport
import Testing

/// The claims of many results together, and searches that go on from them, on the built program.
@Suite(.serialized) struct StudyTests {
  private static let pipeline = """
    bioarc: 1
    name: small
    stages:
      promoters:
        stage: synthesize
        for: { noise: [0, 0.1] }
        with: { train: 240, dev: 120, test: 120, seed: 3, label-noise: $noise }
      tokens:
        stage: tokenize
        with: { scheme: kmer, k: 1 }
        in: { sequences: $promoters }
      space:
        stage: sample-space
        with:
          { modules: [cnn, transformer], depths: [2], widths: [8, 16], count: 12, min-distance: 0, monotonic: false }
      scores:
        stage: fine-tune
        for: { architecture: $space.architectures, seed: [1, 2] }
        with: { epochs: 1, lr: 0.004, seed: $seed }
        in: { tokenizer: $tokens.tokenizer, architecture: $architecture, task: $promoters }
      linear: { stage: baseline, with: { c: [1] }, in: { task: $promoters } }
      ranking:
        stage: rank
        in:
          scores:
            from: [$scores.metrics, $scores.predictions]
            over: { candidate: [architecture], task: [noise], replicate: [seed] }
      effects:
        stage: effects
        in: { scores: { from: $scores.metrics, over: { candidate: [architecture], task: [noise], replicate: [seed] } } }
      comparison:
        stage: compare
        with: { most: 6 }
        in:
          scores:
            - from: [$scores.metrics, $scores.predictions]
              over: { candidate: [architecture], task: [noise], replicate: [seed] }
            - from: [$linear.metrics, $linear.predictions]
              over: { candidate: [architecture: k-mers], task: [noise], replicate: [seed: one] }
      alike: { stage: similarity, in: { ranking: $ranking.ranking } }
      best: { stage: select, with: { share: 0.25 }, in: { ranking: $ranking.ranking } }
      longer:
        stage: fine-tune
        for: { architecture: $best.architectures }
        with: { epochs: 3, lr: 0.004, seed: 1 }
        in: { tokenizer: $tokens.tokenizer, architecture: $architecture, task: $promoters }
      children: { stage: vary, with: { count: 3, parents: 3 }, in: { ranking: $ranking.ranking } }
      foreseen:
        stage: predict-scores
        with: { k: 3 }
        in:
          ranking: $ranking.ranking
          candidates: $children.architectures
          tasks: { from: $promoters, over: { task: [noise] } }
      next: { stage: select, with: { count: 1 }, in: { forecast: $foreseen.forecast } }

    """

  private func content(_ lab: Lab, _ step: String) throws -> [String: Any] {
    let text = try lab.bioarc("show", step, "--json").output
    let shown = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
    return try #require(shown?.first?["content"] as? [String: Any], "\(text)")
  }

  @Test func `a search is studied, and goes on from its results`() throws {
    let lab = try Lab(Self.pipeline)
    let events = try lab.run()

    let comparison = try #require(try content(lab, "comparison")["comparison"] as? [String: Any])
    let candidates = try #require(comparison["candidates"] as? [[String: Any]])
    // The linear model stands among the candidates; those left out are counted.
    #expect(candidates.count == 6 && comparison["left"] as? Int == 7)
    #expect(candidates.contains { $0["candidate"] as? [String] == ["k-mers"] })
    let pairs = try #require(comparison["pairs"] as? [[String: Any]])
    #expect(pairs.count == 15 && pairs.allSatisfy { $0["adjusted"] is Double && $0["byRows"] is Double })
    let shown = try lab.bioarc("show", "comparison").output
    #expect(shown.contains("candidate: architecture; task: noise; replicate: seed"), "\(shown)")
    #expect(shown.contains("7 candidates with lower means are not compared"), "\(shown)")

    let effects = try #require(try content(lab, "effects")["effects"] as? [String: Any])
    #expect((effects["factors"] as? [[String: Any]])?.count == 2 && effects["observations"] as? Int == 48)
    for (step, picture, holds) in [
      ("effects", "effects", "mcc"), ("effects", "interaction-architecture-noise", "across: noise"),
      ("comparison", "means", "k-mers"), ("comparison", "ranks", "critical difference"),
      ("alike", "tasks", "darker is more alike"),
    ] {
      _ = try lab.bioarc("show", step, "--svg", lab.workspace.path("\(picture).svg"), "--picture", picture)
      let svg = try String(contentsOfFile: lab.workspace.path("\(picture).svg"), encoding: .utf8)
      #expect(svg.hasPrefix("<svg") && svg.contains(holds) && !svg.contains("nan"), "\(picture)")
    }

    // A quarter of twelve goes on: from the end of the first epoch, not from the start.
    let longer = events.started.filter { $0.hasPrefix("longer[") }
    #expect(longer.count == 6, "\(events.started)")
    let losses = try #require(longer.first.map { ExtendTests.losses(events, $0) })
    #expect(losses == [2, 3], "\(losses)")

    let forecast = try content(lab, "foreseen")
    let foreseen = try #require(forecast["architectures"] as? [[String: Any]])
    #expect(foreseen.count == 3 && forecast["known"] as? Int == 12)
    let next = try lab.bioarc("show", "next").output
    #expect(next.contains(foreseen[0]["architecture"] as! String), "\(next)")
    // All of it is up to date, and an edit of the study trains nothing.
    #expect(try lab.run().started.isEmpty)
    try lab.write(Self.pipeline.replacing("most: 6", with: "most: 4"))
    #expect(try lab.run().started == ["comparison"])
  }

  @Test func `a study that cannot be made says why`() throws {
    let lab = try Lab(
      Self.pipeline.replacing("widths: [8, 16], count: 12", with: "widths: [8], count: 3")
        .replacing("epochs: 3", with: "epochs: 1"))
    try lab.run(["--only", "alike"], status: 1)
    let log = try lab.bioarc("show", "alike")
    #expect(
      (log.output + log.errors).contains("candidates with a result on every task: similarity needs 8"),
      "\(log.output)\(log.errors)")
  }
}
