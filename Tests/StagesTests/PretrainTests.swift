import Artifacts
import Foundation
import Inputs
import JSON
import Stages
import Synchronization
@testable import Tables
import Testing

@testable import DataStages
@testable import Figures
@testable import ModelStages
@testable import TaskStages

/// Every objective as a stage: stops and threads change nothing, what it reports, what it refuses.
@Suite(.serialized) struct PretrainTests {
  static let objectives = ["mm", "cl", "ntp"]
  /// Objective and precision of trainings that are stopped, or run by several threads.
  static let courses = objectives + ["mm bf16", "ntp bf16"]

  /// After how many steps a training is stopped.
  static let stops = ProcessInfo.processInfo.environment["BIOARC_STRESS"] == "1" ? Array(1...20) : [2, 13]

  /// Tokens of synthetic promoters, and a space with every kind of block.
  static func inputs(
    _ tokenizer: [String: Value] = ["k": .int(1)], alphabet: String = "dna"
  ) throws -> [String: any InputArtifact] {
    let promoters = MemoryRun()
    try promoters.run(SynthesizeStage.self, ["train": .int(60), "dev": .int(20), "test": .int(4)])
    let tokens = MemoryRun()
    try tokens.run(
      TokenizeStage.self, tokenizer, ["sequences": promoters.output("sequences", .labelledSequences)])
    let space = MemoryRun()
    try space.run(
      SampleSpaceStage.self,
      ["architectures": .list(["c8-t16", "l8-m16", "h8-c16"].map { .string($0) })])
    return [
      "tokens": tokens.output("tokens", .tokens), "tokenizer": tokens.output("tokenizer", .tokenizer),
      "space": space.output("space", .space),
    ]
  }

  static func parameters(_ course: String, _ more: [String: Value] = [:]) -> [String: Value] {
    let words = course.split(separator: " ").map(String.init)
    let objective = words[0]
    return [
      "objective": .string(objective), "precision": .string(words.count > 1 ? words[1] : "fp32"),
      "steps": .int(24), "batch": .int(8), "length": .int(24), "warm-up": .int(2),
      "schedule": .string("wsd"), "decay-from": .int(4), "decay-steps": .int(6), "strands": .string("both"),
      "accumulate": .int(objective == "cl" ? 1 : 2),
    ].merging(more) { $1 }
  }

  private func run(
    _ parameters: [String: Value], _ inputs: [String: any InputArtifact], threads: Int = 1
  ) throws -> MemoryRun {
    let run = MemoryRun()
    try run.run(PretrainStage.self, parameters, inputs, threads: threads)
    return run
  }

  private func history(_ run: MemoryRun) throws -> JSON {
    try JSON(parsing: run.output("history", .history).bytes())
  }

  @Test(arguments: courses) func `the number of threads does not matter`(objective: String) throws {
    let inputs = try Self.inputs()
    let one = try run(Self.parameters(objective), inputs).digest
    for threads in [2, 4] { #expect(try run(Self.parameters(objective), inputs, threads: threads).digest == one) }
  }

  @Test(arguments: courses) func `interrupted and extended trainings equal a direct one`(objective: String) throws {
    let inputs = try Self.inputs()
    let parameters = Self.parameters(objective)
    let direct = try run(parameters, inputs).digest
    for polls in Self.stops {
      let first = MemoryRun(interruptAfter: polls)
      #expect(throws: Interrupted.self) { try first.run(PretrainStage.self, parameters, inputs) }
      let second = MemoryRun()
      second.segments.withLock { $0 = first.segments.withLock { $0 } }
      try second.run(PretrainStage.self, parameters, inputs)
      #expect(second.digest == direct)
    }
    let shorter = MemoryRun()
    try shorter.run(PretrainStage.self, parameters.merging(["steps": .int(5)]) { $1 }, inputs)
    let longer = MemoryRun()
    longer.segments.withLock { $0 = shorter.segments.withLock { $0 } }
    try longer.run(PretrainStage.self, parameters, inputs)
    #expect(longer.digest == direct)
  }

  @Test func `the whole held-out split is measured`() throws {
    let inputs = try Self.inputs()
    // 20 sequences of the held-out split: every letter but the first of each sequence, whatever the pieces.
    let view = try ArtifactView(try #require(inputs["tokens"]))
    let row = try #require(view.tables[0].rows.first { $0[0].hasPrefix("held-out") })
    let letters = try #require(Int(row[2].filter { $0 != "," }))
    for (length, context) in [(0, 4), (16, 8), (4096, 0)] {
      let run = try run(
        Self.parameters(
          "ntp",
          [
            "steps": .int(2), "held-out": .string("all"), "held-out-length": .int(length),
            "held-out-context": .int(context),
          ]), inputs)
      guard case .array(let points)? = try history(run)["heldOut"] else { throw CocoaError(.coderReadCorrupt) }
      #expect(points.count == 3)
      for point in points {
        #expect(point["tokens"]?.int == letters - 20 && point["letters"]?.int == letters - 20)
        guard case .double(let loss)? = point["loss"], case .double(let bits)? = point["bitsPerLetter"],
          case .double(let perplexity)? = point["perplexity"]
        else { throw CocoaError(.coderReadCorrupt) }
        #expect(abs(bits - loss / log(2)) < 1e-9 && abs(perplexity - exp(loss)) < 1e-9)
      }
      let view = try ArtifactView(run.output("history", .history))
      #expect(view.tables[0].columns.contains("bits per letter"))
      // Two steps are not enough for a point.
      #expect(view.pictures.isEmpty)
    }
  }

  @Test func `one architecture goes on from another training`() throws {
    var inputs = try Self.inputs()
    let first = try run(Self.parameters("mm"), inputs)
    inputs["space"] = nil
    inputs["architecture"] = MemoryArtifact(.architecture, ["": Array("h8-c16\n".utf8)])
    let scratch = try run(Self.parameters("cl"), inputs)
    inputs["weights"] = first.output("weights", .weights)
    let second = try run(Self.parameters("cl"), inputs)
    #expect(second.digest != scratch.digest)
    let names = second.output("weights", .weights).names
    #expect(names.contains("1.cnn.8-16.safetensors") && !names.contains("0.cnn.8-8.safetensors"), "\(names)")
    #expect(second.warnings.contains("1 of 5 blocks have no trained weights: they start anew"))
    #expect(second.warnings.contains { $0.contains("nothing is learnt after step 10 of 24") })
    fails("bad-input", Self.parameters("ntp"), inputs, says: "must not see what follows")
  }

  private func fails(
    _ code: String, _ parameters: [String: Value], _ inputs: [String: any InputArtifact], says: String = ""
  ) {
    do {
      try MemoryRun().run(PretrainStage.self, parameters, inputs)
      Issue.record("\(code) was not thrown")
    } catch let failure as StageFailure {
      #expect(failure.code == code && failure.message.contains(says), "\(failure.code): \(failure)")
    } catch { Issue.record("\(error)") }
  }

  @Test func `sequences that are split are not split again`() throws {
    let promoters = MemoryRun()
    try promoters.run(SynthesizeStage.self, ["train": .int(6), "dev": .int(2), "test": .int(2)])
    let sequences = promoters.output("sequences", .labelledSequences)
    let (plain, split) = (MemoryRun(), MemoryRun())
    try plain.run(TokenizeStage.self, ["k": .int(1)], ["sequences": sequences])
    try split.run(TokenizeStage.self, ["k": .int(1), "held-out": .float(0.1)], ["sequences": sequences])
    #expect(split.digest == plain.digest)
    #expect(split.warnings.contains { $0.contains("'held-out' is not read") } && plain.warnings.isEmpty)
  }

  /// The space has trained the path's embedding, the first of its two layers and its last norm.
  @Test func `blocks without weights are counted`() throws {
    let trained = try run(Self.parameters("mm"), Self.inputs())
    var inputs = try TaskTests.inputs(TaskTests.cases[0], scheme: ["k": .int(1)])
    inputs["weights"] = trained.output("weights", .weights)
    inputs["architecture"] = MemoryArtifact(.architecture, ["": Array("c8-h16\n".utf8)])
    let tuned = MemoryRun()
    try tuned.run(FineTuneStage.self, ["epochs": .int(1)], inputs)
    #expect(tuned.warnings.contains("1 of 4 blocks have no trained weights: they start anew"), "\(tuned.warnings)")
  }

  @Test func `options that make no sense are refused`() throws {
    let inputs = try Self.inputs()
    let refused = { (objective: String, parameters: [String: Value], says: String) in
      fails("bad-objective", Self.parameters(objective, parameters), inputs, says: says)
    }
    refused("ntp", ["mask": .float(0.3)], "'mask' belongs to the objective 'mm'")
    refused("mm", ["temperature": .float(0.2)], "'temperature' belongs to the objective 'cl'")
    refused("cl", ["accumulate": .int(2)], "compares the whole batch")
    refused("cl", ["batch": .int(1)], "at least 2 sequences")
    refused("cl", ["held-out": .string("all")], "measured on batches")
    refused("cl", ["batch": .int(61)], "'batch' is 61, there are 60")
    let unsplit = MemoryRun()
    try unsplit.run(
      TokenizeStage.self, ["k": .int(1)],
      ["sequences": MemoryArtifact(.sequences, ["": Array(">a\nACGTACGT\n".utf8)], format: "fasta")])
    let without = inputs.merging(["tokens": unsplit.output("tokens", .tokens)]) { $1 }
    fails("no-held-out", Self.parameters("ntp", ["held-out": .string("all")]), without, says: "state 'held-out'")
    refused("mm", ["mask-token": .float(0.7), "random-token": .float(0.4)], "more than all letters")
    refused("mm", ["mask-token": .float(0), "random-token": .float(0)], "nothing is hidden")
    refused("ntp", ["mask-token": .float(1)], "'mask-token' belongs to the objective 'mm'")
    refused("ntp", ["length": .int(1)], "at least 2")
    refused("ntp", ["held-out": .string("all"), "held-out-context": .int(24)], "leaves nothing")
    refused("ntp", ["held-out-context": .int(4)], "'held-out-context' belongs to 'held-out: all'")
    refused("mm", ["held-out": .string("all"), "held-out-batches": .int(9)], "belongs to 'held-out: sample'")
    let scheduled = { (parameters: [String: Value], says: String) in
      fails("bad-schedule", Self.parameters("mm", parameters), inputs, says: says)
    }
    scheduled(["schedule": .string("constant")], "has no fall")
    scheduled(["schedule": .string("cosine"), "decay-steps": .int(0)], "needs 'decay-steps'")
    scheduled(["warm-up": .int(10)], "ends before its warm-up")
    let bpe = try Self.inputs(["scheme": .string("bpe"), "vocabulary": .int(40)])
    fails("bad-objective", Self.parameters("ntp"), bpe, says: "cuts the two strands at other places")
    // A contrast goes on without the other strand, and says so.
    let run = try run(Self.parameters("cl", ["strands": .string("auto")]), bpe)
    let reports = run.reports.withLock { $0 }
    #expect(reports.contains { if case .warning(let text) = $0 { text.contains("strand as given") } else { false } })
  }

  /// The share that a history states is `mask` whatever the tokens are; where nothing is kept, all of it.
  @Test(arguments: [(1, 1), (3, 1), (6, 1), (6, 6)]) func `the share of hidden letters is in the history`(
    k: Int, stride: Int
  ) throws {
    let inputs = try Self.inputs(["k": .int(k), "stride": .int(stride)])
    let more: [String: Value] = ["mask": .float(0.2), "mask-token": .float(0.9), "random-token": .float(0.1)]
    let run = try run(Self.parameters("mm", more), inputs)
    let hidden = try #require(try history(run)["hidden"])
    guard case .double(let share)? = hidden["share"], let letters = hidden["letters"]?.int, let all = hidden["all"]?.int
    else { throw CocoaError(.coderReadCorrupt) }
    #expect(abs(share - 0.2) < 0.02 && abs(share - Double(letters) / Double(all)) < 1e-12, "\(share)")
    let view = try ArtifactView(run.output("history", .history))
    #expect(view.lines.contains { $0.hasSuffix("%) were hidden") }, "\(view.lines)")
    let other = try self.run(
      Self.parameters(
        "mm",
        ["mask": .float(0.2), "mask-token": .float(1)]
          .merging(["random-token": .float(0)]) { $1 }), inputs)
    #expect(other.digest != run.digest)
    #expect(try history(self.run(Self.parameters("ntp"), Self.inputs()))["hidden"] == nil)
  }

  @Test func `a pseudo-likelihood has a name of its own`() throws {
    let measured: [String: Value] = ["steps": .int(2), "held-out": .string("all")]
    let run = try run(Self.parameters("mm", measured), Self.inputs())
    guard case .array(let points)? = try history(run)["heldOut"] else { throw CocoaError(.coderReadCorrupt) }
    #expect(points.count == 3)
    #expect(points.allSatisfy { $0["pseudoBitsPerLetter"] != nil && $0["pseudoPerplexity"] != nil })
    #expect(points.allSatisfy { $0["bitsPerLetter"] == nil && $0["perplexity"] == nil })
    let artifact = run.output("history", .history)
    let view = try ArtifactView(artifact)
    #expect(view.tables[0].columns.contains("pseudo-bits per letter"))
    let figure = try #require(try Figure(artifact))
    #expect(figure.measure == "held-out pseudo-bits per letter" && !figure.hasBest)
    // Histories of before have the number under the other name.
    let text = String(decoding: try artifact.bytes(), as: UTF8.self)
      .replacingOccurrences(of: "pseudoBitsPerLetter", with: "bitsPerLetter")
      .replacingOccurrences(of: "pseudoPerplexity", with: "perplexity")
    let old = try ArtifactView(MemoryArtifact(.history, ["": Array(text.utf8)]))
    #expect(old.tables[0].columns == view.tables[0].columns && old.tables[0].rows == view.tables[0].rows)
  }

  @Test func `windows that overlap are warned of in a contrast`() throws {
    let genome = Array(">chromosome\n\(TaskTests.sequence(3, 4000))\n".utf8)
    for (step, scheme) in [
      (50, ["k": Value.int(1)]), (50, ["k": .int(6)]), (50, ["scheme": .string("bpe")]), (100, ["k": .int(1)]),
    ] {
      let windows = MemoryRun()
      try windows.run(
        WindowsStage.self, ["length": .int(100), "step": .int(step)],
        ["sequences": MemoryArtifact(.sequences, ["": genome], format: "fasta")])
      let tokens = MemoryRun()
      try tokens.run(TokenizeStage.self, scheme, ["sequences": windows.output("sequences", .sequences)])
      let inputs: [String: any InputArtifact] = [
        "tokens": tokens.output("tokens", .tokens), "tokenizer": tokens.output("tokenizer", .tokenizer),
        "architecture": MemoryArtifact(.architecture, ["": Array("c8\n".utf8)]),
      ]
      for objective in ["cl", "mm"] {
        let parameters: [String: Value] = ["objective": .string(objective), "steps": .int(2), "batch": .int(4)]
        let warns = try run(parameters, inputs).warnings.contains {
          $0.contains("neighbouring sequences share letters")
        }
        #expect(warns == (objective == "cl" && step == 50), "\(step) \(scheme) \(objective)")
      }
    }
  }

  @Test func `overlaps of neighbours are counted in letters`() {
    let overlap = { (one: String, other: String) in
      NeighbourOverlap.overlap(of: Array(one.utf8), Array(other.utf8))
    }
    #expect(overlap("ACGTAC", "TACGG") == 3 && overlap("AAAA", "AAA") == 3 && overlap("AC", "GT") == 0)
    #expect(overlap("", "ACG") == 0 && overlap("ACG", "") == 0 && overlap("AABAAB", "AABAAA") == 3)
    #expect(overlap("ABABAC", "ABACX") == 4)
  }

  @Test func `an explosion is a failure that names its op`() throws {
    let parameters = Self.parameters("ntp", ["lr": .float(10), "clip": .float(0), "weight-decay": .float(10)])
    fails(
      "not-finite",
      parameters.merging([
        "steps": .int(400), "schedule": .string("constant"), "decay-from": .int(0), "decay-steps": .int(0),
        "warm-up": .int(0),
      ]) { $1 }, try Self.inputs(), says: "the first arose in ")
  }

  @Test func `the live line and the log have the training's numbers`() throws {
    let reports = try run(Self.parameters("mm"), Self.inputs()).reports.withLock { $0 }
    let names = Set(reports.compactMap { if case .metric(let name, _, _) = $0 { name } else { nil } })
    #expect(
      names == [
        "loss", "gradient norm", "learning rate", "tokens per second", "operations", "resident megabytes",
        "seconds left", "held-out loss",
      ])
    let lines = reports.compactMap { if case .progress(_, _, _, let detail) = $0 { detail } else { nil } }
    #expect(lines.count == 24)
    for word in ["loss ", " tokens/s", "gradient ", "rate ", " MB", " left"] {
      #expect(lines.allSatisfy { $0.contains(word) }, "\(lines[0])")
    }
  }
}
